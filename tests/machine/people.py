"""What a life's contacts are: declared in a few variations, and compared with what lives."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, Key
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.normalize import identity_key

SLOTS = 6
NAMELESS = 2
"""So many of the slots hold contacts without an external id, where the set has no prefix."""

ADDED = {"MMS", "RCS"}
"""Channels on which Unified Contact ID adds the number of an SMS identity."""


@dataclass(frozen=True)
class Person:
    """A declared contact, in the few variations that matter."""

    slot: int
    renamed: bool = False
    name: int = 0
    metadata: str | None = None
    shares: bool = False

    def row(self, prefix: str) -> DesiredContact:
        number = ChannelIdentity("SMS", f"1202000000{self.slot}")
        shared = ChannelIdentity("WHATSAPP", "12029999999")
        identities = (number, shared) if self.shares else (number,)
        nameless = self.slot < NAMELESS and not prefix
        key = identity_key(number) if nameless else Key(f"{'b' if self.renamed else 'a'}{self.slot}")
        contact = Contact(
            identities,
            "EN",
            display_name=f"Name {self.name}",
            metadata=self.metadata,
            external_id=None if nameless else prefix + key,
        )
        return DesiredContact(key, contact, "friends.yaml", self.slot)


people = st.builds(
    Person,
    slot=st.integers(0, SLOTS - 1),
    renamed=st.booleans(),
    name=st.integers(0, 1),
    metadata=st.sampled_from([None, "gold"]),
    shares=st.booleans(),
)
sets = st.lists(people, max_size=SLOTS, unique_by=lambda person: person.slot).map(
    lambda chosen: {person.slot: person for person in chosen}
)


def name_of(contact: Mapping[str, Any]) -> str:
    """Returns what a set would call a contact that lives, but for the set's prefix."""
    first = contact["channel_identities"][0]
    return contact["external_id"] or f"{first['channel']}:{first['identity']}"


def seen_in(contact: Mapping[str, Any], *, unowned: bool) -> tuple[Any, ...]:
    """Returns what is compared of a contact that lives; what we found there and do not name stays as it is."""
    identities = frozenset(
        (item["channel"], item["identity"]) for item in contact["channel_identities"] if item["channel"] not in ADDED
    )
    return identities, contact["display_name"], "" if unowned else contact["metadata"], contact["external_id"]


def wanted_of(row: DesiredContact) -> tuple[Any, ...]:
    """Returns the same of a declared contact."""
    contact = row.contact
    identities = frozenset((item.channel, item.identity) for item in contact.channel_identities)
    return identities, contact.display_name, contact.metadata or "", contact.external_id or ""
