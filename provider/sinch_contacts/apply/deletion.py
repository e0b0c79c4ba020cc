"""Deleting contacts: batches, and confirmation that they are gone.

A contact whose deletion may have been accepted is recorded as leaving until it is seen gone: should the work end in
between, the next run takes it neither for living nor for gone.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from sinch_contacts.api.errors import BatchNotPermitted, Rejected, Uncertain
from sinch_contacts.apply.problems import Kind, Problem, problem_of
from sinch_contacts.apply.reading.waits import wait_until
from sinch_contacts.apply.run import Run
from sinch_contacts.apply.undo import Kept
from sinch_contacts.core.contact.contact import ContactId
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.limits import BATCH_SIZE
from sinch_contacts.core.record.recorded import RecordedContact, Status

_LEAVING: Final = "another set of this run deletes its namesake, which is still there"
_STILL_THERE: Final = "its deletion was asked for, but it is still there"


class Deletion:
    """Deletes contacts of one run, and confirms that they are gone."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._batches_permitted = True
        self._uncertain: set[ContactId] = set()

    def delete(self, entries: Sequence[RecordedContact], *, own_urn: str = "") -> frozenset[ContactId]:
        """Deletes recorded contacts, leaving out those that a set of this run has claimed.

        Neither kind of contact stays in the record, unless it is still there in the end. What was asked for without a
        clear answer, and is still there, is asked for once more: no id is ever used twice.

        Args:
            entries: What to delete; each has an id.
            own_urn: A set whose own claims do not count, where it deletes in order to replace.

        Returns:
            The ids that were seen gone.
        """
        ctx = self._run.ctx
        free = ctx.claims.release_for_deletion(ctx.target, {entry.id: own_urn for entry in entries})
        self._run.drop(entry.key for entry in entries if entry.id not in free)
        there = self._kept([entry for entry in entries if entry.id in free], replaced=bool(own_urn))
        asked = self._send(there)
        left = self._confirm(asked)
        again = [entry for entry in left.values() if entry.id in self._uncertain]
        if again and self._run.cause is None:
            clear = {contact_id: entry for contact_id, entry in left.items() if contact_id not in self._uncertain}
            left = clear | self._confirm(self._send(again))
        self._run.problems += [Problem(Kind.PENDING, entry.key, detail=_STILL_THERE) for entry in left.values()]
        return free - {entry.id for entry in there} | (asked.keys() - left.keys())

    def _kept(self, entries: Sequence[RecordedContact], *, replaced: bool) -> list[RecordedContact]:
        """Keeps contacts as they live, for undo; those that are gone already leave the record."""
        undo = self._run.ctx.undo
        if not (undo.is_on and entries):
            return list(entries)
        self._run.ctx.progress(f"keeping {len(entries):,} for undo")
        live = self._run.reader.find_ids([entry.id for entry in entries])
        kept = (entry for entry in entries if entry.id in live)
        undo.keep([Kept(entry.key, entry.id, live[entry.id].contact, replaced=replaced) for entry in kept])
        self._run.drop(entry.key for entry in entries if entry.id not in live)
        return [entry for entry in entries if entry.id in live]

    def _send(self, entries: Sequence[RecordedContact]) -> dict[ContactId, RecordedContact]:
        """Asks for deletions; returns those that were accepted, or may have been."""
        asked: dict[ContactId, RecordedContact] = {}
        for start in range(0, len(entries), BATCH_SIZE):
            batch = entries[start : start + BATCH_SIZE]
            self._run.ctx.progress(f"deleting {start + len(batch):,} of {len(entries):,}")
            since = self._run.now()
            self._run.note(msgspec.structs.replace(entry, status=Status.DELETING, since=since) for entry in batch)
            try:
                self._send_batch([entry.id for entry in batch])
            except ContactsError as error:
                self._run.note(batch)
                self._run.cause = error
            else:
                asked.update((entry.id, entry) for entry in batch)
                self._run.reader.grow(-len(batch))
            if self._run.cause:
                left = [entry for entry in entries if entry.id not in asked]
                self._run.problems += [Problem(Kind.NOT_ATTEMPTED, entry.key) for entry in left]
                break
        return asked

    def _send_batch(self, ids: Sequence[ContactId]) -> None:
        """Asks for the deletion of some contacts; where it raises, nothing was applied."""
        if self._batches_permitted:
            try:
                self._run.api.delete_batch(ids)
            except BatchNotPermitted:
                self._batches_permitted = False
            except Rejected:
                # One row, or a proxy that drops the body of a DELETE, is at fault: single calls tell which.
                self._delete_singly(ids)
            except Uncertain:
                self._uncertain.update(ids)
        if not self._batches_permitted:
            self._delete_singly(ids)

    def _delete_singly(self, ids: Sequence[ContactId]) -> None:
        def delete(contact_id: ContactId) -> None:
            if self._run.cause:
                return
            try:
                self._run.api.delete(contact_id)
            except Uncertain:
                self._uncertain.add(contact_id)
            except Rejected:
                return  # reading back decides
            except ContactsError as error:
                self._run.cause = error

        self._run.reader.side_by_side(delete, ids)

    def _confirm(self, asked: Mapping[ContactId, RecordedContact]) -> dict[ContactId, RecordedContact]:
        """Takes contacts that are gone out of the record; returns those that are still there when the time is over."""
        left = dict(reversed(list(asked.items())))
        if not left:
            return left

        def forget(contact_id: ContactId) -> None:
            self._run.drop([left.pop(contact_id).key])
            self._run.done += 1

        def look(last: bool) -> bool:  # noqa: FBT001  # the shape that wait_until asks for
            self._run.ctx.progress(f"confirming {len(asked) - len(left):,} of {len(asked):,} deletions")
            probe = next(iter(left))
            gone = self._run.api.get(probe) is None
            if gone:
                forget(probe)
            else:
                left[probe] = left.pop(probe)
            if left and (gone or last):
                still = self._run.reader.still_there(list(left))
                for contact_id in left.keys() - still:
                    forget(contact_id)
            return not left

        wait_until(look, self._run.ctx.clock, self._run.ctx.settings)
        return left


def see_gone(run: Run, leaving: Sequence[tuple[DesiredContact, ContactId]]) -> list[DesiredContact]:
    """Waits until contacts that another set of this run deletes are gone.

    Args:
        run: The run.
        leaving: Declared contacts, each with the id of its namesake that is being deleted.

    Returns:
        The declared contacts whose namesake is gone; the others are told as problems.
    """
    ids = [contact_id for _, contact_id in leaving]
    left = await_gone(run, ids, "waiting for {:,} contacts that another set deletes")
    run.problems += [problem_of(Kind.PENDING, row, _LEAVING) for row, contact_id in leaving if contact_id in left]
    return [row for row, contact_id in leaving if contact_id not in left]


def await_gone(run: Run, ids: Iterable[ContactId], telling: str, until: float | None = None) -> frozenset[ContactId]:
    """Waits until contacts are gone.

    Args:
        run: The run.
        ids: The contacts.
        telling: What to tell meanwhile, with a place for their number.
        until: The end of the wait, in seconds since 1970; that of the patience where it is left out.

    Returns:
        Those that are still there when the time is over.
    """
    left = set(ids)
    if not left:
        return frozenset()

    def look(_last: bool) -> bool:  # noqa: FBT001  # the shape that wait_until asks for
        run.ctx.progress(telling.format(len(left)))
        left.intersection_update(run.reader.still_there(sorted(left)))
        return not left

    wait_until(look, run.ctx.clock, run.ctx.settings, until)
    return frozenset(left)
