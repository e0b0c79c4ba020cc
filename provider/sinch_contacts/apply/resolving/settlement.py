"""Settling what earlier runs asked for and did not see through, before anything else is done."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

import msgspec

from sinch_contacts.apply.calls.delete import await_gone, delete
from sinch_contacts.apply.matching import Namesakes, is_as_asked, is_made_of, split_namesakes
from sinch_contacts.apply.resolving.in_flight import Awaited, InFlight
from sinch_contacts.apply.run import Run
from sinch_contacts.core.contact.contact import Key, LiveContact
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.digest import contact_digest
from sinch_contacts.core.contact.name import name_of
from sinch_contacts.core.plan.plan import Change, Operation
from sinch_contacts.core.plan.planner import leave, patch_of
from sinch_contacts.core.plan.policy import Policy
from sinch_contacts.core.record.recorded import RecordedContact, Status

_TELLING: Final = "waiting for {:,} contacts that an earlier run deleted"


class Settlement(msgspec.Struct, frozen=True):
    """What became of what was in flight.

    Attributes:
        lost: Declared contacts that are not there, and are to be created.
        edited: Patches of contacts that are there, and were edited meanwhile.
        waited: Whether it took time, in which anybody may have made anything.
    """

    lost: tuple[DesiredContact, ...] = ()
    edited: tuple[Change, ...] = ()
    waited: bool = False


def settle(run: Run, changes: Iterable[Change], policy: Policy) -> Settlement:
    """Waits for what is in flight until each contact is seen, or seen gone, or its settling time is over.

    A creation that is declared and appeared is recorded, one that is not declared any more is deleted. One that did not
    appear is looked up by its name in the end, and is then lost. What is declared, and was being deleted, is waited for
    likewise until it is gone.

    Args:
        run: The run.
        changes: The changes of a plan that await something.
        policy: Says what becomes of those that are not declared any more.

    Returns:
        What remains to be done.
    """
    pairs = [(change.recorded, change.desired) for change in changes if change.recorded]
    if not pairs:
        return Settlement()
    settling = _Settling(run, policy)
    settling.see_creations([pair for pair in pairs if pair[0].status is Status.CREATING])
    settling.see_deletions([(entry, row) for entry, row in pairs if entry.status is Status.DELETING and row])
    return Settlement(tuple(settling.lost), tuple(settling.edited), settling.waited)


class _Settling:
    """The work of one run on what was in flight when it began."""

    def __init__(self, run: Run, policy: Policy) -> None:
        self.lost: list[DesiredContact] = []
        self.edited: list[Change] = []
        self.waited = False
        self._run = run
        self._policy = policy
        self._leaving: list[tuple[RecordedContact, DesiredContact]] = []

    def see_creations(self, pairs: Sequence[tuple[RecordedContact, DesiredContact | None]]) -> None:
        """Sees creations through, and takes leave of those that are not declared any more."""
        run, waits = self._run, self._run.waits
        for entry, row in pairs:
            if not entry.since:  # a replacement that was not asked for yet
                self._lose(entry.key, row)
        flight = _Earlier(run, [self._awaited(entry, row) for entry, row in pairs if entry.since])
        flight.look()
        self.waited |= bool(flight.left)
        flight.wait(waits.settle_end(item.asked_at for item in flight.left.values()))
        flight.conclude()
        flight.settle_copies()
        for item in reversed(flight.left.values()):
            if item.row and item.key in flight.foreign:
                run.tell(run.states.lost_to_namesake(item.key), item.row, flight.namesakes(item.key))
            else:
                self._lose(item.key, item.row)
        self._leaving += flight.leaving
        self.edited += flight.edited
        left = [leave(run.states[key], self._policy) for key in flight.undeclared]
        for change in left:
            if change.operation is Operation.FORGET:
                run.states.forgotten(change.key)
        delete(run, [change.recorded for change in left if change.recorded and change.operation is Operation.DELETE])

    def see_deletions(self, pairs: Sequence[tuple[RecordedContact, DesiredContact]]) -> None:
        """Sees deletions through of contacts that are declared again; what is still there after its time stays."""
        run = self._run
        rows = {entry.id: row for entry, row in (*pairs, *self._leaving)}
        since = [entry.since for entry, _ in (*pairs, *self._leaving)]
        left = run.reader.still_there(list(rows)) if rows else frozenset()
        self.waited |= bool(left)
        left = await_gone(run, left, _TELLING, run.waits.settle_end(since))
        live = run.reader.find_ids(sorted(left))
        for contact_id, row in rows.items():
            if contact_id in live:
                self._keep(row, live[contact_id])
            else:
                run.states.gone(row.key)
                self.lost.append(row)

    def _awaited(self, entry: RecordedContact, row: DesiredContact | None) -> Awaited:
        names = {entry.name(self._run.ctx.recorded_prefix)}
        if row:
            names.add(name_of(row.contact))  # another one, where an interrupted run was the first with a new prefix
        return Awaited(entry.key, tuple(sorted(names)), entry.since, row)

    def _lose(self, key: Key, row: DesiredContact | None) -> None:
        self._run.states.lost(key)
        if row:
            self.lost.append(row)

    def _keep(self, row: DesiredContact, live: LiveContact) -> None:
        """Takes a contact whose deletion was lost for living, and compares it with what is declared."""
        run = self._run
        run.ctx.claims.reclaim(run.ctx.target, run.ctx.urn, [live.id])
        owned = run.states[row.key].owned + run.recovered.fields_set(live.id)
        run.states.survived(row.key, live, row.contact, owned)
        if patch := patch_of(row, run.states[row.key]):
            self.edited.append(patch)


class _Earlier(InFlight):
    """Creations that an earlier run has asked for: what is declared by now may be something else.

    Attributes:
        undeclared: Keys of those that appeared and are not declared any more.
        edited: Patches of those that appeared and were edited meanwhile.
        leaving: Those that appeared and are declared, and of which an interrupted run has asked for the deletion.
    """

    def __init__(self, run: Run, awaited: Sequence[Awaited]) -> None:
        super().__init__(run, awaited)
        self.undeclared: list[Key] = []
        self.edited: list[Change] = []
        self.leaving: list[tuple[RecordedContact, DesiredContact]] = []
        self._unedited = {
            item.key for item in awaited if item.row and run.states[item.key].is_as(contact_digest(item.row.contact))
        }

    def _split(self, item: Awaited, found: Sequence[LiveContact]) -> Namesakes:
        like = item.row.contact if item.row else None
        if like and self._is_unedited(item):
            is_ours = partial(is_made_of, like)
        else:
            is_ours = partial(is_as_asked, self._run.states[item.key].fingerprint, like)
        split = split_namesakes(is_ours, found, self._run.recovered.changed)
        if split.ours or len(split.others) != 1 or not self._run.has_prefix(split.others[0]):
            return split
        # Edited by a run of which nobody knows any more; or it is gone, and the look-up lags.
        return Namesakes(split.others, ()) if self._run.api.get(split.others[0].id) else split

    def _is_unedited(self, item: Awaited) -> bool:
        return item.key in self._unedited

    def _note_seen(self, item: Awaited, live: LiveContact) -> None:
        run = self._run
        if since := run.recovered.deleting.get(live.id):
            run.states.seen_leaving(item.key, live.id, since)
            if item.row:
                self.leaving.append((run.states[item.key], item.row))
        elif item.row:
            origin = run.take(live, item.asked_at)
            owned = run.states[item.key].owned + run.recovered.fields_set(live.id)
            run.states.seen_late(item.key, live, item.row.contact, origin, owned)
            if patch := patch_of(item.row, run.states[item.key]):
                self.edited.append(patch)
        else:
            run.states.seen_as_asked(item.key, live.id, run.origin_of(live, item.asked_at))
        if not item.row:
            self.undeclared.append(item.key)

    def _tell_progress(self, seen: int, total: int) -> None:
        self._run.ctx.progress(f"waiting for {total - seen:,} of {total:,} that an earlier run asked for")
