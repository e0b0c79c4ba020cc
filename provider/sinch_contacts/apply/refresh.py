"""Refreshing a set: reading what lives, and writing down what drifted."""

from collections.abc import Mapping
from typing import Final

import msgspec

from sinch_contacts.apply.context import Context
from sinch_contacts.apply.reading.reader import Reader, known_contacts
from sinch_contacts.core.contact.contact import FIELDS, Contact, Key
from sinch_contacts.core.contact.digest import contact_digest
from sinch_contacts.core.contact.observed import observe, owned_part
from sinch_contacts.core.record.recorded import Record, Status
from sinch_contacts.core.record.states import States

_IN_FLIGHT: Final = frozenset({Status.CREATING, Status.DELETING})


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

    What is in flight stays so: only an update settles it.

    Args:
        ctx: What the work needs.
        record: What is recorded of the set.
        declared: What was desired when the record was made, where that is known.

    Returns:
        What was seen.
    """
    states = States(record)
    entries = [entry for entry in record.values() if entry.status not in _IN_FLIGHT]
    reader = Reader(ctx.api, ctx.settings.pace, ctx.clock.now, least=known_contacts(record))
    live = reader.find_ids([entry.id for entry in entries])
    contacts = dict(declared)
    changed: dict[Key, tuple[str, ...]] = {}
    for entry in entries:
        key, found, like = entry.key, live.get(entry.id), declared.get(entry.key)
        if like and not entry.was(contact_digest(like)):
            like = None  # a run that failed half-way has changed it since
        if found is None:
            states.missing(key)
            contacts.pop(key, None)
        elif like is not None:
            contacts[key] = observe(found.contact, like, entry.owned)
            states.looked_at(key, contacts[key])
        else:
            states.looked_at(key, owned_part(found.contact, entry.owned, entry.identities))
        if states[key].status is Status.DRIFTED:
            changed[key] = _differing(contacts[key], like) if like else ()
    return Observation(
        record=states.record,
        contacts=contacts,
        changed=changed,
        deleted=tuple(entry.key for entry in states.values() if entry.status is Status.GONE),
    )


def _differing(found: Contact, like: Contact) -> tuple[str, ...]:
    identities = set(found.channel_identities) != set(like.channel_identities)
    others = (name for name in FIELDS[1:] if (getattr(found, name) or None) != (getattr(like, name) or None))
    return (*FIELDS[: int(identities)], *others)
