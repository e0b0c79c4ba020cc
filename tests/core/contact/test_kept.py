"""What a server may make of a contact, and what it cannot."""

from typing import Any

import msgspec
import pytest

from sinch_contacts.core.contact.contact import ChannelIdentity, Contact
from sinch_contacts.core.contact.kept import differing, may_be_kept_as

TWO = (ChannelIdentity("SMS", "12025550001"), ChannelIdentity("WHATSAPP", "12025550002"))
WANTED = Contact(
    TWO, "EN_US", display_name="Ada  Lovelace", email="Ada@Example.com", metadata="{}", channel_priority=("SMS", "MMS")
)


def changed(**fields: Any) -> Contact:
    return msgspec.structs.replace(WANTED, **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"email": "ada@example.com"},
        {"email": ""},
        {"metadata": ""},
        {"display_name": "Ada Lovelace"},
        {"display_name": "ADA LOVELACE"},
        {"channel_identities": TWO[::-1]},
        {"channel_priority": ()},
        {"channel_priority": ("MMS", "SMS")},
    ],
)
def test_a_server_may_make_it_of_what_was_asked_for(fields: dict[str, Any]) -> None:
    assert may_be_kept_as(WANTED, changed(**fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "bob@example.com"},
        {"display_name": ""},
        {"display_name": "Ada"},
        {"language": "DE"},
        {"metadata": "{1}"},
        {"channel_identities": TWO[:1]},
        {"channel_priority": ("SMS",)},
    ],
)
def test_somebody_else_made_it(fields: dict[str, Any]) -> None:
    assert not may_be_kept_as(WANTED, changed(**fields))


def test_what_was_cleared_is_not_set_by_a_server() -> None:
    assert not may_be_kept_as(changed(metadata=""), WANTED)
    assert may_be_kept_as(changed(metadata=""), changed(metadata=""))


def test_fields_that_differ_are_named_and_identities_have_no_order() -> None:
    assert differing(WANTED, changed(email="", channel_identities=TWO[::-1])) == {"email"}
    assert differing(WANTED, changed(channel_identities=TWO[1:])) == {"channel_identities"}
