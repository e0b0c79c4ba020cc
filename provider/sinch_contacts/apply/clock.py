"""Time, as a port, so that tests need not wait."""

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time and lets it pass."""

    def now(self) -> float:
        """Returns the time in seconds since 1970."""

    def sleep(self, seconds: float) -> None:
        """Returns after so many seconds."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Returns the time in seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Returns after so many seconds."""
        time.sleep(seconds)
