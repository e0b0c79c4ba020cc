"""Counting on standard error while something takes long."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.status import Status

_QUIET: Final = 2.0
_BETWEEN_LINES: Final = 10.0


class Counter:
    """Shows a count once two seconds have passed: a line that moves on a terminal, else a line every ten seconds."""

    def __init__(self, what: str, console: Console | None = None, now: Callable[[], float] = time.monotonic) -> None:
        """Begins to wait.

        Args:
            what: What is counted and done, such as `contacts read`.
            console: Where to show it; standard error by default.
            now: Tells a time in seconds.
        """
        self._what = what
        self._console = console or Console(stderr=True, highlight=False, markup=False, emoji=False)
        self._now = now
        self._next = now() + _QUIET
        self._status: Status | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status:
            self._status.stop()

    def show(self, count: int) -> None:
        """Takes the count so far."""
        if self._now() < self._next:
            return
        text = f"{count:,} {self._what}"
        if not self._console.is_terminal:
            self._console.print(text)
            self._next = self._now() + _BETWEEN_LINES
        elif self._status:
            self._status.update(text)
        else:
            self._status = self._console.status(text)
            self._status.start()
