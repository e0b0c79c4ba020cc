"""Knobs of the emulator."""

import time
from collections.abc import Callable

import msgspec


class EmulatorSettings(msgspec.Struct, frozen=True):
    """How the emulator behaves. Where Sinch's documents leave something open, a knob says which way it goes.

    Attributes:
        database: A file that keeps the state over restarts; empty for memory.
        lag: Seconds until a batch creation or deletion becomes visible.
        key_id: The access key that is accepted.
        key_secret: Its secret.
        token_lifetime: Seconds that an access token is valid.
        events_per_second: The most events that one webhook gets in a second (25 by default at Sinch).
        now: Tells the time in seconds since 1970.
    """

    database: str = ""
    lag: float = 0.2
    key_id: str = "emulator"
    key_secret: str = "emulator"  # noqa: S105  # it guards nothing
    token_lifetime: float = 3600.0
    events_per_second: float = 25.0
    now: Callable[[], float] = time.time
