"""Two contacts that share the digest by which earlier versions told contents apart: found in three minutes, by hand."""

from typing import Any

from sinch_contacts.core.contact.contact import Contact
from sinch_contacts.core.contact.desired import DesiredContact, desired_set
from sinch_contacts.core.contact.digest import contact_digest
from sinch_contacts.sources import from_mapping

NAMELESS: list[dict[str, Any]] = [
    {"language": "DE", "display_name": name, "channel_identities": [{"channel": "SMS", "identity": number}]}
    for name, number in (("gAA", "+789432509258655"), ("OAA", "+173099841478009"))
]


def rows(body: dict[str, Any]) -> tuple[DesiredContact, ...]:
    return desired_set(from_mapping({"ann": body})).contacts


def contents() -> list[Contact]:
    return [
        Contact(row.contact.channel_identities, "DE", display_name=row.contact.display_name)
        for body in NAMELESS
        for row in rows(body)
    ]


def test_they_have_one_digest_of_sixty_bits_and_two_of_today() -> None:
    one, other = map(contact_digest, contents())
    assert one[:10] == other[:10]
    assert one != other
