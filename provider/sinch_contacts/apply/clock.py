"""Time as a port, so that tests need not wait; and being asked to stop, by Ctrl-C, a signal, or the engine's death."""

from threading import Event
from typing import Protocol

from sinch_contacts.api.clocks import steady_time
from sinch_contacts.api.errors import Interrupted


class Clock(Protocol):
    """Tells the time and lets it pass."""

    def now(self) -> float:
        """Returns the time in seconds since 1970."""

    def sleep(self, seconds: float) -> None:
        """Returns after so many seconds."""


class Interruption:
    """Whether the work is to stop. It stops between two calls, and wakes whoever sleeps. Safe from several threads."""

    def __init__(self) -> None:
        self._event = Event()

    def ask(self) -> None:
        """Asks the work to stop; it cannot be taken back."""
        self._event.set()

    @property
    def is_asked(self) -> bool:
        """Whether the work is to stop."""
        return self._event.is_set()

    def check(self) -> None:
        """Returns where the work may go on.

        Raises:
            Interrupted: It is to stop.
        """
        if self._event.is_set():
            raise Interrupted("The run was interrupted.")

    def sleep(self, seconds: float) -> None:
        """Returns after so many seconds.

        Raises:
            Interrupted: The work is to stop.
        """
        if self._event.wait(seconds):
            self.check()


class SystemClock:
    """The clock of this process; its sleepers wake when the work is to stop."""

    def __init__(self, interruption: Interruption) -> None:
        self._interruption = interruption

    def now(self) -> float:
        """Returns the time in seconds since 1970."""
        return steady_time()

    def sleep(self, seconds: float) -> None:
        """Returns after so many seconds.

        Raises:
            Interrupted: The work is to stop.
        """
        self._interruption.sleep(seconds)
