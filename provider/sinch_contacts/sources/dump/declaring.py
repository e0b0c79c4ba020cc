"""Decides which live contacts can be declared, and why the others cannot."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

import msgspec

from sinch_contacts.core.contact.contact import Contact, LiveContact
from sinch_contacts.core.contact.normalize import identity_key, normalize_contact
from sinch_contacts.core.contact.observed import UNNAMED
from sinch_contacts.sources.display import shown_path
from sinch_contacts.sources.document import Row
from sinch_contacts.sources.validation.catalogue import Catalogue
from sinch_contacts.sources.validation.validator import ValidContact, validate

_SAME_ID: Final = "another contact has the same external id; delete one, or give it another"
_SAME_IDENTITY: Final = "another contact has one of its identities, too; merge the two, or delete one"
_OTHER_KEY: Final = "its external id has space around it, or is not in Unicode normal form C; correct it at Sinch"


class LeftOut(msgspec.Struct, frozen=True):
    """A contact that cannot be declared.

    Attributes:
        live: The contact.
        reason: Why not, and what to do about it, without personal data.
    """

    live: LiveContact
    reason: str


class Declarable(msgspec.Struct, frozen=True):
    """A live contact and the declaration that equals it.

    Attributes:
        live: The contact.
        declared: The contact and key that a file with this declaration would be read as.
    """

    live: LiveContact
    declared: ValidContact


class Declaration(msgspec.Struct, frozen=True):
    """Some live contacts, split into those that can be declared and those that cannot.

    Attributes:
        contacts: Those that can, sorted by key.
        left_out: Those that cannot, sorted by id.
    """

    contacts: tuple[Declarable, ...]
    left_out: tuple[LeftOut, ...]


def declare(wanted: Iterable[LiveContact], project: Iterable[LiveContact]) -> Declaration:
    """Finds the contacts that can be declared in such a way that they are adopted unchanged.

    A contact can be declared if it is valid and unambiguous: its external id is unique in the whole project, and its
    identities are unique among the declared contacts. Without an external id, its identities must be unique in the
    whole project.

    Args:
        wanted: Contacts to declare.
        project: All contacts of their project.

    Returns:
        Each of the wanted contacts once, declared or left out.
    """
    ids: Counter[str] = Counter()
    names: Counter[str] = Counter()
    for live in project:
        ids[live.contact.external_id or ""] += 1
        names.update(_names(live.contact))
    possible: list[Declarable] = []
    left_out: list[LeftOut] = []
    for live in wanted:
        declared = _declaration(live)
        if isinstance(declared, str):
            left_out.append(LeftOut(live, declared))
        elif declared.contact.external_id and ids[declared.contact.external_id] > 1:
            left_out.append(LeftOut(live, _SAME_ID))
        else:
            possible.append(Declarable(live, declared))
    own = Counter(name for one in possible for name in _names(one.declared.contact))
    catalogue = Catalogue()
    contacts: list[Declarable] = []
    for one in sorted(possible, key=lambda one: (one.declared.key, one.live.id)):
        contact = one.declared.contact
        counted = own if contact.external_id else names
        is_shared = any(counted[name] > 1 for name in _names(contact))
        if is_shared or catalogue.add(one.declared, Row((), msgspec.to_builtins(contact), 0), ""):
            left_out.append(LeftOut(one.live, _SAME_IDENTITY))
        else:
            contacts.append(one)
    return Declaration(tuple(contacts), tuple(sorted(left_out, key=lambda one: one.live.id)))


def _declaration(live: LiveContact) -> ValidContact | str:
    """Returns the declaration of a contact, or the reason why it has none."""
    contact = normalize_contact(live.contact)
    name = contact.display_name
    contact = Contact(
        contact.channel_identities,
        contact.language,
        channel_priority=contact.channel_priority or None,
        display_name=None if name == UNNAMED else name or None,
        email=contact.email or None,
        external_id=contact.external_id or None,
        metadata=contact.metadata or None,
    )
    outcome = validate(Row((), msgspec.to_builtins(contact), 0))
    if not isinstance(outcome, ValidContact):
        return f"{shown_path(outcome[0].path)}: {outcome[0].message}"
    return outcome if outcome.contact == contact else _OTHER_KEY


def _names(contact: Contact) -> frozenset[str]:
    return frozenset(map(identity_key, contact.channel_identities))
