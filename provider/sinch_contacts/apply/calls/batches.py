"""Batch calls, and single calls where batches do not go."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar

from sinch_contacts.api.errors import BatchNotPermitted, Rejected, Uncertain
from sinch_contacts.apply.calls.singles import Failure, NotAttempted, call_each
from sinch_contacts.apply.run import Run
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.limits import BATCH_SIZE

Item = TypeVar("Item")
Result = TypeVar("Result")


class Calls(ABC, Generic[Item, Result]):
    """Calls of one kind for many items: in batches, and one by one where a project may not use batches.

    Attributes:
        asked: Items that were accepted, or may have been, in the order in which they were asked for.
        uncertain: Those of which that is not sure.
    """

    def __init__(self, run: Run) -> None:
        self.asked: list[Item] = []
        self.uncertain: set[Item] = set()
        self._run = run
        self._settled: set[Item] = set()

    def send(self, items: Sequence[Item]) -> None:
        """Sends items, which can be hashed.

        Raises:
            ContactsError: An error that is not the items' own fault ended the work; what was accepted before stands in
                `asked`.
        """
        for start in range(0, len(items), BATCH_SIZE):
            batch = items[start : start + BATCH_SIZE]
            self._run.ctx.progress(f"{self._doing} {start + len(batch):,} of {len(items):,}")
            self._send(batch)

    def _send(self, items: Sequence[Item]) -> None:
        if self._run.api.permits_batches():
            try:
                if error := self._rejects(items):
                    self._isolate(items, error)
            except BatchNotPermitted:
                pass
            else:
                return
        self._send_singly([item for item in items if item not in self._settled])

    def _rejects(self, items: Sequence[Item]) -> Rejected | None:
        """Sends a batch; returns why it was rejected, `None` where it was accepted, or may have been."""
        # Recorded before it is sent: whatever ends the call, the record does not forget what may have been asked for.
        self._note_sent(items)
        try:
            self._call_batch(items)
        except Uncertain:
            self._settle_uncertain(items)
        except ContactsError as error:
            self._note_refused(items)
            if isinstance(error, Rejected):
                return error
            raise
        else:
            self._settle_asked(items)
        return None

    def _send_singly(self, items: Sequence[Item]) -> None:
        self._note_sent(items)
        call_each(self._run.reader, self._call, items, self._take)

    def _take(self, item: Item, answer: Result | Failure) -> None:
        match answer:
            case NotAttempted():
                self._note_refused([item])
            case Rejected():
                self._settle_rejected(item, answer)
            case Uncertain():
                self._settle_uncertain([item])
            case _:
                self._settle_answered(item, answer)

    def _settle_asked(self, items: Sequence[Item]) -> None:
        self.asked += items
        self._settled.update(items)

    def _settle_uncertain(self, items: Sequence[Item]) -> None:
        self._note_unanswered(items)
        self.uncertain.update(items)
        self._settle_asked(items)

    @property
    @abstractmethod
    def _doing(self) -> str:
        """Says what is being done, for people."""

    @abstractmethod
    def _call_batch(self, items: Sequence[Item]) -> None:
        """Makes the batch call."""

    @abstractmethod
    def _call(self, item: Item) -> Result:
        """Makes the single call."""

    @abstractmethod
    def _isolate(self, items: Sequence[Item], error: Rejected) -> None:
        """Sends the good ones of a batch that was rejected, with this error."""

    @abstractmethod
    def _note_sent(self, items: Sequence[Item]) -> None:
        """Records that items are about to be sent."""

    @abstractmethod
    def _note_refused(self, items: Sequence[Item]) -> None:
        """Records that nothing of them was applied."""

    @abstractmethod
    def _note_unanswered(self, items: Sequence[Item]) -> None:
        """Records that they may have been applied."""

    @abstractmethod
    def _settle_answered(self, item: Item, answer: Result) -> None:
        """Takes note of a clear answer to a single call."""

    @abstractmethod
    def _settle_rejected(self, item: Item, error: Rejected) -> None:
        """Takes note of a single call that was rejected."""
