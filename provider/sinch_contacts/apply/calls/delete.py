"""Calls that delete contacts, and the confirmation that they are gone.

A contact whose deletion may have been accepted is recorded as being deleted until it is seen gone: should the work end
in between, the next run takes it neither for living nor for gone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from sinch_contacts.api.errors import Rejected
from sinch_contacts.apply.calls.batches import Calls
from sinch_contacts.apply.run import Run
from sinch_contacts.apply.undo import Kept
from sinch_contacts.core.contact.contact import ContactId, Key
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.limits import PAGE_SIZE
from sinch_contacts.core.record.problem import Kind, Problem
from sinch_contacts.core.record.recorded import RecordedContact

_REFUSED: Final = "Sinch refused to delete it"
_STILL_THERE: Final = "its deletion was asked for, but it is still there"


def delete(run: Run, entries: Iterable[RecordedContact]) -> None:
    """Deletes recorded contacts for good, and confirms that they are gone.

    Those that a set of this run has claimed are left alone, and leave the record. What is still there in the end is
    told, and stays recorded as being deleted.

    Args:
        run: The run.
        entries: What to delete; each has an id.

    Raises:
        ContactsError: Something ended the work; what was accepted before was confirmed, as far as that was possible.
    """
    _Deletion(run, entries, "", run.states.gone).carry_out()


def delete_to_replace(run: Run, entries: Iterable[RecordedContact]) -> frozenset[Key]:
    """Deletes contacts that are to be created again; returns the keys of those that are gone.

    The claims of the set itself do not count. What is gone is recorded as to be created.

    Raises:
        ContactsError: See `delete`.
    """
    deletion = _Deletion(run, entries, run.ctx.urn, run.states.replaced)
    deletion.carry_out()
    return frozenset(deletion.gone)


def remove_copies(run: Run, extra: Iterable[ContactId]) -> frozenset[ContactId]:
    """Deletes copies of ours; returns those that were seen gone.

    The contacts that they are copies of are recorded as being created until then: should the work end here, the next
    run finds the copies again.
    """
    ctx = run.ctx
    free = ctx.claims.release_for_deletion(ctx.target, dict.fromkeys(extra, ctx.urn))
    if not free:
        return free
    _DeleteCalls(run, {}).send(sorted(free))
    return free - await_gone(run, free, "removing {:,} copies", run.waits.confirm_end())


def await_gone(run: Run, ids: Iterable[ContactId], telling: str, until: float) -> frozenset[ContactId]:
    """Waits until contacts are gone.

    Args:
        run: The run.
        ids: The contacts.
        telling: What to tell meanwhile, with a place for their number.
        until: The end of the wait, in seconds since 1970.

    Returns:
        Those that are still there when the time is over.
    """
    left = set(ids)
    if not left:
        return frozenset()

    def look() -> bool:
        run.ctx.progress(telling.format(len(left)))
        left.intersection_update(run.reader.still_there(sorted(left)))
        return not left

    run.waits.until(look, until)
    return frozenset(left)


class _Deletion:
    """A deletion of recorded contacts.

    Attributes:
        gone: Keys of those that were seen gone.
    """

    def __init__(self, run: Run, entries: Iterable[RecordedContact], own_urn: str, gone: Callable[[Key], None]) -> None:
        """Prepares a deletion.

        Args:
            run: The run.
            entries: What to delete.
            own_urn: A set whose own claims do not count.
            gone: Records that one is gone.
        """
        self.gone: list[Key] = []
        self._run = run
        self._entries = {entry.id: entry for entry in entries}
        self._own_urn = own_urn
        self._record_gone = gone

    def carry_out(self) -> None:
        """Deletes them, and sees them gone.

        What was asked for without a clear answer, and is still there, is asked for once more: no id is ever used twice.
        """
        released = self._released()
        self._keep(released)
        uncertain, left = self._send(released)
        again = left & uncertain
        self._tell_left(left - again)
        if again:
            self._tell_left(self._send([contact_id for contact_id in self._entries if contact_id in again])[1])

    def _send(self, ids: Sequence[ContactId]) -> tuple[set[ContactId], set[ContactId]]:
        """Asks for deletions; returns those of which nobody knows whether they were accepted, and what is still there.

        What was accepted is confirmed even where something ends the work.
        """
        calls = _DeleteCalls(self._run, self._entries)
        try:
            calls.send(ids)
        except ContactsError:
            self._tell_left(self._confirm(self._asked(calls)))
            raise
        return calls.uncertain, self._confirm(self._asked(calls))

    def _asked(self, calls: "_DeleteCalls") -> list[ContactId]:
        """Returns what was asked for; a refused deletion is told, unless the contact is not there anyway."""
        there = self._run.reader.find_ids(list(calls.refused)) if calls.refused else {}
        for contact_id in there:
            key, error = self._entries[contact_id].key, calls.refused[contact_id]
            self._run.states.delete_refused(key)
            detail = f"{_REFUSED}: {error.detail or error.message}"
            self._run.problems.append(Problem(Kind.UNDELETED, key, detail=detail))
        return [*calls.asked, *(contact_id for contact_id in calls.refused if contact_id not in there)]

    def _released(self) -> list[ContactId]:
        """Leaves out what another set has claimed."""
        ctx = self._run.ctx
        free = ctx.claims.release_for_deletion(ctx.target, dict.fromkeys(self._entries, self._own_urn))
        for contact_id, entry in self._entries.items():
            if contact_id not in free:
                self._run.states.claimed(entry.key)
        return [contact_id for contact_id in self._entries if contact_id in free]

    def _keep(self, ids: Sequence[ContactId]) -> None:
        """Keeps contacts as they live, for undo; those that are not seen are deleted as well: a view may lag."""
        undo = self._run.ctx.undo
        if not (undo.is_on and ids):
            return
        self._run.ctx.progress(f"keeping {len(ids):,} for undo")
        live = self._run.reader.find_ids(ids)
        replaced = bool(self._own_urn)
        there = [contact_id for contact_id in ids if contact_id in live]
        undo.keep([Kept(self._entries[one].key, one, live[one].contact, replaced=replaced) for one in there])

    def _confirm(self, asked: Sequence[ContactId]) -> set[ContactId]:
        """Takes note of contacts that are gone; returns those that are still there when the time is over.

        Each look probes one contact; only when that one is gone are all the others read. The first probe is of the
        contact that was asked for last. What is not seen any more is gone once another view says so, too.
        """
        left = dict.fromkeys(reversed(asked))
        unseen: list[ContactId] = []
        if not left:
            return set()
        reader, waits = self._run.reader, self._run.waits
        for last in waits.polls(waits.confirm_end()):
            self._run.ctx.progress(f"confirming {len(asked) - len(left):,} of {len(asked):,} deletions")
            probe = next(iter(left))
            del left[probe]
            if self._run.api.get(probe) is not None:
                left[probe] = None
            else:
                unseen.append(probe)
            if left and (last or probe not in left):
                still = reader.still_there(list(left))
                unseen += [contact_id for contact_id in left if contact_id not in still]
                left = {contact_id: None for contact_id in left if contact_id in still}
            if last or not left:
                left.update(dict.fromkeys(self._note_gone(unseen)))
                unseen = []
            if not left:
                break
        return set(left)

    def _note_gone(self, unseen: Sequence[ContactId]) -> list[ContactId]:
        """Takes note of contacts that are gone; returns those of which another view shows that they may be there.

        A look-up by name is independent of pages and of reads by id. One of each page of contacts is looked up: where
        it is still there, none of its page counts as gone.
        """
        pages = [unseen[start : start + PAGE_SIZE] for start in range(0, len(unseen), PAGE_SIZE)]
        shown = self._run.reader.side_by_side(self._is_shown, [page[0] for page in pages])
        doubtful: list[ContactId] = []
        for page, is_shown in zip(pages, shown, strict=True):
            if is_shown:
                doubtful += page
                continue
            for contact_id in page:
                key = self._entries[contact_id].key
                self._record_gone(key)
                self.gone.append(key)
                self._run.done += 1
        return doubtful

    def _is_shown(self, contact_id: ContactId) -> bool:
        name = self._entries[contact_id].name(self._run.ctx.recorded_prefix)
        return any(live.id == contact_id for live in self._run.reader.look_up((name,)))

    def _tell_left(self, left: set[ContactId]) -> None:
        for contact_id in self._entries:
            if contact_id in left:
                key = self._entries[contact_id].key
                self._run.problems.append(Problem(self._run.states.undeleted(key), key, detail=_STILL_THERE))


class _DeleteCalls(Calls[ContactId, bool]):
    """Deletes contacts by id; copies have no entry in the record.

    Attributes:
        refused: Contacts whose deletion was refused by itself, and why.
    """

    _doing = "deleting"

    def __init__(self, run: Run, entries: Mapping[ContactId, RecordedContact]) -> None:
        super().__init__(run)
        self.refused: dict[ContactId, Rejected] = {}
        self._entries = entries

    def _call_batch(self, items: Sequence[ContactId]) -> None:
        self._run.api.delete_batch(items)
        self._run.reader.grow(-len(items))

    def _call(self, item: ContactId) -> bool:
        return self._run.api.delete(item)

    def _isolate(self, items: Sequence[ContactId], error: Rejected) -> None:  # noqa: ARG002
        # One row, or a proxy that drops the body of a DELETE, is at fault: single calls tell which.
        self._send_singly(items)

    def _keys(self, items: Sequence[ContactId]) -> list[Key]:
        return [self._entries[contact_id].key for contact_id in items if contact_id in self._entries]

    def _note_sent(self, items: Sequence[ContactId]) -> None:
        at = self._run.waits.now()
        for key in self._keys(items):
            self._run.states.delete_sent(key, at)

    def _note_refused(self, items: Sequence[ContactId]) -> None:
        for key in self._keys(items):
            self._run.states.delete_refused(key)

    def _note_unanswered(self, items: Sequence[ContactId]) -> None:
        """Keeps them as they were noted when they were sent."""

    def _settle_answered(self, item: ContactId, answer: bool) -> None:  # noqa: ARG002, FBT001  # whether it was there
        self._settle_asked([item])

    def _settle_rejected(self, item: ContactId, error: Rejected) -> None:
        self._settled.add(item)
        self.refused[item] = error  # reading back decides: what is not there need not be deleted
