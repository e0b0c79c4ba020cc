"""The circuit breaker of a run: where Sinch does not answer clearly any more, nothing more is sent."""

from threading import Lock
from typing import Final

from sinch_contacts.api.errors import Uncertain
from sinch_contacts.core.errors import ContactsError

SINGLES: Final = 8
"""So many calls in a row for one contact each open it: as many as run side by side by default."""

BATCHES: Final = 2
"""So many batch calls in a row open it."""


class Unanswered(ContactsError):
    """Several calls in a row had no clear answer; nothing more is sent.

    Attributes:
        calls: How many they were.
    """

    def __init__(self, calls: int, last: Uncertain) -> None:
        super().__init__(f"{calls} calls in a row had no clear answer, so nothing more was sent. {last.message}")
        self.calls = calls


class Breaker:
    """Counts the writes of a run that had no clear answer, whatever they write. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._calls = 0
        self._weight = 0.0
        self._last: Uncertain | None = None

    def check(self) -> None:
        """Returns where another write may be sent.

        Raises:
            Unanswered: Too many in a row had no clear answer.
        """
        with self._lock:
            if self._last and self._weight >= 1:
                raise Unanswered(self._calls, self._last)

    def note_clear(self) -> None:
        """Notes a clear answer, be it a refusal: Sinch can be heard."""
        with self._lock:
            if self._weight < 1:  # once open, it stays so: answers of calls that were under way change nothing
                self._calls, self._weight = 0, 0.0

    def note_unclear(self, error: Uncertain, most: int) -> None:
        """Notes a call that may have been applied or not.

        Args:
            error: What came instead of an answer.
            most: So many calls of its kind in a row are too many.
        """
        with self._lock:
            self._calls += 1
            self._weight += 1 / most
            self._last = error
