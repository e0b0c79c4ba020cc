"""Knobs of the emulator."""

import time
from collections.abc import Callable
from typing import Literal

import msgspec


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
    now: Callable[[], float] = time.time
