"""Knobs of the emulator."""

import time
from collections.abc import Callable
from typing import Literal

import msgspec

Shape = Literal["nested", "flat", "problem"]
"""The form of an error's body."""


class EmulatorSettings(msgspec.Struct, frozen=True):
    """How the emulator behaves. Where Sinch's documents leave something open, a knob says which way it goes.

    Attributes:
        database: A file that keeps the state over restarts; empty for memory.
        lag: Seconds until a batch creation or deletion becomes visible.
        key_id: The access key that is accepted.
        key_secret: Its secret.
        token_lifetime: Seconds that an access token is valid.
        requests_per_second: The most calls that one project gets answered in a second (800 at Sinch).
        events_per_second: The most events that one webhook gets in a second (25 by default at Sinch).
        bad_items: Whether one bad item rejects its whole batch, or is passed over without a word; undocumented.
        batch_answer: What a batch call answers beside its 200: an empty JSON object, or nothing; undocumented.
        large_pages: Whether a `page_size` above 20 counts as 20 or is refused; undocumented.
        page_token_lifetime: Seconds for which a page token is good; undocumented.
        duplicates: What becomes of a contact whose number on SMS, MMS or RCS another one has, under Unified Contact ID:
            it is created all the same, it is refused, or it is merged into the other one; undocumented.
        metadata_unit: What the 1,024 of metadata are counted in; undocumented.
        plus: Whether phone numbers lose their `+`, or are kept as they came; undocumented for some channels.
        unknown_fields: Whether fields that no contact has are passed over, or refused; undocumented.
        errors: The form of error bodies: nested under `error`, as most documents have it, flat, or the problem objects
            of Sinch's error registry.
        now: Tells the time in seconds since 1970.
    """

    database: str = ""
    lag: float = 0.2
    key_id: str = "emulator"
    key_secret: str = "emulator"  # noqa: S105  # it guards nothing
    token_lifetime: float = 3600.0
    requests_per_second: float = 800.0
    events_per_second: float = 25.0
    bad_items: Literal["reject", "drop"] = "reject"
    batch_answer: Literal["object", "nothing"] = "object"
    large_pages: Literal["clamp", "refuse"] = "clamp"
    page_token_lifetime: float = 3600.0
    duplicates: Literal["allow", "refuse", "merge"] = "allow"
    metadata_unit: Literal["characters", "utf16", "bytes"] = "characters"
    plus: Literal["strip", "keep"] = "strip"
    unknown_fields: Literal["ignore", "refuse"] = "ignore"
    errors: Shape = "nested"
    now: Callable[[], float] = time.time
