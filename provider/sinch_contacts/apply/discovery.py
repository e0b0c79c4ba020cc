"""Discovery: looking, before anything is created, whether it is there already."""

from collections.abc import Iterable, Mapping

import msgspec

from sinch_contacts.apply.copies import find_call, is_made_of, remove_copies
from sinch_contacts.apply.deletion import await_gone
from sinch_contacts.apply.names import key_of
from sinch_contacts.apply.problems import Conflict, Doubled, NameTaken
from sinch_contacts.apply.reading.reader import Found
from sinch_contacts.apply.run import Run
from sinch_contacts.core.contact.contact import ContactId, Key, LiveContact
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.digest import contact_digest
from sinch_contacts.core.contact.observed import observe
from sinch_contacts.core.contact.ulid import made_at
from sinch_contacts.core.plan.plan import Change, Operation, Reason
from sinch_contacts.core.plan.planner import differing_fields
from sinch_contacts.core.plan.policy import OnConflict, Policy
from sinch_contacts.core.record.recorded import RecordedContact, Status, record_contact
from sinch_contacts.core.target import Target


class Discovery(msgspec.Struct, frozen=True):
    """What became of planned creations once Sinch was looked at.

    Attributes:
        absent: Contacts that are not there and are to be created.
        there: Contacts that are there, once or in copies of ours, the one that stays first.
        adopted: Patches of those that differ.
        leaving: Contacts whose namesake is being deleted in this run: it must be gone first.
        taken: Contacts whose namesake is another contact of the set, which is to get its own name back first.
    """

    absent: tuple[DesiredContact, ...] = ()
    there: tuple[tuple[DesiredContact, tuple[LiveContact, ...]], ...] = ()
    adopted: tuple[Change, ...] = ()
    leaving: tuple[tuple[DesiredContact, ContactId], ...] = ()
    taken: tuple[DesiredContact, ...] = ()


def differences(row: DesiredContact, live: LiveContact, owned: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Names the fields in which a live contact differs from a declared one.

    Args:
        row: The declared contact.
        live: The live one.
        owned: Names of further fields that are ours, to be cleared.
    """
    seen = observe(live.contact, row.contact, owned)
    if contact_digest(seen) == contact_digest(row.contact):
        return ()
    return differing_fields(row.contact, record_contact(row.key, seen, contact_id=live.id))


def survey(run: Run, wanted: Mapping[Key, DesiredContact], found: Found, policy: Policy, target: Target) -> Discovery:
    """Sorts planned creations by what was found at Sinch. Nothing is written and nothing is recorded.

    Args:
        run: The run.
        wanted: The contacts to create, by key.
        found: What was found of them.
        policy: Decides on contacts that are there and differ.
        target: Named in errors.

    Raises:
        Doubled: A contact is there more than once, and not as copies that only a run that was cut off leaves: those
            carry the set's own prefix and are just as declared.
        Conflict: A contact is there and differs, and the policy is to fail.
    """
    known = {entry.id: entry for entry in run.record.values() if entry.id}
    free = _free(run, wanted, found, known)
    there = [(wanted[key], free[key]) for key in found if key in free]
    taken = found.keys() - free.keys()
    doubled = [
        (row, tuple(live.id for live in copies))
        for row, copies in there
        if len(copies) > 1 and not all(run.is_ours(live) and is_made_of(row.contact, live) for live in copies)
    ]
    if doubled:
        raise Doubled(doubled, target)
    made = ((row.key, live.id, find_call(run, live, run.made)) for row, (live, *_) in there)
    known |= {contact_id: found[1][0].pending(key, found[1][1]) for key, contact_id, found in made if found}
    first = [live.id for _, (live, *_) in there]
    leaving = run.ctx.claims.leaving(run.ctx.target, first)
    changes = {live.id: _adoption(run, row, live, known.get(live.id)) for row, (live, *_) in there}
    differing = {contact_id: change for contact_id, change in changes.items() if change.fields}
    foreign = [change for contact_id, change in differing.items() if contact_id not in known.keys() | leaving]
    if foreign and policy.on_conflict is OnConflict.FAIL:
        raise Conflict(foreign, target)
    # Only now, since a set that fails is to claim nothing; another one may have begun to delete meanwhile.
    late = run.claim(first)
    here = tuple((row, copies) for row, copies in there if copies[0].id not in late)
    return Discovery(
        absent=tuple(row for key, row in wanted.items() if key not in found),
        there=here,
        adopted=tuple(change for contact_id, change in differing.items() if contact_id not in late),
        leaving=tuple((row, copies[0].id) for row, copies in there if copies[0].id in late),
        taken=tuple(row for key, row in wanted.items() if key in taken),
    )


def _free(
    run: Run, wanted: Mapping[Key, DesiredContact], found: Found, known: Mapping[ContactId, RecordedContact]
) -> dict[Key, tuple[LiveContact, ...]]:
    """Leaves out what another contact of the set is, or is awaited as; each of the others goes to one key alone."""
    owners = {contact_id: entry.key for contact_id, entry in known.items() if entry.key in run.wanted}
    free: dict[Key, tuple[LiveContact, ...]] = {}
    # An external id tells more than an identity does.
    for key in sorted(found, key=lambda key: (not wanted[key].contact.external_id, key)):
        mine = []
        for live in sorted(found[key], key=lambda live: live.id):
            awaited = find_call(run, live, run.awaited)
            owner = key_of(awaited[0], run.ctx.recorded_prefix) if awaited else key
            if key == owner == owners.setdefault(live.id, key):
                mine.append(live)
        if mine:
            free[key] = tuple(mine)
    return free


def discover(run: Run, rows: Iterable[DesiredContact], policy: Policy) -> Discovery:
    """Looks for planned creations at Sinch, and adopts what is equal.

    The record changes only once it is sure that nothing stands in the way.

    Returns:
        What is to be done.

    Raises:
        ContactsError: See `survey`.
    """
    wanted = {row.key: row for row in rows}
    if not wanted:
        return Discovery()
    run.ctx.progress(f"looking for {len(wanted):,}")
    found = _await_leaving(run, wanted, _await_rest(run, wanted, run.reader.find(wanted)))
    discovery = survey(run, wanted, found, policy, run.ctx.target)
    gone = remove_copies(run, [live.id for _, copies in discovery.there for live in copies[1:]])
    left = [(row, copies) for row, copies in discovery.there if not gone.issuperset(live.id for live in copies[1:])]
    if left:
        raise Doubled([(row, tuple(live.id for live in copies)) for row, copies in left], run.ctx.target)
    for row, (live, *_) in discovery.there:
        run.confirm(row.key, row.contact, live, run.origin_of(live))
    # What interrupted runs have set beside what is declared now stays ours until it is cleared.
    run.note(change.recorded for change in discovery.adopted if change.recorded)
    return discovery


def refuse_taken_names(run: Run, renames: Iterable[Change]) -> None:
    """Looks, before contacts get new external ids, whether somebody else has them.

    Raises:
        NameTaken: Somebody has.
    """
    pairs = {change.key: (change.desired, change.recorded) for change in renames if change.desired and change.recorded}
    if not pairs:
        return
    run.ctx.progress(f"looking for {len(pairs):,} new names")
    found = run.reader.find({key: desired for key, (desired, _) in pairs.items()})
    # What drifted to that name gets its own back in this run.
    ours = {entry.id for entry in run.record.values() if entry.key in run.wanted and entry.status is Status.DRIFTED}
    taken = [
        (pairs[key][0], tuple(live.id for live in copies))
        for key, copies in found.items()
        if any(live.id != pairs[key][1].id and live.id not in ours for live in copies)
    ]
    if taken:
        raise NameTaken(taken, run.ctx.target)


def _adoption(run: Run, row: DesiredContact, live: LiveContact, before: RecordedContact | None) -> Change:
    owned = run.set_since(live.id) + (before.owned if before else ())
    seen = observe(live.contact, row.contact, owned)
    applied = contact_digest(row.contact)
    recorded = record_contact(
        row.key, seen, contact_id=live.id, origin=run.origin_of(live), status=Status.DRIFTED, applied=applied
    )
    return Change(Operation.PATCH, row.key, Reason.GIT, row, recorded, differences(row, live, owned))


def _await_rest(run: Run, wanted: Mapping[Key, DesiredContact], found: Found) -> Found:
    """Waits for more where something that an earlier run asked for seems to have appeared just now.

    Without a journal nothing tells that a run was cut off, but this does: contacts that are just as declared, no older
    than the settling time. The rest of their batch may still be under way, and where the set's own prefix proves that
    they are ours, so may be copies that a second run asked for. The wait is over once nothing new has appeared for a
    while.
    """
    ctx = run.ctx
    oldest = ctx.clock.now() + run.api.clock_offset() - ctx.settings.settle_time
    while (ctx.prefix or len(found) < len(wanted)) and any(
        made_at(live.id) > oldest and is_made_of(wanted[key].contact, live)
        for key, copies in found.items()
        for live in copies
    ):
        ctx.progress(f"found {len(found):,} of {len(wanted):,} that are new; looking for more")
        ctx.clock.sleep(ctx.settings.quiet_time)
        asked = wanted if ctx.prefix else {key: row for key, row in wanted.items() if key not in found}
        more = found | run.reader.find(asked)
        if sum(map(len, more.values())) <= sum(map(len, found.values())):
            break
        found = more
    return found


def _await_leaving(run: Run, wanted: Mapping[Key, DesiredContact], found: Found) -> Found:
    """Waits for contacts to go whose deletion an earlier run asked for; after the settling time they stay."""
    ctx = run.ctx
    ids = {live.id for copies in found.values() for live in copies} & run.expected_gone.keys()
    if not ids:
        return found
    until = run.asked_at(max(run.expected_gone[contact_id] for contact_id in ids)) + ctx.settings.settle_time
    left = await_gone(run, ids, "waiting for {:,} contacts that an earlier run deleted", until)
    ctx.claims.reclaim(ctx.target, ctx.urn, left)
    return run.reader.find(wanted)
