"""A client-side rate limit, which gives way where Sinch asks for fewer requests.

Our own few lines rather than a library: one slot after another, whatever the number of threads, with a clock that
tests can replace. The quota belongs to the whole project. So a 429 halves the rate for all threads, and it grows again
little by little: to the set limit and never beyond.
"""

from collections.abc import Callable
from math import inf
from threading import Lock
from typing import Final

_SLOWEST: Final = 1 / 64
"""The part of the rate that is kept whatever happens."""

_RECOVERY: Final = 60.0
"""Seconds in which the rate would grow from nothing to its limit."""


class Limiter:
    """Spaces requests evenly. Safe to use from several threads."""

    def __init__(self, per_second: float, now: Callable[[], float], sleep: Callable[[float], None]) -> None:
        """Prepares a limit.

        Args:
            per_second: Requests a second.
            now: Tells a time in seconds that never goes back.
            sleep: Returns after so many seconds.
        """
        self._most = per_second
        self._now = now
        self._sleep = sleep
        self._lock = Lock()
        self._next = 0.0
        self._slowed = 1.0
        self._slowed_at = -inf
        self._turns = 0

    def wait(self) -> float:
        """Returns when the next request may be made, with the time of its slot."""
        while True:
            with self._lock:
                now, turn = self._now(), self._turns
                slot = max(now, self._next)
                self._next = slot + 1 / (self._most * self._share(slot))
            if slot == now:
                return slot
            self._sleep(slot - now)
            if turn == self._turns:
                return slot  # else somebody has backed off, and the slots are given out anew

    def back_off(self, slot: float, pause: float = 0.0) -> None:
        """Halves the rate, since a request was one too many.

        Those that were under way at the same time say nothing new: the rate is halved once for all of them.

        Args:
            slot: The slot of that request.
            pause: Seconds in which nobody is to make another one.
        """
        with self._lock:
            now = self._now()
            if slot > self._slowed_at:
                self._slowed, self._slowed_at = max(_SLOWEST, self._share(now) / 2), now
                self._next = now + 1 / (self._most * self._slowed)
                self._turns += 1
            if now + pause > self._next:
                self._next = now + pause
                self._turns += 1

    def _share(self, at: float) -> float:
        """Returns which part of the rate may be used at a time."""
        return min(1.0, self._slowed + max(0.0, at - self._slowed_at) / _RECOVERY)
