"""Creating contacts: batches, the search for rejected rows, and confirmation by reading back."""

from collections.abc import Sequence
from typing import Final

from sinch_contacts.api.errors import ApiError, BatchNotPermitted, Rejected, Uncertain
from sinch_contacts.api.port import BATCH_SIZE
from sinch_contacts.apply.problems import Kind, problem_of
from sinch_contacts.apply.run import Run
from sinch_contacts.apply.waiting import wait_until
from sinch_contacts.core.contact import Key, LiveContact
from sinch_contacts.core.desired import DesiredContact
from sinch_contacts.core.recorded import Origin, Status, record_contact

_STILL_PENDING: Final = "accepted by Sinch, but not visible in time"


class Creation:
    """Creates contacts of one run, and confirms them."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._api = run.api
        self._batches_permitted = True
        self._asked: dict[Key, DesiredContact] = {}
        self._attempted: set[Key] = set()

    def create(self, rows: Sequence[DesiredContact]) -> None:
        """Creates contacts and records each as live that was read back, each other accepted one as pending.

        A call that fails for a reason which is not its rows' ends the work: what was not attempted is told, and what
        was accepted before is confirmed all the same.
        """
        for start in range(0, len(rows), BATCH_SIZE):
            batch = rows[start : start + BATCH_SIZE]
            self._run.around.progress(f"creating {min(start + BATCH_SIZE, len(rows)):,} of {len(rows):,}")
            try:
                self._send(batch)
            except ApiError as error:
                self._run.cause = error
                left = [row for row in rows[start:] if row.key not in self._attempted]
                self._run.problems += [problem_of(Kind.NOT_ATTEMPTED, row) for row in left]
                break
        if self._asked:
            self._confirm()

    def _send(self, batch: Sequence[DesiredContact]) -> None:
        if not self._batches_permitted:
            self._create_singly(batch)
            return
        try:
            accepted = self._accepts(batch)
        except BatchNotPermitted:
            self._batches_permitted = False
            self._create_singly(batch)
            return
        if not accepted:
            self._isolate(batch)

    def _accepts(self, rows: Sequence[DesiredContact]) -> bool:
        """Sends a batch; returns whether it was accepted, or may have been."""
        try:
            self._api.create_batch([row.contact for row in rows])
        except Rejected as error:
            if len(rows) == 1:
                self._reject(rows[0], error)
            return False
        except Uncertain:
            pass  # it may have been applied: it counts as sent, and reading back decides
        since = max(1, int(self._run.around.clock.now()))
        self._asked.update((row.key, row) for row in rows)
        self._attempted.update(row.key for row in rows)
        self._run.note(record_contact(row.key, row.contact, status=Status.PENDING, since=since) for row in rows)
        return True

    def _isolate(self, rows: Sequence[DesiredContact]) -> None:
        """Finds the bad rows of a rejected batch and sends the good ones.

        The first bad row is searched for by halving, and what follows it is sent in one piece, so that each bad row
        costs about log2 of the batch's size in calls.
        """
        rest = rows
        while rest:
            bad = self._first_bad(rest)
            rest = rest[bad + 1 :]
            if not rest or self._accepts(rest):
                return

    def _first_bad(self, rows: Sequence[DesiredContact]) -> int:
        """Returns the place of the first bad row of some that were rejected; the rows before it are sent."""
        low, high, alone = 0, len(rows), len(rows) == 1
        while high - low > 1:
            middle = (low + high) // 2
            if self._accepts(rows[low:middle]):
                low, alone = middle, False
            else:
                high, alone = middle, middle - low == 1
        if not alone:
            self._accepts(rows[low : low + 1])  # for the reason; the search has only shown that it must be bad
        return low

    def _create_singly(self, rows: Sequence[DesiredContact]) -> None:
        def create(row: DesiredContact) -> LiveContact | ApiError:
            try:
                return self._api.create(row.contact)
            except ApiError as error:
                return error

        since = max(1, int(self._run.around.clock.now()))
        for row, answer in zip(rows, self._run.reader.side_by_side(create, rows), strict=True):
            match answer:
                case LiveContact():
                    self._settle(row, answer)
                case Rejected():
                    self._reject(row, answer)
                case Uncertain():
                    self._asked[row.key] = row
                    self._run.note([record_contact(row.key, row.contact, status=Status.PENDING, since=since)])
                case ApiError():
                    self._run.cause = answer
                    self._run.problems.append(problem_of(Kind.FAILED, row, answer.message))

    def _reject(self, row: DesiredContact, error: ApiError) -> None:
        self._attempted.add(row.key)
        self._run.problems.append(problem_of(Kind.REJECTED, row, error.detail or error.message))

    def _settle(self, row: DesiredContact, live: LiveContact) -> None:
        self._run.claim([live.id])
        self._run.confirm(row.key, row.contact, live, Origin.CREATED)
        self._run.done += 1

    def _confirm(self) -> None:
        """Reads back what was asked for.

        Each look probes one contact; only when that one is there are all the others read, so that waiting costs one
        call at a time. The first probe is of the contact that was asked for last; it changes from look to look, since
        one that was lost tells nothing of the rest.
        """
        missing = dict(reversed(self._asked.items()))
        total = len(missing)

        def collect() -> None:
            found = self._run.reader.find(missing)
            for key, copies in found.items():
                self._found(missing.pop(key), copies)

        def look(last: bool) -> bool:  # noqa: FBT001  # the shape that wait_until asks for
            self._run.around.progress(f"confirming {total - len(missing):,} of {total:,}")
            probe = missing.pop(next(iter(missing)))
            copies = self._run.reader.look_up(probe)
            if copies:
                self._found(probe, copies)
            else:
                missing[probe.key] = probe
            if missing and (copies or last):
                collect()
            return not missing

        around = self._run.around
        wait_until(look, around.clock, around.settings)
        self._run.problems += [problem_of(Kind.PENDING, row, _STILL_PENDING) for row in missing.values()]

    def _found(self, row: DesiredContact, copies: Sequence[LiveContact]) -> None:
        first = min(copies, key=lambda live: live.id)
        self._settle(row, first)
        if len(copies) > 1:
            ids = ", ".join(sorted(live.id for live in copies))
            self._run.problems.append(problem_of(Kind.DOUBLED, row, f"contacts {ids}"))
