"""Time, as a port, so that tests need not wait."""

import time
from typing import Protocol

from sinch_contacts.apply.interruption import Interruption


class Clock(Protocol):
    """Tells the time and lets it pass."""

    def now(self) -> float:
        """Returns the time in seconds since 1970."""

    def sleep(self, seconds: float) -> None:
        """Returns after so many seconds."""


class SystemClock:
    """The machine's own clock; its sleepers wake when the work is to stop."""

    def __init__(self, interruption: Interruption) -> None:
        self._interruption = interruption

    def now(self) -> float:
        """Returns the time in seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Returns after so many seconds.

        Raises:
            Interrupted: The work is to stop.
        """
        self._interruption.sleep(seconds)
