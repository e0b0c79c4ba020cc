"""Discovery: looking, before anything is created, whether it is there already."""

from collections.abc import Collection, Iterable, Mapping
from math import inf

import msgspec

from sinch_contacts.apply.calls.delete import await_gone, remove_copies
from sinch_contacts.apply.conflicts import Conflict, Doubled, NameTaken
from sinch_contacts.apply.journal.lines import AskedContact
from sinch_contacts.apply.journal.replay import Asked
from sinch_contacts.apply.matching import is_made_of
from sinch_contacts.apply.reading.agreement import FEW, look_until_agreed
from sinch_contacts.apply.reading.reader import Found
from sinch_contacts.apply.run import Run
from sinch_contacts.core.contact.contact import ContactId, Key, LiveContact
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.name import Name, key_of, name_of
from sinch_contacts.core.contact.ulid import made_at
from sinch_contacts.core.plan.plan import Change, Operation, Plan, plan_of
from sinch_contacts.core.plan.planner import patch_of
from sinch_contacts.core.plan.policy import OnConflict
from sinch_contacts.core.record.recorded import RecordedContact, Status
from sinch_contacts.core.record.states import as_found


class Discovery(msgspec.Struct, frozen=True):
    """What became of planned creations once Sinch was looked at.

    Attributes:
        absent: Contacts that are not there and are to be created.
        there: Contacts that are there, once or in copies of ours, the one that stays first.
        found: How those would be recorded.
        adopted: Patches of those that differ.
        leaving: Contacts whose namesake is being deleted in this run: it must be gone first.
        taken: Contacts whose namesake is another contact of the set, which is to get its own name back first.
    """

    absent: tuple[DesiredContact, ...] = ()
    there: tuple[tuple[DesiredContact, tuple[LiveContact, ...]], ...] = ()
    found: tuple[RecordedContact, ...] = ()
    adopted: tuple[Change, ...] = ()
    leaving: tuple[tuple[DesiredContact, ContactId], ...] = ()
    taken: tuple[DesiredContact, ...] = ()


def as_plan(plan: Plan, discovery: Discovery) -> Plan:
    """Returns a plan as it is now that Sinch was looked at: what is there is adopted, not created.

    Preview and `up` both ask here, so that from the same facts they make the same plan, with the same digest.
    """
    there = {row.key for row, _ in discovery.there}
    changes = [change for change in plan.changes if change.operation is not Operation.CREATE or change.key not in there]
    differing = {patch.key for patch in discovery.adopted}
    adopted = tuple(change for change in plan.of(Operation.CREATE) if change.key in there - differing)
    return plan_of([*changes, *discovery.adopted], plan.unchanged + len(adopted), adopted)


class Discoverer:
    """Looks for contacts of one run before they are created."""

    def __init__(self, run: Run, on_conflict: OnConflict, declared: Collection[Key]) -> None:
        """Prepares looking; the record holds what interrupted runs left.

        Args:
            run: The run.
            on_conflict: Decides on contacts that are there and differ.
            declared: The keys of all contacts of the set.
        """
        self._run = run
        self._on_conflict = on_conflict
        self._declared = declared
        self._digest_name = run.ctx.journals.digest_name
        entries = list(run.states.values())
        deleting = {entry.id: entry.since for entry in entries if entry.id and entry.status is Status.DELETING}
        self._deleting = {**deleting, **run.recovered.deleting}
        self._awaited: dict[str, Asked] = {}
        for entry in entries:
            if entry.status is Status.CREATING:
                name = self._digest_name(entry.name(run.ctx.recorded_prefix))
                asked = AskedContact(name, entry.digest, entry.identities, entry.fields)
                self._awaited[name] = (asked, entry.since)

    def discover(self, rows: Iterable[DesiredContact]) -> Discovery:
        """Looks for planned creations at Sinch, and takes what is there; see `look` and `take`."""
        found = self.look(rows)
        self.take(found)
        return found

    def look(self, rows: Iterable[DesiredContact]) -> Discovery:
        """Looks for planned creations at Sinch. Nothing is written and nothing is recorded.

        Args:
            rows: What is to be created.

        Returns:
            What is to be done.

        Raises:
            ContactsError: See `survey`.
        """
        wanted = {row.key: row for row in rows}
        if not wanted:
            return Discovery()
        run = self._run
        run.ctx.progress(f"looking for {len(wanted):,}")
        return self.survey(wanted, self._await_deleting(wanted, self._await_rest(wanted, self.find(wanted))))

    def take(self, found: Discovery) -> None:
        """Removes copies of ours, and records what was found.

        Raises:
            Doubled: A copy could not be removed.
        """
        run = self._run
        gone = remove_copies(run, [live.id for _, copies in found.there for live in copies[1:]])
        left = [(row, copies) for row, copies in found.there if not gone.issuperset(live.id for live in copies[1:])]
        if left:
            raise Doubled([(row, tuple(live.id for live in copies)) for row, copies in left], run.ctx.target)
        for entry in found.found:
            run.states.discovered(entry.key, entry)

    def find(self, wanted: Mapping[Key, DesiredContact]) -> Found:
        """Looks for declared contacts by their names, until all views agree."""
        run = self._run
        few = inf if run.follows_soon else FEW
        return look_until_agreed(run.reader, run.waits, lambda: self.glance(wanted), run.ctx.progress, few=few)

    def glance(self, wanted: Mapping[Key, DesiredContact]) -> Found:
        """Looks for declared contacts by their names, once."""
        return self._run.reader.find({key: (name_of(row.contact),) for key, row in wanted.items()})

    def survey(self, wanted: Mapping[Key, DesiredContact], found: Found) -> Discovery:
        """Sorts planned creations by what was found at Sinch. Nothing is written and nothing is recorded.

        Args:
            wanted: The contacts to create, by key.
            found: What was found of them.

        Raises:
            Doubled: A contact is there more than once, and not as copies that only a run that was cut off leaves: those
                carry the set's own prefix and are just as declared.
            Conflict: A contact is there and differs, and the policy is to fail.
        """
        run, target = self._run, self._run.ctx.target
        known = {entry.id: entry for entry in run.states.values() if entry.id}
        free = self._free(wanted, found, known)
        there = [(wanted[key], free[key]) for key in found if key in free]
        taken = found.keys() - free.keys()
        doubled = [
            (row, tuple(live.id for live in copies))
            for row, copies in there
            if len(copies) > 1 and not all(run.has_prefix(live) and is_made_of(row.contact, live) for live in copies)
        ]
        if doubled:
            raise Doubled(doubled, target)
        ours = {contact_id: entry.owned for contact_id, entry in known.items()} | self._made(there)
        first = [live.id for _, (live, *_) in there]
        leaving = run.ctx.claims.leaving(target, first)
        entries = {live.id: self._as_found(row, live, ours.get(live.id, ())) for row, (live, *_) in there}
        patches = {live.id: patch_of(row, entries[live.id]) for row, (live, *_) in there}
        differing = {contact_id: patch for contact_id, patch in patches.items() if patch}
        foreign = [patch for contact_id, patch in differing.items() if contact_id not in ours.keys() | leaving]
        if foreign and self._on_conflict is OnConflict.FAIL:
            raise Conflict(foreign, target)
        # Only now, since a set that fails is to claim nothing; another one may have begun to delete meanwhile.
        late = run.claim(first)
        here = tuple((row, copies) for row, copies in there if copies[0].id not in late)
        return Discovery(
            absent=tuple(row for key, row in wanted.items() if key not in found),
            there=here,
            found=tuple(entries[live.id] for _, (live, *_) in here),
            adopted=tuple(patch for contact_id, patch in differing.items() if contact_id not in late),
            leaving=tuple((row, copies[0].id) for row, copies in there if copies[0].id in late),
            taken=tuple(row for key, row in wanted.items() if key in taken),
        )

    def refuse_taken_names(self, renames: Iterable[Change]) -> None:
        """Looks, before contacts get new external ids, whether somebody else has them.

        Raises:
            NameTaken: Somebody has.
        """
        pairs = {
            change.key: (change.desired, change.recorded) for change in renames if change.desired and change.recorded
        }
        if not pairs:
            return
        run = self._run
        run.ctx.progress(f"looking for {len(pairs):,} new names")
        found = self.find({key: desired for key, (desired, _) in pairs.items()})
        # What drifted to that name gets its own back in this run.
        ours = {
            entry.id for entry in run.states.values() if entry.key in self._declared and entry.status is Status.DRIFTED
        }
        taken = [
            (pairs[key][0], tuple(live.id for live in copies))
            for key, copies in found.items()
            if any(live.id != pairs[key][1].id and live.id not in ours for live in copies)
        ]
        if taken:
            raise NameTaken(taken, run.ctx.target)

    def _free(
        self, wanted: Mapping[Key, DesiredContact], found: Found, known: Mapping[ContactId, RecordedContact]
    ) -> dict[Key, tuple[LiveContact, ...]]:
        """Leaves out what another contact of the set is, or is awaited as; each of the others goes to one key alone."""
        owners = {contact_id: entry.key for contact_id, entry in known.items() if entry.key in self._declared}
        free: dict[Key, tuple[LiveContact, ...]] = {}
        # An external id tells more than an identity does.
        for key in sorted(found, key=lambda key: (not wanted[key].contact.external_id, key)):
            mine = []
            for live in sorted(found[key], key=lambda live: live.id):
                awaited = self._call_of(live, self._awaited)
                owner = key_of(awaited[0], self._run.ctx.recorded_prefix) if awaited else key
                if key == owner == owners.setdefault(live.id, key):
                    mine.append(live)
            if mine:
                free[key] = tuple(mine)
        return free

    def _made(
        self, there: Iterable[tuple[DesiredContact, tuple[LiveContact, ...]]]
    ) -> dict[ContactId, tuple[str, ...]]:
        """Names the fields that are ours of contacts which runs that the state does not know of created and saw."""
        calls = ((live.id, self._call_of(live, self._run.recovered.seen)) for _, (live, *_) in there)
        return {contact_id: call[1][0].fingerprint.owned for contact_id, call in calls if call}

    def _as_found(self, row: DesiredContact, live: LiveContact, owned: tuple[str, ...]) -> RecordedContact:
        owned = self._run.recovered.fields_set(live.id) + owned
        return as_found(row.key, live, row.contact, self._run.origin_of(live), owned)

    def _call_of(self, live: LiveContact, calls: Mapping[str, Asked]) -> tuple[Name, Asked] | None:
        return self._run.call_of(live, calls)

    def _await_rest(self, wanted: Mapping[Key, DesiredContact], found: Found) -> Found:
        """Waits for more where something that an earlier run asked for seems to have appeared just now.

        Without a journal nothing tells that a run was cut off, but this does: contacts that are just as declared, no
        older than the settling time. The rest of their batch may still be under way, and where the set's own prefix
        proves that they are ours, so may be copies that a second run asked for. The wait is over once nothing new has
        appeared for a while.
        """
        run, prefix = self._run, self._run.ctx.prefix
        oldest = run.waits.oldest_new()
        while (prefix or len(found) < len(wanted)) and any(
            made_at(live.id) > oldest and is_made_of(wanted[key].contact, live)
            for key, copies in found.items()
            for live in copies
        ):
            run.ctx.progress(f"found {len(found):,} of {len(wanted):,} that are new; looking for more")
            run.waits.rest()
            asked = wanted if prefix else {key: row for key, row in wanted.items() if key not in found}
            more = found | self.find(asked)
            if sum(map(len, more.values())) <= sum(map(len, found.values())):
                break
            found = more
        return found

    def _await_deleting(self, wanted: Mapping[Key, DesiredContact], found: Found) -> Found:
        """Waits for contacts to go whose deletion an earlier run asked for; after the settling time they stay."""
        run = self._run
        ids = {live.id for copies in found.values() for live in copies} & self._deleting.keys()
        if not ids:
            return found
        until = run.waits.settle_end(self._deleting[contact_id] for contact_id in ids)
        left = await_gone(run, ids, "waiting for {:,} contacts that an earlier run deleted", until)
        run.ctx.claims.reclaim(run.ctx.target, run.ctx.urn, left)
        return self.find(wanted)
