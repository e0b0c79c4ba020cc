"""Desired sets: how they are packed, and what a prefix does to them."""

import zlib
from base64 import b64encode

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, Key
from sinch_contacts.core.contact.desired import (
    DesiredContact,
    DesiredSet,
    UnreadableContacts,
    desired_set,
    pack,
    packed_digest,
    unpack,
    with_prefix,
)
from strategies import desired_rows

ALICE = Contact((ChannelIdentity("SMS", "12025550101"),), "EN_US", display_name="Alice", external_id="alice")


@given(desired_rows(), st.lists(st.text("uvw", min_size=9, max_size=9), unique=True))
def test_packing_can_be_undone_and_depends_on_nothing_else(rows: list[DesiredContact], unknown: list[str]) -> None:
    wanted = desired_set(rows, map(Key, unknown))
    assert unpack(pack(wanted)) == wanted
    assert pack(desired_set(reversed(rows), map(Key, unknown))) == pack(wanted)


@given(desired_rows())
def test_the_digest_of_a_packed_set_is_of_its_contacts_alone(rows: list[DesiredContact]) -> None:
    text = pack(desired_set(rows))
    moved = [msgspec.structs.replace(row, file="other.yaml", line=row.line + 7) for row in rows]
    assert packed_digest(pack(desired_set(moved))) == packed_digest(text)
    assume(rows)
    assert packed_digest(pack(desired_set(rows[1:]))) != packed_digest(text)
    assert packed_digest(pack(desired_set(rows[1:], [rows[0].key]))) != packed_digest(text)
    assert packed_digest("") == ""


def test_a_prefix_is_put_before_external_ids_and_not_before_keys() -> None:
    nameless = Contact(ALICE.channel_identities, "EN")
    wanted = DesiredSet((DesiredContact(Key("alice"), ALICE, "a", 1), DesiredContact(Key("SMS:1"), nameless, "a", 2)))
    prefixed = with_prefix(wanted, "qa-")
    assert [(row.key, row.contact.external_id) for row in prefixed.contacts] == [("alice", "qa-alice"), ("SMS:1", None)]
    assert with_prefix(wanted, "") is wanted


@pytest.mark.parametrize("text", ["2.x.y", "1.x.y", "1.x", "nonsense", "1.x." + b64encode(b"x").decode()])
def test_an_unreadable_packed_set_is_an_error_that_says_so(text: str) -> None:
    with pytest.raises(UnreadableContacts):
        unpack(text)


def test_packed_sets_of_version_1_can_be_read_for_ever() -> None:
    lines = (
        b'{"files":["a.yaml"],"unknown":["z"]}\n'
        b'["alice",{"channel_identities":[{"channel":"SMS","identity":"1202"}],"language":"EN"},0,7]'
    )
    wanted = unpack(f"1.digest.{b64encode(zlib.compress(lines)).decode()}")
    contact = Contact((ChannelIdentity("SMS", "1202"),), "EN")
    assert wanted == DesiredSet((DesiredContact(Key("alice"), contact, "a.yaml", 7),), (Key("z"),))
