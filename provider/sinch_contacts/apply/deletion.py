"""Deleting contacts: batches, and confirmation that they are gone."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from sinch_contacts.api.errors import ApiError, BatchNotPermitted, Rejected, Uncertain
from sinch_contacts.api.port import BATCH_SIZE
from sinch_contacts.apply.problems import Kind, Problem, problem_of
from sinch_contacts.apply.run import Run
from sinch_contacts.apply.waiting import wait_until
from sinch_contacts.core.contact import ContactId
from sinch_contacts.core.desired import DesiredContact
from sinch_contacts.core.recorded import RecordedContact

_LEAVING: Final = "another set of this run deletes its namesake, which is still there"
_STILL_THERE: Final = "its deletion was accepted by Sinch, but it is still there"


class Deletion:
    """Deletes contacts of one run, and confirms that they are gone."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._api = run.api
        self._batches_permitted = True

    def delete(self, entries: Sequence[RecordedContact], *, own_urn: str = "") -> frozenset[ContactId]:
        """Deletes recorded contacts, leaving out those that a set of this run has claimed.

        Neither kind of contact stays in the record, unless it is still there in the end.

        Args:
            entries: What to delete; each has an id.
            own_urn: A set whose own claims do not count, where it deletes in order to replace.

        Returns:
            The ids that were seen gone.
        """
        around = self._run.around
        free = around.ledger.let_go(around.target, {entry.id: own_urn for entry in entries})
        self._run.drop(entry.key for entry in entries if entry.id not in free)
        mine = [entry for entry in entries if entry.id in free]
        asked: list[RecordedContact] = []
        for start in range(0, len(mine), BATCH_SIZE):
            batch = mine[start : start + BATCH_SIZE]
            around.progress(f"deleting {start + len(batch):,} of {len(mine):,}")
            try:
                self._send(batch)
            except ApiError as error:
                self._run.cause = error
                self._run.problems += [Problem(Kind.NOT_ATTEMPTED, entry.key) for entry in mine[start:]]
                break
            asked += batch
        return self._confirm(asked)

    def _send(self, batch: Sequence[RecordedContact]) -> None:
        ids = [entry.id for entry in batch]
        if self._batches_permitted:
            try:
                self._api.delete_batch(ids)
            except BatchNotPermitted:
                self._batches_permitted = False
            except Rejected:
                # One row, or a proxy that drops the body of a DELETE, is at fault: single calls tell which.
                self._delete_singly(ids)
            except Uncertain:
                pass  # it may have been applied: reading back decides
        if not self._batches_permitted:
            self._delete_singly(ids)

    def _delete_singly(self, ids: Sequence[ContactId]) -> None:
        def delete(contact_id: ContactId) -> None:
            with suppress(Uncertain, Rejected):  # reading back decides
                self._api.delete(contact_id)

        self._run.reader.side_by_side(delete, ids)

    def _confirm(self, asked: Sequence[RecordedContact]) -> frozenset[ContactId]:
        if not asked:
            return frozenset()
        left = {entry.id: entry for entry in reversed(asked)}

        def look(last: bool) -> bool:  # noqa: FBT001  # the shape that wait_until asks for
            self._run.around.progress(f"confirming {len(asked) - len(left):,} of {len(asked):,} deletions")
            probe = next(iter(left))
            entry = left.pop(probe)
            gone = self._api.get(probe) is None
            if not gone:
                left[probe] = entry
            if left and (gone or last):
                still = self._run.reader.still_there(list(left))
                for contact_id in left.keys() - still:
                    left.pop(contact_id)
            return not left

        around = self._run.around
        wait_until(look, around.clock, around.settings)
        self._run.problems += [Problem(Kind.PENDING, entry.key, detail=_STILL_THERE) for entry in left.values()]
        gone = [entry for entry in asked if entry.id not in left]
        self._run.drop(entry.key for entry in gone)
        self._run.done += len(gone)
        return frozenset(entry.id for entry in gone)


def see_gone(run: Run, leaving: Sequence[tuple[DesiredContact, ContactId]]) -> list[DesiredContact]:
    """Waits until contacts that another set of this run deletes are gone.

    Args:
        run: The run.
        leaving: Declared contacts, each with the id of its namesake that is being deleted.

    Returns:
        The declared contacts whose namesake is gone; the others are told as problems.
    """
    left = dict(leaving)
    if not left:
        return []

    def look(_last: bool) -> bool:  # noqa: FBT001  # the shape that wait_until asks for
        run.around.progress(f"waiting for {len(left):,} contacts that another set deletes")
        still = run.reader.still_there(list(left.values()))
        for row in [row for row, contact_id in left.items() if contact_id not in still]:
            left.pop(row)
        return not left

    wait_until(look, run.around.clock, run.around.settings)
    run.problems += [problem_of(Kind.PENDING, row, _LEAVING) for row in left]
    return [row for row, _ in leaving if row not in left]
