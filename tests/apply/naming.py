"""Contacts with and without names, and whether the states tell the truth of them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from apply.conftest import Set
from outside import Sinch
from sinch_contacts.core.contact.desired import DesiredContact, desired_set, with_prefix
from sinch_contacts.core.contact.normalize import identity_key
from sinch_contacts.sources import from_mapping


def number(n: int, channel: str = "SMS") -> dict[str, str]:
    """Returns an identity."""
    return {"channel": channel, "identity": f"1202{n:07d}"}


def body(*identities: int | dict[str, str], **fields: Any) -> dict[str, Any]:
    """Returns a contact that has these identities, of SMS where there is but a number."""
    named = [number(one) if isinstance(one, int) else one for one in identities]
    return {"language": "EN_US", "channel_identities": named, **fields}


def allow_nameless(friends: Set) -> None:
    """Lets contacts whose key begins with `nameless` have no external id."""

    def rows(contacts: Mapping[str, Any]) -> tuple[DesiredContact, ...]:
        return with_prefix(desired_set([_unnamed(row) for row in from_mapping(contacts)]), friends.prefix).contacts

    friends.rows = rows  # type: ignore[method-assign]


def _unnamed(row: DesiredContact) -> DesiredContact:
    if not row.key.startswith("nameless"):
        return row
    contact = msgspec.structs.replace(row.contact, external_id=None)
    return msgspec.structs.replace(row, key=identity_key(contact.channel_identities[0]), contact=contact)


def delay(sinch: Sinch, operation: str, seconds: float) -> None:
    """Has the next batch take so long."""
    sinch.faults({"kind": "delay", "operation": operation, "seconds": seconds})


def check_the_states(sinch: Sinch, *sets: Set) -> None:
    """Sees to it that, after the settling time, the states name just what is there, each contact once."""
    sets[0].clock.sleep(600)
    recorded = sorted(entry.id for one in sets for entry in one.record.values())
    assert recorded == sorted(contact["id"] for contact in sinch.contacts())


def names(sinch: Sinch) -> list[str]:
    """Returns the external ids of all contacts."""
    return [contact["external_id"] for contact in sinch.contacts()]
