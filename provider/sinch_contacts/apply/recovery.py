"""Taking up what a run left that was cut off before the state could record it.

Its journal says which contacts may have been created, deleted or changed. What it says is turned into entries of the
record, which the planner then treats like any other: pending, leaving, drifted or gone.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from sinch_contacts.apply.copies import sort_copies
from sinch_contacts.apply.journal import AskedContact, Left
from sinch_contacts.apply.names import name_of, names_of, recorded_name
from sinch_contacts.apply.run import Run
from sinch_contacts.apply.waiting import wait_until
from sinch_contacts.core.contact import Contact, ContactId, Key, LiveContact
from sinch_contacts.core.desired import DesiredContact
from sinch_contacts.core.digest import contact_digest
from sinch_contacts.core.observed import observe, owned_part
from sinch_contacts.core.recorded import Origin, RecordedContact, Status, record_contact

_GONE_OR_PENDING: Final = frozenset({Status.GONE, Status.PENDING})


def recover(run: Run, desired: Iterable[DesiredContact], left: Left) -> None:
    """Puts into the record what may have become of contacts; reads, and writes nothing.

    Args:
        run: The run.
        desired: The declared contacts.
        left: What journals say that the state does not know of.
    """
    run.created, run.changed, run.leaving = left.created, left.changed, left.leaving
    if not left:
        return
    wanted = {row.key: row.contact for row in desired}
    run.around.progress("settling what an interrupted run left")
    _note_leaving(run, left.leaving)
    _observe(run, left.changed, wanted)
    asked = dict(left.asked)
    replaced: list[tuple[RecordedContact, AskedContact, int]] = []
    for entry in list(run.record.values()):
        names = {recorded_name(entry, run.around.recorded_prefix)}
        if entry.key in wanted:
            names.add(name_of(wanted[entry.key]))  # another one, where the prefix has changed since
        calls = [asked.pop(digest, None) for digest in map(run.around.journals.digest_name, sorted(names))]
        found = max(filter(None, calls), key=lambda call: call[1], default=None)
        if found and entry.status in _GONE_OR_PENDING:
            run.note([_pending(entry.key, *found)])
        elif found:
            replaced.append((entry, *found))
    _look_behind(run, replaced)
    renamed = {edited.asked for edited in left.changed.values()}
    for key, contact in wanted.items():
        name = run.around.journals.digest_name(name_of(contact))
        if name in renamed:
            continue  # by now it may have another name, and is looked for by its id
        found = asked.pop(name, None)
        if found and key not in run.record:
            run.note([_pending(key, *found)])
    _find_orphans(run, asked, wanted)


def _pending(key: Key, asked: AskedContact, since: int) -> RecordedContact:
    return RecordedContact(
        key=key,
        id=ContactId(""),
        origin=Origin.CREATED,
        status=Status.PENDING,
        digest=asked.digest,
        identities=asked.identities,
        fields=asked.fields,
        since=since,
    )


def _note_leaving(run: Run, leaving: Mapping[ContactId, int]) -> None:
    for entry in list(run.record.values()):
        if entry.id and entry.id in leaving:
            run.note([msgspec.structs.replace(entry, status=Status.LEAVING, since=leaving[entry.id])])


def _look_behind(run: Run, replaced: Iterable[tuple[RecordedContact, AskedContact, int]]) -> None:
    """Settles replacements: the second half of each was asked for only once the first was seen gone.

    Who deleted it does not matter: where somebody else did, no journal says so.
    """
    entries = {entry.id: (entry.key, asked, since) for entry, asked, since in replaced}
    live = run.reader.find_ids(list(entries)) if entries else {}
    run.note(_pending(*entry) for contact_id, entry in entries.items() if contact_id not in live)


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
    seen = observe(found.contact, like, owned) if like else owned_part(found.contact, owned)
    digest = contact_digest(seen)
    applied = entry.applied or entry.digest
    if digest == applied:
        return msgspec.structs.replace(entry, status=Status.LIVE, digest=digest, applied="")
    return record_contact(
        entry.key, seen, contact_id=found.id, origin=entry.origin, status=Status.DRIFTED, applied=applied
    )


def _find_orphans(run: Run, asked: Mapping[str, tuple[AskedContact, int]], wanted: Mapping[Key, Contact]) -> None:
    """Looks for contacts that were asked for, and are neither recorded nor declared any more.

    Their names are known by their digests alone, so every contact of the project is looked at. What is found is
    recorded as created by us, and leaves the set like any other contact.
    """
    left = dict(asked)
    if not left:
        return
    around = run.around

    def look(_last: bool) -> bool:  # noqa: FBT001  # the shape that wait_until asks for
        around.progress(f"looking for {len(left):,} contacts that an interrupted run asked for")
        for live in run.reader.everything():
            for name in names_of(live):
                edited = run.changed.get(live.id)
                digest = (edited and edited.asked) or around.journals.digest_name(name)
                found = left.get(digest)
                if found and sort_copies(_pending(Key(name), *found), None, [live], run.changed).ours:
                    left.pop(digest)
                    run.orphans[live.id] = digest
                    key = Key(name.removeprefix("=").removeprefix(around.prefix) if name.startswith("=") else name)
                    run.note([_as_created(run, key, live, found[0], wanted.get(key))])
        return not left

    until = run.asked_at(max(since for _, since in left.values())) + around.settings.settle_time
    wait_until(look, around.clock, around.settings, until)


def _as_created(run: Run, key: Key, live: LiveContact, asked: AskedContact, like: Contact | None) -> RecordedContact:
    since = run.leaving.get(live.id, 0)
    status = Status.LEAVING if since else Status.LIVE
    entry = msgspec.structs.replace(_pending(key, asked, since), id=live.id, status=status)
    return _as_seen(run, entry, live, like) if live.id in run.changed and entry.is_settled else entry
