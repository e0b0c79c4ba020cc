"""Sending creations: batches, the search for rejected rows, and single calls where a project may not use batches."""

from collections.abc import Sequence
from typing import Final

from sinch_contacts.api.errors import ApiError, BatchNotPermitted, Rejected, Uncertain
from sinch_contacts.apply.problems import Kind, problem_of
from sinch_contacts.apply.run import Run
from sinch_contacts.core.contact.contact import Key, LiveContact
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.limits import BATCH_SIZE
from sinch_contacts.core.record.recorded import Status, record_contact

_MOST_UNCERTAIN: Final = 2
"""After so many calls in a row without a clear answer nothing more is sent: something is wrong over there."""


class Sending:
    """Sends the creations of one run.

    Attributes:
        asked: Contacts whose creation was accepted, or may have been; they are recorded as pending.
        uncertain: Keys of those of which that is not sure.
    """

    def __init__(self, run: Run) -> None:
        self.asked: dict[Key, DesiredContact] = {}
        self.uncertain: set[Key] = set()
        self._run = run
        self._batches_permitted = True
        self._attempted: set[Key] = set()
        self._in_a_row = 0

    def send(self, rows: Sequence[DesiredContact]) -> None:
        """Asks for the creation of contacts.

        An error that is not its rows' fault ends the work, and becomes the run's cause: what was not attempted is
        told, and what was accepted before stands in `asked`.
        """
        for start in range(0, len(rows), BATCH_SIZE):
            batch = rows[start : start + BATCH_SIZE]
            self._run.ctx.progress(f"creating {start + len(batch):,} of {len(rows):,}")
            try:
                self._send(batch)
            except ContactsError as error:
                self._run.cause = error
            if self._run.cause:
                left = [row for row in rows[start:] if row.key not in self._attempted]
                self._run.problems += [problem_of(Kind.NOT_ATTEMPTED, row) for row in left]
                return

    def _send(self, batch: Sequence[DesiredContact]) -> None:
        if self._batches_permitted:
            try:
                if not self._accepts(batch):
                    self._isolate(batch)
            except BatchNotPermitted:
                self._batches_permitted = False
        if not self._batches_permitted:
            self._create_singly(batch)

    def _accepts(self, rows: Sequence[DesiredContact]) -> bool:
        """Sends a batch; returns whether it was accepted, or may have been."""
        since = self._run.now()
        # Recorded before it is sent: whatever ends the call, the record does not forget what may have been asked for.
        before = [self._run.record.get(row.key) for row in rows]
        self._run.note(record_contact(row.key, row.contact, status=Status.CREATING, since=since) for row in rows)
        try:
            self._run.api.create_batch([row.contact for row in rows])
        except Uncertain as error:
            self._note_uncertain(rows, error)
        except ContactsError as error:
            self._run.drop(row.key for row in rows)
            self._run.note(entry for entry in before if entry)
            if not isinstance(error, Rejected):
                raise
            if len(rows) == 1:
                self._reject(rows[0], error)
            return False
        else:
            self._in_a_row = 0
        self.asked.update((row.key, row) for row in rows)
        self._attempted.update(row.key for row in rows)
        return True

    def _note_uncertain(self, rows: Sequence[DesiredContact], error: Uncertain) -> None:
        self.uncertain.update(row.key for row in rows)
        self._in_a_row += 1
        if self._in_a_row >= _MOST_UNCERTAIN:
            self._run.cause = error

    def _isolate(self, rows: Sequence[DesiredContact]) -> None:
        """Finds the bad rows of a rejected batch and sends the good ones.

        The first bad row is searched for by halving, and what follows it is sent in one piece, so that each bad row
        costs about log2 of the batch's size in calls.
        """
        rest = rows
        while rest:
            bad = self._first_bad(rest)
            rest = rest[bad + 1 :]
            if not rest or self._run.cause or self._accepts(rest):
                return

    def _first_bad(self, rows: Sequence[DesiredContact]) -> int:
        """Returns the place of the first bad row of some that were rejected; the rows before it are sent."""
        low, high, alone = 0, len(rows), len(rows) == 1
        while high - low > 1 and self._run.cause is None:
            middle = (low + high) // 2
            if self._accepts(rows[low:middle]):
                low, alone = middle, False
            else:
                high, alone = middle, middle - low == 1
        if not alone and self._run.cause is None:
            self._accepts(rows[low : low + 1])  # for the reason; the search has only shown that it must be bad
        return low

    def _create_singly(self, rows: Sequence[DesiredContact]) -> None:
        since = self._run.now()

        def create(row: DesiredContact) -> LiveContact | ContactsError:
            if self._run.cause:
                return self._run.cause
            try:
                return self._run.api.create(row.contact)
            except (Rejected, Uncertain) as error:
                return error
            except ContactsError as error:
                self._run.cause = error
                return error

        rows = [row for row in rows if row.key not in self._attempted]
        for row, answer in zip(rows, self._run.reader.side_by_side(create, rows), strict=True):
            match answer:
                case LiveContact():
                    self._attempted.add(row.key)
                    self._run.note_created(row, answer)
                case Rejected():
                    self._reject(row, answer)
                case Uncertain():
                    self._attempted.add(row.key)
                    self._run.note([record_contact(row.key, row.contact, status=Status.CREATING, since=since)])
                    self.asked[row.key] = row
                    self._note_uncertain([row], answer)

    def _reject(self, row: DesiredContact, error: ApiError) -> None:
        self._attempted.add(row.key)
        self._run.problems.append(problem_of(Kind.REJECTED, row, error.detail or error.message))
