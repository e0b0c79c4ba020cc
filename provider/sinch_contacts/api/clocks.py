"""Clocks: this process's, which does not jump, and Sinch's, as far as its answers tell."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Final


def steady_time() -> float:
    """Returns the time in seconds since 1970: the machine's as this process began, and what has passed since.

    So it does not jump where somebody sets the machine's clock, or the machine finds out that it was wrong.
    """
    return _ZERO + _passed()


def _passed() -> float:
    """Returns a time that only goes on, while the machine is suspended as well, where it can tell."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


_ZERO: Final = time.time() - _passed()


class ServerClock:
    """The server's clock, as the `Date` headers of its answers tell it."""

    def __init__(self, now: Callable[[], float]) -> None:
        """Knows nothing yet.

        Args:
            now: Our clock, in seconds since 1970.
        """
        self._now = now
        self._offset: float | None = None

    @property
    def is_known(self) -> bool:
        """Whether an answer has told."""
        return self._offset is not None

    @property
    def offset(self) -> float:
        """How many seconds it is ahead of ours, to a second; 0 where no answer has told."""
        return self._offset or 0.0

    def note(self, headers: Mapping[str, str]) -> None:
        """Takes note of what an answer tells; what took long to arrive, or was kept by a gateway, tells less."""
        with suppress(KeyError, ValueError, TypeError, OverflowError):
            told = parsedate_to_datetime(headers["date"]).timestamp() - self._now()
            self._offset = told if self._offset is None else max(told, self._offset)
