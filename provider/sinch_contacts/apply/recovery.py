"""Taking up what a run left that was cut off before the state could record it.

Its journal says which contacts may have been created, deleted or changed. What it says is turned into entries of the
record, which the planner then treats like any other: pending, leaving, drifted or gone.
"""

from collections import ChainMap
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from sinch_contacts.apply.copies import find_call
from sinch_contacts.apply.journal.lines import AskedContact
from sinch_contacts.apply.journal.replay import Asked, Left
from sinch_contacts.apply.names import key_of, name_of, names_of, recorded_name
from sinch_contacts.apply.reading.waits import wait_until
from sinch_contacts.apply.run import Run
from sinch_contacts.core.contact.contact import Contact, ContactId, Key, LiveContact
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.digest import contact_digest
from sinch_contacts.core.contact.observed import observe, owned_part
from sinch_contacts.core.record.recorded import RecordedContact, Status, record_contact

_GONE_OR_PENDING: Final = frozenset({Status.GONE, Status.CREATING})

_SEEN_LONG_AGO: Final = 1
"""A time, in seconds since 1970, after which nothing is to be waited for any more; 0 would stand for no time."""


def recover(run: Run, desired: Iterable[DesiredContact], left: Left) -> None:
    """Puts into the record what may have become of contacts; reads, and writes nothing.

    Args:
        run: The run.
        desired: The declared contacts.
        left: What journals say that the state does not know of.
    """
    run.created, run.made, run.changed, run.leaving = left.created, left.seen, left.changed, left.leaving
    if not left:
        return
    wanted = {row.key: row.contact for row in desired}
    run.ctx.progress("settling what an interrupted run left")
    _note_leaving(run, left.leaving)
    _observe(run, left.changed, wanted)
    asked, seen = dict(left.asked), dict(left.seen)
    replaced: list[tuple[RecordedContact, Asked]] = []
    for entry in list(run.record.values()):
        names = {recorded_name(entry, run.ctx.recorded_prefix)}
        if entry.key in wanted:
            names.add(name_of(wanted[entry.key]))  # another one, where the prefix has changed since
        digests = [run.ctx.journals.digest_name(name) for name in names]
        calls = [(contact, _SEEN_LONG_AGO) for contact, _ in _pop(seen, digests)] + _pop(asked, digests)
        found = max(calls, key=lambda call: call[1], default=None)
        if found and entry.status in _GONE_OR_PENDING:
            run.note([found[0].pending(entry.key, found[1])])
        elif found:
            replaced.append((entry, found))
    _look_behind(run, replaced)
    for key, contact in wanted.items():
        digests = [run.ctx.journals.digest_name(name_of(contact))]
        _pop(seen, digests)  # discovery finds it
        run.note(call.pending(key, since) for call, since in _pop(asked, digests) if key not in run.record)
    # Without a state nobody knows whether what an earlier one created, and saw, was to stay.
    _find_orphans(run, asked, seen if run.last_run else {}, wanted)


def _pop(calls: dict[str, Asked], digests: Iterable[str]) -> list[Asked]:
    return [calls.pop(digest) for digest in digests if digest in calls]


def _note_leaving(run: Run, leaving: Mapping[ContactId, int]) -> None:
    for entry in list(run.record.values()):
        if entry.id and entry.id in leaving:
            run.note([msgspec.structs.replace(entry, status=Status.DELETING, since=leaving[entry.id])])


def _look_behind(run: Run, replaced: Iterable[tuple[RecordedContact, Asked]]) -> None:
    """Settles replacements: the second half of each was asked for only once the first was seen gone.

    Who deleted it does not matter: where somebody else did, no journal says so.
    """
    entries = {entry.id: (entry.key, *asked) for entry, asked in replaced}
    live = run.reader.find_ids(list(entries)) if entries else {}
    gone = [entry for contact_id, entry in entries.items() if contact_id not in live]
    run.note(asked.pending(key, since) for key, asked, since in gone)


def _observe(run: Run, changed: Iterable[ContactId], wanted: Mapping[Key, Contact]) -> None:
    """Reads contacts that may have been changed, and writes down what they are."""
    by_id = {entry.id: entry for entry in run.record.values() if entry.id}
    entries = [by_id[contact_id] for contact_id in sorted(changed) if contact_id in by_id]
    live = run.reader.find_ids([entry.id for entry in entries if entry.is_settled])
    for entry in entries:
        if not entry.is_settled:
            continue
        found = live.get(entry.id)
        if found is None:
            run.note([msgspec.structs.replace(entry, status=Status.GONE)])
        else:
            run.note([_as_seen(run, entry, found, wanted.get(entry.key))])


def _as_seen(run: Run, entry: RecordedContact, found: LiveContact, like: Contact | None) -> RecordedContact:
    """Records a contact as it was found, with all the fields that are ours by now."""
    owned = entry.owned + run.set_since(found.id)
    seen = observe(found.contact, like, owned) if like else owned_part(found.contact, owned, entry.identities)
    digest = contact_digest(seen)
    applied = entry.applied or entry.digest
    if digest == applied or (like and digest == contact_digest(like)):
        return record_contact(entry.key, seen, contact_id=found.id, origin=entry.origin)
    return record_contact(
        entry.key, seen, contact_id=found.id, origin=entry.origin, status=Status.DRIFTED, applied=applied
    )


def _find_orphans(
    run: Run, asked: Mapping[str, Asked], seen: Mapping[str, Asked], wanted: Mapping[Key, Contact]
) -> None:
    """Looks for contacts that were asked for, and are neither recorded nor declared any more.

    Their names are known by their digests alone, so every contact of the project is looked at. What is found is
    recorded as created by us, and leaves the set like any other contact. Those that were seen before are not waited
    for, and those that were edited since are known by their ids.
    """
    recorded = {entry.id for entry in run.record.values()}
    by_name, before = dict(asked), dict(seen)
    by_id = {key: edited.asked for key, edited in run.changed.items() if edited.asked and key not in recorded}
    if not (by_name or by_id or before):
        return
    ctx = run.ctx
    calls = ChainMap(by_name, before)

    def take(live: LiveContact) -> tuple[str, Asked] | None:
        if ctx.claims.made_by_others(ctx.target, ctx.urn, [live.id]):
            return None
        if live.id in by_id:
            return next(((name, by_id.pop(live.id)) for name in names_of(live)), None)
        found = None if live.id in recorded else find_call(run, live, calls)
        if found:
            _pop(by_name, [found[1][0].name])
            _pop(before, [found[1][0].name])
        return found

    def look(_last: bool) -> bool:  # noqa: FBT001  # the shape that wait_until asks for
        count = len(by_name) + len(by_id) + len(before)
        ctx.progress(f"looking for {count:,} contacts that an interrupted run asked for")
        for live in run.reader.everything():
            if found := take(live):
                name, (contact, _) = found
                run.orphans[live.id] = contact.name
                key = key_of(name, ctx.prefix)
                run.note([_as_created(run, key, live, contact, wanted.get(key))])
        return not (by_name or by_id)

    latest = max((since for _, since in (*by_name.values(), *by_id.values())), default=0)
    wait_until(look, ctx.clock, ctx.settings, run.asked_at(latest) + ctx.settings.settle_time)


def _as_created(run: Run, key: Key, live: LiveContact, asked: AskedContact, like: Contact | None) -> RecordedContact:
    since = run.leaving.get(live.id, 0)
    status = Status.DELETING if since else Status.LIVE
    entry = msgspec.structs.replace(asked.pending(key, since), id=live.id, status=status)
    return _as_seen(run, entry, live, like) if live.id in run.changed and entry.is_settled else entry
