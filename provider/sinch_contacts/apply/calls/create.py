"""Calls that create contacts, and the search for the rows at fault in a batch that was rejected."""

from collections.abc import Mapping, Sequence

from sinch_contacts.api.errors import Rejected
from sinch_contacts.apply.calls.batches import Calls
from sinch_contacts.apply.run import Run
from sinch_contacts.core.contact.contact import Key, LiveContact
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.digest import Fingerprint, fingerprint_of
from sinch_contacts.core.record.problem import Kind
from sinch_contacts.core.record.recorded import Status


class CreateCalls(Calls[Key, LiveContact]):
    """Creates contacts, by key: what was accepted is recorded as being created, what is answered as it then lives."""

    _doing = "creating"

    def __init__(self, run: Run, rows: Mapping[Key, DesiredContact]) -> None:
        """Prepares calls.

        Args:
            run: The run.
            rows: What is to be created.
        """
        super().__init__(run)
        self._rows = rows
        self._fingerprints: dict[Key, Fingerprint] = {}

    def _call_batch(self, items: Sequence[Key]) -> None:
        contacts = [self._rows[key].contact for key in items]
        self._run.api.create_batch(contacts, [self._fingerprints[key] for key in items])

    def _call(self, item: Key) -> LiveContact:
        return self._run.api.create(self._rows[item].contact, self._fingerprints[item])

    def _isolate(self, items: Sequence[Key], error: Rejected) -> None:
        """Finds the bad rows of a rejected batch and sends the good ones.

        The first bad row is searched for by halving, and what follows it is sent in one piece, so that each bad row
        costs about log2 of the batch's size in calls.
        """
        if len(items) == 1:
            self._tell_rejected(items[0], error)
            return
        rest = items
        while rest:
            bad = self._first_bad(rest)
            rest = rest[bad + 1 :]
            if not rest or self._accepts(rest):
                return

    def _first_bad(self, items: Sequence[Key]) -> int:
        """Returns the place of the first bad row of some that were rejected; the rows before it are sent."""
        low, high = 0, len(items)
        while high - low > 1:
            middle = (low + high) // 2
            if self._accepts(items[low:middle]):
                low = middle
            else:
                high = middle
        if items[low] not in self._settled:
            self._accepts(items[low : low + 1])  # for the reason; the search has only shown that it must be bad
        return low

    def _accepts(self, items: Sequence[Key]) -> bool:
        error = self._rejects(items)
        if error and len(items) == 1:
            self._tell_rejected(items[0], error)
        return error is None

    def _note_sent(self, items: Sequence[Key]) -> None:
        at = self._run.waits.now()
        for key in items:
            asked = self._fingerprints.get(key) or fingerprint_of(self._rows[key].contact)
            self._fingerprints[key] = asked
            self._run.states.create_sent(key, asked, at)

    def _note_refused(self, items: Sequence[Key]) -> None:
        for key in items:
            self._run.states.create_refused(key)

    def _note_unanswered(self, items: Sequence[Key]) -> None:
        for key in items:
            self._run.states.create_unanswered(key)

    def _settle_answered(self, item: Key, answer: LiveContact) -> None:
        self._settled.add(item)
        self._run.own(answer.id)
        row = self._rows[item]
        self._run.states.created(item, answer, row.contact)
        if self._run.states[item].status is Status.DRIFTED:
            self._run.tell(Kind.DIFFERENT, row)

    def _settle_rejected(self, item: Key, error: Rejected) -> None:
        self._run.states.create_refused(item)
        self._tell_rejected(item, error)

    def _tell_rejected(self, item: Key, error: Rejected) -> None:
        self._settled.add(item)
        self._run.tell(Kind.REJECTED, self._rows[item], error.detail or error.message)

    def _tell_not_attempted(self, items: Sequence[Key]) -> None:
        for key in items:
            self._run.tell(Kind.NOT_ATTEMPTED, self._rows[key])
