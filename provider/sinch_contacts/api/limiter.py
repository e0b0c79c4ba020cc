"""A client-side rate limit.

Our own dozen lines rather than a library: one slot after another, whatever the number of threads, with a clock that
tests can replace.
"""

from collections.abc import Callable
from threading import Lock


class Limiter:
    """Spaces requests evenly. Safe to use from several threads."""

    def __init__(self, per_second: float, now: Callable[[], float], sleep: Callable[[float], None]) -> None:
        """Prepares a limit.

        Args:
            per_second: Requests a second.
            now: Tells a time in seconds that never goes back.
            sleep: Returns after so many seconds.
        """
        self._interval = 1 / per_second
        self._now = now
        self._sleep = sleep
        self._lock = Lock()
        self._next = 0.0

    def wait(self) -> None:
        """Returns when the next request may be made."""
        with self._lock:
            now = self._now()
            slot = max(now, self._next)
            self._next = slot + self._interval
        if slot > now:
            self._sleep(slot - now)
