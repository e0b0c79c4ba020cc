"""What is kept in a state for years: texts and digests of each version, and texts that cannot be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, Key
from sinch_contacts.core.contact.desired import (
    DesiredContact,
    DesiredSet,
    UnreadableContacts,
    desired_set,
    pack,
    packed_digest,
    unpack,
)
from sinch_contacts.core.contact.digest import contact_digest, field_digests, identities_digest
from sinch_contacts.core.record.record_text import UnreadableRecord, decode_record, encode_record
from sinch_contacts.core.record.recorded import (
    Origin,
    Record,
    Status,
    record_contact,
    record_of,
    with_long_digests,
    with_short_digests,
)
from strategies import desired_rows, records

ALICE = Contact(
    (ChannelIdentity("SMS", "12025550101"), ChannelIdentity("MESSENGER", "m-alice", "01APP")),
    "EN_US",
    ("MESSENGER", "SMS"),
    "Alice Ámbar",
    "alice@example.com",
    "alice",
    '{"tier":"gold"}',
)
BOB = Contact((ChannelIdentity("WHATSAPP", "12025550102"),), "DE")
PACKED = (
    "1.ed72e4a49d40f4ccfb17b237bc4a0d8906eda73bec9cce4dc7547c4f32a89f5e.eJyNkEFPg0AUhO/+CvPOK2ExXDhJItFLm"
    "0Y0HoCQV1hx4+5CgGqRcPC3+cd8i23TNjHxOvNmvtkd4UUq0UGQADoDagUM1k7RvUPGYGPeTP1hrPlZC8imiwSe78PHOFytAu65n"
    "u/7Lnc9YCMUr2iMULkshellL+fOgwzBIUiA3c1A6nHLREiFptpgJci6jWBinHkZUVHJQvwLEy/ivwic+o5PF1EcR8u76OE0oK92N"
    "MCmIRBJLrfDz/ZFy/zJsvaTmlbW7VyRnFTbRZQsZdcoHHKD2qZDy7j8/tJrbOlIaJR204y+EVvUjRJOUWvrbXvRGlS/W/bjtOixx"
    "B5JGlOgn2hTCFKoalWmMNFTXXad/QBhMJbS"
)
RECORDED = (
    "1.eJyVzkELgjAYBuB7P2PnAqVDXbdZlGiGlIISMucyc+aaHfbz28agqw1eto/xPnwlILyjDCyB58PoiHf6RXW4ToennGXvNoz1EM"
    "T3QeJLnEnzu8/WQknxeh4m9imuCnM0nANd9JYA3BYlqMfamihB+iY6jU5LH9UJbpo8MUNf5agQrA+NmK6EbStbp0RyYgEM0wi6pd"
    "p5hBWaURrANcWMpr/13HEEGzr+I9Q/hG+ILywhXRc="
)
RECORDED_2 = (
    "2.eJybM3VpYk5mcuripPykpcmJRTmJS1LyixKXpOZm5gD5ycnJS3NS0gsqpjIwMJzL9rwEJhinsrOyMzBwcU2VYAGCqQyMQNkjHAaGjj"
    "6ezq4GR0RyQMAtCAjCdIHAuAAIjrAW5KVW5AIAcPkmtngBBcGxDsIgEADQODv4K7YLM0cHQywYo72E5QbAo54m2Dr0R/wjPsz3fm3fgY"
    "djZ/T1rFs/mxXz9GE7cizktEroORZyWiX0HAs5rRJ6joWcVgl964fx8V7MbZwWFkIINYtlIYRQs1gWQgg1i2UhhFCz2HbYnl9zWU7hNd"
    "T1DrHttj8BKDER"
)
RECORDED_3 = (
    "3.eJybM3VpYk5mcuripPykpcmJRTmJS1LyixKXpOZm5gD5ycnJS3NS0gsKpjIwMJzL9rwEJhinsrOyMzCIiU2VYAGCqQyMQNkjHAaGjj6ezq4G"
    "R0RyQMAtCAjCdIHAuAAIjrAW5KVW5AIAc5UmxngBBcFBUoMwFADQce3CkzhjJyOsf2itwxhSoJ/fZpMFgUS/RExc1IN4Iw7me3/b/U5q+bSroH"
    "uDLb5Xmabh29fqZT7NXweYz3D99WOwDZSOdCcSCuTQQ3R+DLaB0pHuREKBHHqIzo/BNlA60p1IKJBDD9H5MdgGSke6EwkFcughui3u1byk6qyG"
    "9Hx91EffHvpjvHi2JM06cT20xRJJsVEZPVuSZp24HtpiiaTYqIyeLUmzTlwPbbFEUmxURs+WpFknroe2WCIpNirj9nD7+KlO6dV87teMctzubv"
    "8Hflpn"
)
EVERYBODY = record_of(
    [
        record_contact(Key("alice"), ALICE, contact_id=ContactId("01ALICE")),
        record_contact(
            Key("bob"),
            BOB,
            contact_id=ContactId("01BOB"),
            origin=Origin.ADOPTED,
            status=Status.DRIFTED,
            applied="x",
        ),
        record_contact(Key("carla"), BOB, contact_id=ContactId("01CARLA"), status=Status.GONE),
        record_contact(Key("dora"), BOB, status=Status.CREATING, since=1_800_000_000),
        record_contact(Key("emil"), BOB, status=Status.CREATING, since=1_800_000_001),
    ]
)


def test_a_packed_set_that_was_written_by_version_1_is_read_for_ever() -> None:
    bob, alice = (
        DesiredContact(Key("WHATSAPP:12025550102"), BOB, "b.csv", 2),
        DesiredContact(Key("alice"), ALICE, "a.yaml", 3),
    )
    rows = (bob, alice)
    assert unpack(PACKED) == DesiredSet(rows, (Key("zoe"),))
    assert packed_digest(PACKED) == packed_digest(pack(DesiredSet(rows, (Key("zoe"),))))


@pytest.mark.parametrize("text", [RECORDED, RECORDED_2], ids=["1", "2"])
def test_a_record_that_was_written_by_an_earlier_version_is_read_for_ever(text: str) -> None:
    record = decode_record(text)
    assert record == with_short_digests(EVERYBODY)
    assert with_long_digests(record, {key: ALICE if key == "alice" else BOB for key in record}) == EVERYBODY
    assert with_long_digests(record, {Key("alice"): BOB, Key("zoe"): BOB}) == record


def test_a_record_that_was_written_by_this_version_is_read_for_ever() -> None:
    assert decode_record(RECORDED_3) == EVERYBODY


def test_digests_stay_what_they_were_or_every_recorded_contact_would_seem_changed() -> None:
    assert contact_digest(ALICE) == "iCsWeVqgJMFfPfoEAfTAYy"
    assert identities_digest(ALICE.channel_identities) == "DMfmrCTMVr5Y-OGgQESGnX"
    assert field_digests(ALICE) == "lFV3pxrpnjHsetZUxClBmPDc"


@given(records(), st.data())
def test_a_damaged_record_is_refused_and_never_read_as_another(record: Record, data: st.DataObject) -> None:
    text = encode_record(record)
    with pytest.raises(UnreadableRecord):
        decode_record(text[: data.draw(st.integers(1, len(text) - 1))])
    at = data.draw(st.integers(0, len(text) - 1))
    wrong = text[:at] + data.draw(st.characters(codec="utf-8")) + text[at + 1 :]
    try:
        assert decode_record(wrong) == record
    except UnreadableRecord as error:
        assert error.next_step  # noqa: PT017  # both outcomes are right: some letters of base64 mean the same


@given(desired_rows(), st.data())
def test_a_damaged_packed_set_is_refused_and_never_read_as_another(
    rows: list[DesiredContact], data: st.DataObject
) -> None:
    text = pack(desired_set(rows))
    with pytest.raises(UnreadableContacts):
        unpack(text[: data.draw(st.integers(0, len(text) - 1))])
    at = data.draw(st.integers(0, len(text) - 1))
    wrong = text[:at] + data.draw(st.characters(codec="utf-8")) + text[at + 1 :]
    try:
        assert unpack(wrong) == desired_set(rows)
    except UnreadableContacts as error:
        assert error.next_step  # noqa: PT017  # both outcomes are right: the digest is not needed to read


@pytest.mark.parametrize("text", ["2.digest.content", "2.content", "2", "10.a.b.c"])
def test_a_packed_set_of_a_later_version_asks_for_that_version_whatever_its_form(text: str) -> None:
    for read in (unpack, packed_digest):
        with pytest.raises(UnreadableContacts) as refused:
            read(text)
        assert repr(text.partition(".")[0]) in refused.value.message
        assert refused.value.next_step == "Use the version of pulumi-sinch-contacts that wrote them, or a later one."


@pytest.mark.parametrize("text", ["1", "1.", "1.digest"])
def test_the_digest_of_a_damaged_packed_set_is_an_error_with_a_next_step(text: str) -> None:
    with pytest.raises(UnreadableContacts) as refused:
        packed_digest(text)
    told = "The packed contacts are damaged. Restore the stack's state or, where a transform changes them, take it out."
    assert str(refused.value) == told


@pytest.mark.parametrize("text", ["4.content", "4", "10.a.b"])
def test_a_record_of_a_later_version_asks_for_that_version(text: str) -> None:
    with pytest.raises(UnreadableRecord) as refused:
        decode_record(text)
    assert repr(text.partition(".")[0]) in refused.value.message
    assert refused.value.next_step == "Use the version of pulumi-sinch-contacts that wrote it, or a later one."
