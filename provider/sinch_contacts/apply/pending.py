"""Settling what an earlier run asked for and did not see through."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from sinch_contacts.apply.copies import Sorted, remove_copies, sort_copies, tell_others
from sinch_contacts.apply.deletion import Deletion
from sinch_contacts.apply.discovery import differences
from sinch_contacts.apply.names import name_of, recorded_name
from sinch_contacts.apply.problems import Kind, Problem, problem_of
from sinch_contacts.apply.reading.waits import wait_until
from sinch_contacts.apply.run import Run
from sinch_contacts.core.contact.channels import APP_SCOPED_CHANNELS
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, Key, LiveContact
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.digest import contact_digest
from sinch_contacts.core.contact.observed import observe
from sinch_contacts.core.contact.ulid import is_older
from sinch_contacts.core.plan.plan import Change, Operation, Reason
from sinch_contacts.core.plan.policy import OnDelete, Policy
from sinch_contacts.core.record.recorded import RecordedContact, Status, record_contact

_FOREIGN: Final = "its creation was asked for and lost"


class Waiting(msgspec.Struct, frozen=True):
    """A contact whose creation or deletion was asked for.

    Attributes:
        recorded: What is recorded of it; it has an id where it was to be deleted.
        desired: What is declared now; `None` where nothing is.
    """

    recorded: RecordedContact
    desired: DesiredContact | None

    @property
    def like(self) -> Contact | None:
        """What is declared now."""
        return self.desired.contact if self.desired else None


class Settlement(msgspec.Struct, frozen=True):
    """What became of pending contacts.

    Attributes:
        lost: Contacts that are not there, and are to be created.
        edited: Patches of contacts that appeared, and were edited meanwhile.
        waited: Whether it took time, in which anybody may have made anything.
    """

    lost: tuple[DesiredContact, ...] = ()
    edited: tuple[Change, ...] = ()
    waited: bool = False


def settle(run: Run, changes: Iterable[Change], policy: Policy) -> Settlement:
    """Waits for pending contacts until each is seen, or its settling time is over.

    One that is wanted and appeared is recorded, one that is not wanted any more is deleted. One that did not appear is
    looked up by its name in the end, and is then lost. What is wanted and was being deleted is waited for likewise.

    Args:
        run: The run.
        changes: The changes of a plan that await something.
        policy: Says whether what is not wanted any more may be deleted.

    Returns:
        What remains to be done.
    """
    waiting = {change.key: Waiting(change.recorded, change.desired) for change in changes if change.recorded}
    if not waiting:
        return Settlement()
    settling = _Settling(run, waiting)
    settling.wait()
    if policy.on_delete is OnDelete.RETAIN:
        run.drop(entry.key for entry in settling.unwanted)
    else:
        Deletion(run).delete(settling.unwanted)
    return Settlement(tuple(settling.lost), tuple(settling.edited), settling.waited)


class _Settling:
    """The wait of one run."""

    def __init__(self, run: Run, waiting: dict[Key, Waiting]) -> None:
        self.lost: list[DesiredContact] = []
        self.edited: list[Change] = []
        self.unwanted: list[RecordedContact] = []
        self.waited = False
        self._extra: dict[ContactId, list[ContactId]] = {}
        self._run = run
        self._left = waiting
        self._foreign: dict[Key, tuple[LiveContact, ...]] = {}
        self._appeared: list[tuple[Waiting, LiveContact]] = []
        self._keys = {entry.id: entry.key for entry in run.record.values() if entry.id}

    def wait(self) -> None:
        """Looks at once, and from time to time until all is settled or overdue."""
        ctx = self._run.ctx
        total = len(self._left)
        self._look_at(list(self._left.values()))

        def look(last: bool) -> bool:  # noqa: FBT001  # the shape that wait_until asks for
            ctx.progress(f"waiting for {len(self._left):,} of {total:,} that an earlier run asked for")
            key = next(iter(self._left))
            probe = self._left.pop(key)
            self._left[key] = probe
            if self._settles(probe, self._find(probe), final=last) or last:
                self._look_at(list(self._left.values()), final=last)
            return not self._left

        over = False
        while self._left and not over:
            self.waited = True
            latest = max(item.recorded.since for item in self._left.values())
            until = self._run.asked_at(latest) + ctx.settings.settle_time
            wait_until(look, ctx.clock, ctx.settings, until)
            over = ctx.clock.now() >= until
        for key, item in self._left.items():
            self._give_up(key, item)
        self._note_appeared()

    def _look_at(self, items: Sequence[Waiting], *, final: bool = False) -> None:
        for item, copies in zip(items, self._run.reader.side_by_side(self._find, items), strict=True):
            self._settles(item, copies, final=final)

    def _find(self, item: Waiting) -> tuple[LiveContact, ...]:
        entry = item.recorded
        if entry.id:
            live = self._run.api.get(entry.id)
            return (live,) if live else ()
        names = {recorded_name(entry, self._run.ctx.recorded_prefix)}
        if item.like:
            names.add(name_of(item.like))  # another one, where an interrupted run was the first with a new prefix
        found = {live.id: live for name in sorted(names) for live in self._find_name(name)}
        return tuple(found.values())

    def _find_name(self, name: str) -> tuple[LiveContact, ...]:
        if name.startswith("="):
            return self._run.api.find_by_external_id(name.removeprefix("="))
        channel, rest = name.split(":", 1)
        app, identity = rest.split(":", 1) if channel in APP_SCOPED_CHANNELS else ("", rest)
        return self._run.api.find_by_identity(ChannelIdentity(channel, identity, app))

    def _settles(self, item: Waiting, copies: Sequence[LiveContact], *, final: bool) -> bool:
        """Takes note of a contact where what was found settles it; returns whether it does.

        What is older than the call that is awaited comes from a run that was cut off before: ours will follow.
        """
        entry = item.recorded
        if entry.id:
            if copies:
                return False
            self._forget(item)
            return True
        found = sort_copies(entry, item.like, self._free(entry.key, copies), self._run.changed)
        if not found.ours and len(found.others) == 1 and self._run.is_ours(found.others[0]):
            found = Sorted(found.others, ())  # edited by a run of which nobody knows any more
        if not found.ours:
            self._foreign[entry.key] = found.others
            return False
        asked_at = self._run.asked_at(entry.since) + self._run.api.clock_offset()
        if not final and all(is_older(live.id, asked_at) for live in found.ours):
            return False
        first, *extra = found.ours
        if item.desired and (since := self._run.leaving.get(first.id)):
            leaving = msgspec.structs.replace(entry, id=first.id, status=Status.DELETING, since=since)
            self._left[entry.key] = Waiting(leaving, item.desired)
            return False
        self._left.pop(entry.key)
        self._appeared.append((item, first))
        self._extra[first.id] = [live.id for live in extra]
        if item.desired:
            tell_others(self._run, item.desired, first, found.others)
        return True

    def _free(self, key: Key, copies: Sequence[LiveContact]) -> list[LiveContact]:
        """Leaves out what is recorded under another key, and what another set has created in this run."""
        ctx = self._run.ctx
        elsewhere = ctx.claims.made_by_others(ctx.target, ctx.urn, [live.id for live in copies])
        return [live for live in copies if live.id not in elsewhere and self._keys.get(live.id, key) == key]

    def _note_appeared(self) -> None:
        gone = remove_copies(self._run, [copy for extra in self._extra.values() for copy in extra])
        for item, live in self._appeared:
            row = item.desired
            if not gone.issuperset(self._extra[live.id]):
                detail = f"contacts {', '.join([live.id, *self._extra[live.id]])}"
                self._run.problems.append(Problem(Kind.DOUBLED, item.recorded.key, detail=detail))
                continue
            since = self._run.leaving.get(live.id, 0)
            status = Status.DELETING if since else Status.LIVE
            seen = msgspec.structs.replace(item.recorded, id=live.id, status=status, since=since)
            self._run.note([seen])
            if row is None:
                self.unwanted.append(seen)
                continue
            self._run.claim([live.id])
            self._run.done += 1
            self._note_edits(row, seen, live)

    def _give_up(self, key: Key, item: Waiting) -> None:
        """Ends the wait for a contact whose settling time is over."""
        if item.recorded.id:  # its deletion was lost: it lives on, and is compared with what is declared
            self._run.note([msgspec.structs.replace(item.recorded, status=Status.LIVE, since=0)])
            if item.desired:
                self._run.ctx.claims.reclaim(self._run.ctx.target, self._run.ctx.urn, [item.recorded.id])
                live = self._run.api.get(item.recorded.id)
                if live:
                    self._note_edits(item.desired, self._run.record[key], live)
            return
        self._run.drop([key])
        if item.desired and (foreign := self._foreign.get(key)):
            ids = ", ".join(live.id for live in foreign)
            self._run.problems.append(problem_of(Kind.FOREIGN, item.desired, f"{_FOREIGN}; contacts {ids}"))
        elif item.desired:
            self.lost.append(item.desired)

    def _note_edits(self, row: DesiredContact, entry: RecordedContact, live: LiveContact) -> None:
        """Records a contact that lives; where it was edited meanwhile, as what is to be patched."""
        owned = entry.owned + self._run.set_since(live.id)
        fields = differences(row, live, owned)
        if not fields:
            self._run.confirm(row.key, row.contact, live, entry.origin)
            return
        seen = observe(live.contact, row.contact, owned)
        applied = contact_digest(row.contact)
        recorded = record_contact(
            row.key, seen, contact_id=live.id, origin=entry.origin, status=Status.DRIFTED, applied=applied
        )
        self._run.note([recorded])
        self.edited.append(Change(Operation.PATCH, row.key, Reason.GIT, row, recorded, fields))

    def _forget(self, item: Waiting) -> None:
        key = item.recorded.key
        self._left.pop(key)
        self._run.drop([key])
        if item.desired:
            self.lost.append(item.desired)
