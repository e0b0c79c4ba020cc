"""Refreshing a set: reading what lives, and writing down what drifted."""

from collections.abc import Mapping
from typing import Final

import msgspec

from sinch_contacts.api.port import ContactsApi
from sinch_contacts.apply.reader import Reader
from sinch_contacts.core.contact import Contact, Key, LiveContact
from sinch_contacts.core.digest import contact_digest
from sinch_contacts.core.observed import observe
from sinch_contacts.core.recorded import Record, RecordedContact, Status, record_contact, record_of

_UNCHANGED: Final = frozenset({Status.PENDING, Status.LEAVING})


class Observation(msgspec.Struct, frozen=True):
    """What a refresh saw.

    Attributes:
        record: The record with what drifted and what is gone.
        contacts: The owned fields of each declared contact as they live; a contact that is gone is left out.
        drifted: How many contacts somebody else changed.
        gone: How many contacts somebody else deleted.
    """

    record: Record
    contacts: Mapping[Key, Contact]
    drifted: int
    gone: int


def refresh(api: ContactsApi, record: Record, declared: Mapping[Key, Contact], concurrency: int) -> Observation:
    """Reads every recorded contact and compares it with what was last declared.

    Pending contacts stay pending: only an update settles them.

    Args:
        api: The project.
        record: What is recorded of the set.
        declared: What was desired when the record was made. Of a contact that is not in it, only its presence is
            observed.
        concurrency: Look-ups under way at once.

    Returns:
        What was seen.
    """
    entries = [entry for entry in record.values() if entry.status not in _UNCHANGED]
    live = Reader(api, concurrency).find_ids([entry.id for entry in entries])
    contacts = dict(declared)
    seen: dict[Key, RecordedContact] = dict(record)
    for entry in entries:
        like = declared.get(entry.key)
        found = live.get(entry.id)
        if found is None:
            seen[entry.key] = msgspec.structs.replace(entry, status=Status.GONE)
            contacts.pop(entry.key, None)
        elif like is not None:
            seen[entry.key], contacts[entry.key] = _compare(entry, like, found)
        else:
            seen[entry.key] = msgspec.structs.replace(entry, status=Status.LIVE)
    return Observation(
        record=record_of(seen.values()),
        contacts=contacts,
        drifted=sum(entry.status is Status.DRIFTED for entry in seen.values()),
        gone=sum(entry.status is Status.GONE for entry in seen.values()),
    )


def _compare(entry: RecordedContact, like: Contact, found: LiveContact) -> tuple[RecordedContact, Contact]:
    contact = observe(found.contact, like, entry.owned)
    applied = entry.applied or entry.digest
    drifted = contact_digest(contact) != applied
    recorded = record_contact(
        entry.key,
        contact,
        contact_id=found.id,
        origin=entry.origin,
        status=Status.DRIFTED if drifted else Status.LIVE,
        applied=applied if drifted else "",
    )
    return recorded, contact
