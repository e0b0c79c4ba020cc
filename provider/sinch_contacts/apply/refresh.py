"""Refreshing a set: reading what lives, and writing down what drifted."""

from collections.abc import Mapping
from typing import Final

import msgspec

from sinch_contacts.apply.context import Context
from sinch_contacts.apply.reading.reader import Reader, known_contacts
from sinch_contacts.core.contact.contact import FIELDS, Contact, Key, LiveContact
from sinch_contacts.core.contact.digest import contact_digest
from sinch_contacts.core.contact.observed import observe, owned_part
from sinch_contacts.core.record.recorded import Record, RecordedContact, Status, record_contact, record_of

_UNCHANGED: Final = frozenset({Status.CREATING, Status.DELETING})


class Observation(msgspec.Struct, frozen=True):
    """What a refresh saw.

    Attributes:
        record: The record with what drifted and what is gone.
        contacts: The owned fields of each declared contact as they live; a contact that is gone is left out.
        changed: Contacts that somebody else changed, each with the names of the fields that differ from what was last
            declared; without names where an earlier refresh told them.
        deleted: Contacts that somebody else deleted.
    """

    record: Record
    contacts: Mapping[Key, Contact]
    changed: Mapping[Key, tuple[str, ...]]
    deleted: tuple[Key, ...]


def refresh(ctx: Context, record: Record, declared: Mapping[Key, Contact]) -> Observation:
    """Reads every recorded contact and compares it with what was last declared.

    Pending contacts stay pending: only an update settles them.

    Args:
        ctx: What the work needs.
        record: What is recorded of the set.
        declared: What was desired when the record was made, where that is known.

    Returns:
        What was seen.
    """
    entries = [entry for entry in record.values() if entry.status not in _UNCHANGED]
    reader = Reader(ctx.api, ctx.settings.pace, ctx.clock.now, least=known_contacts(record))
    live = reader.find_ids([entry.id for entry in entries])
    contacts = dict(declared)
    changed: dict[Key, tuple[str, ...]] = {}
    seen: dict[Key, RecordedContact] = dict(record)
    for entry in entries:
        like = declared.get(entry.key)
        if like and contact_digest(like) not in {entry.digest, entry.applied}:
            like = None  # a run that failed half-way has changed it since
        found = live.get(entry.id)
        if found is None:
            seen[entry.key] = msgspec.structs.replace(entry, status=Status.GONE)
            contacts.pop(entry.key, None)
        elif like is not None:
            seen[entry.key], contacts[entry.key] = _compare(entry, like, found)
            if seen[entry.key].status is Status.DRIFTED:
                changed[entry.key] = _differing(contacts[entry.key], like)
        else:
            seen[entry.key] = _record(entry, owned_part(found.contact, entry.owned, entry.identities))
            if seen[entry.key].status is Status.DRIFTED:
                changed[entry.key] = ()
    return Observation(
        record=record_of(seen.values()),
        contacts=contacts,
        changed=changed,
        deleted=tuple(entry.key for entry in seen.values() if entry.status is Status.GONE),
    )


def _compare(entry: RecordedContact, like: Contact, found: LiveContact) -> tuple[RecordedContact, Contact]:
    contact = observe(found.contact, like, entry.owned)
    return _record(entry, contact), contact


def _record(entry: RecordedContact, contact: Contact) -> RecordedContact:
    """Records a contact as it was found; it drifted where that is not what was applied last."""
    applied = entry.applied or entry.digest
    drifted = contact_digest(contact) != applied
    return record_contact(
        entry.key,
        contact,
        contact_id=entry.id,
        origin=entry.origin,
        status=Status.DRIFTED if drifted else Status.LIVE,
        applied=applied if drifted else "",
    )


def _differing(found: Contact, like: Contact) -> tuple[str, ...]:
    identities = set(found.channel_identities) != set(like.channel_identities)
    others = (name for name in FIELDS[1:] if (getattr(found, name) or None) != (getattr(like, name) or None))
    return (*FIELDS[: int(identities)], *others)
