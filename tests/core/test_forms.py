"""Packed sets, records, manifests and observations: their forms, and what they hide."""

import json
import zlib
from base64 import b64encode

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sinch_contacts.core.contact.channels import SIM_CHANNELS, Channel
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, Key, LiveContact, named_fields
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
from sinch_contacts.core.contact.digest import contact_digest, parse_field_digests
from sinch_contacts.core.contact.normalize import identity_key, normalize_contact, normalize_identity, normalize_key
from sinch_contacts.core.contact.observed import observe
from sinch_contacts.core.contact.showing import mask, mask_key, mask_text
from sinch_contacts.core.errors import ContactsError, SettingError
from sinch_contacts.core.record.record_text import UnreadableRecord, decode_record, encode_record
from sinch_contacts.core.record.recorded import Origin, Record, Status, record_contact
from sinch_contacts.core.review.manifest import UNKNOWN, make_manifest
from sinch_contacts.core.target import Region, Target, parse_region
from strategies import channels, contacts, desired_rows, records

SECRET = b"secret"
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


@given(records())
def test_a_record_can_be_read_back_and_its_text_depends_on_nothing_else(record: Record) -> None:
    text = encode_record(record)
    assert decode_record(text) == record
    assert encode_record(dict(reversed(record.items()))) == text


def test_records_of_version_1_can_be_read_for_ever() -> None:
    rows = b'["alice","01ID","c","l","N1Ch64ELcP","w_4wXitd4S","lFV3nmca"]\n["bob","","a","p","a","b","",1800000000]'
    record = decode_record(f"1.{b64encode(zlib.compress(rows)).decode()}")
    alice, bob = record[Key("alice")], record[Key("bob")]
    assert (alice.id, alice.origin, alice.status, alice.owned) == (
        "01ID",
        Origin.CREATED,
        Status.LIVE,
        ("channel_identities", "language", "display_name"),
    )
    assert (bob.origin, bob.status, bob.since, bob.is_live) == (Origin.ADOPTED, Status.CREATING, 1800000000, False)


def test_packed_sets_of_version_1_can_be_read_for_ever() -> None:
    lines = (
        b'{"files":["a.yaml"],"unknown":["z"]}\n'
        b'["alice",{"channel_identities":[{"channel":"SMS","identity":"1202"}],"language":"EN"},0,7]'
    )
    wanted = unpack(f"1.digest.{b64encode(zlib.compress(lines)).decode()}")
    contact = Contact((ChannelIdentity("SMS", "1202"),), "EN")
    assert wanted == DesiredSet((DesiredContact(Key("alice"), contact, "a.yaml", 7),), (Key("z"),))


@pytest.mark.parametrize("text", ["2.abc", "1.***", "1." + b64encode(b"x").decode(), "x"])
def test_an_unreadable_record_is_an_error_that_says_so(text: str) -> None:
    with pytest.raises(UnreadableRecord):
        decode_record(text)


def test_no_text_is_an_empty_record() -> None:
    assert decode_record("") == {}
    assert decode_record(encode_record({})) == {}


@given(contacts)
def test_a_record_holds_digests_of_just_the_named_fields(contact: Contact) -> None:
    entry = record_contact(Key("a"), contact)
    assert set(entry.owned) == set(named_fields(contact))
    assert set(parse_field_digests(entry.fields)) == set(named_fields(contact)) - {"channel_identities"}


@given(contacts)
def test_normalising_twice_is_normalising_once(contact: Contact) -> None:
    assert normalize_contact(contact) == contact
    for identity in contact.channel_identities:
        assert normalize_identity(identity) == identity


def test_phone_numbers_lose_their_plus_and_others_keep_it() -> None:
    assert normalize_identity(ChannelIdentity("SMS", " +1202 ")) == ChannelIdentity("SMS", "1202")
    assert normalize_identity(ChannelIdentity("SMS", "+ +1202")) == ChannelIdentity("SMS", "1202")
    assert normalize_identity(ChannelIdentity("MESSENGER", "+1202", "app")).identity == "+1202"


@given(channels, st.text("+ \t\u20001", max_size=6))
def test_normalising_twice_is_normalising_once_whatever_the_text(channel: Channel, text: str) -> None:
    once = normalize_identity(ChannelIdentity(channel, text, text))
    assert normalize_identity(once) == once
    assert normalize_key(" e\u0301 ") == "é"
    assert identity_key(ChannelIdentity("WHATSAPP", "+1202")) == "WHATSAPP:1202"
    assert identity_key(ChannelIdentity("LINE", "u1", "APP")) == "LINE:APP:u1"


def as_the_server_renders(contact: Contact, *, unified: bool) -> Contact:
    """Returns a contact as Sinch would give it back: all fields there, twins added, the nameless named."""
    identities = list(contact.channel_identities)
    priority = list(contact.channel_priority or ())
    if unified:
        for identity in contact.channel_identities:
            for channel in sorted(SIM_CHANNELS):
                twin = ChannelIdentity(channel, identity.identity)
                if identity.channel in SIM_CHANNELS and twin not in identities:
                    identities.append(twin)
                    if all(mine.channel != channel for mine in contact.channel_identities) and channel not in priority:
                        priority.append(channel)
    return Contact(
        channel_identities=tuple(reversed(identities)),
        language=contact.language,
        channel_priority=tuple(priority),
        display_name=contact.display_name or "Unknown",
        email=contact.email or "",
        external_id=contact.external_id or "",
        metadata=contact.metadata or "",
    )


@given(contacts, st.booleans())
def test_what_the_server_does_by_itself_is_no_difference(contact: Contact, unified: bool) -> None:  # noqa: FBT001
    assume(contact.display_name != "Unknown")
    live = as_the_server_renders(contact, unified=unified)
    assert contact_digest(observe(live, contact)) == contact_digest(contact)


@given(contacts, contacts)
def test_a_real_difference_in_a_named_field_is_seen(contact: Contact, other: Contact) -> None:
    assume(contact.metadata is not None and (other.metadata or "") != contact.metadata)
    live = msgspec.structs.replace(as_the_server_renders(contact, unified=False), metadata=other.metadata or "")
    assert contact_digest(observe(live, contact)) != contact_digest(contact)


def test_a_field_that_is_not_named_is_of_no_interest_unless_it_was_ours() -> None:
    live = msgspec.structs.replace(as_the_server_renders(ALICE, unified=False), email="x@example.com")
    assert observe(live, ALICE) == ALICE
    assert observe(live, ALICE, ("email",)).email == "x@example.com"
    cleared = msgspec.structs.replace(live, email="", channel_priority=())
    assert observe(cleared, ALICE, ("email", "channel_priority")) == ALICE
    named = msgspec.structs.replace(live, channel_priority=("SMS",))
    assert observe(named, ALICE, ("channel_priority",)).channel_priority == ("SMS",)


def test_an_identity_that_somebody_added_is_a_difference() -> None:
    live = msgspec.structs.replace(ALICE, channel_identities=(*ALICE.channel_identities, ChannelIdentity("SMS", "99")))
    assert len(observe(live, ALICE).channel_identities) == 2
    assert LiveContact(ContactId("x"), live).contact is live


def lines(manifest: str) -> list[str]:
    entries = json.loads(manifest)
    return [f"{line}  {value}".rstrip() for line, value in entries.items()]


@given(desired_rows())
def test_the_manifest_has_a_line_for_each_contact_and_reveals_nobody(rows: list[DesiredContact]) -> None:
    text = make_manifest(desired_set(rows), SECRET)
    assert len(json.loads(text)) == len(rows)
    keys = {row.key for row in rows}
    for row in rows:
        personal = [identity.identity for identity in row.contact.channel_identities]
        personal += [row.contact.display_name or "", row.contact.email or "", row.contact.metadata or ""]
        for value in personal:
            if len(value) > 8 and value not in Channel.__members__ and not any(value in key for key in keys):
                assert value not in text


@given(desired_rows(), contacts)
def test_one_changed_contact_changes_one_line(rows: list[DesiredContact], other: Contact) -> None:
    assume(rows)
    changed = msgspec.structs.replace(rows[0], contact=other)
    assume(contact_digest(other) != contact_digest(rows[0].contact))
    before = lines(make_manifest(desired_set(rows), SECRET))
    after = lines(make_manifest(desired_set([changed, *rows[1:]]), SECRET))
    assert sum(one != two for one, two in zip(before, after, strict=True)) == 1


def test_the_manifest_of_known_unknown_and_revealed_contacts() -> None:
    carla = Contact((ChannelIdentity("LINE", "u12345", "APP"),), "EN", ("LINE",), email="c@example.com")
    wanted = desired_set(
        [DesiredContact(Key("alice"), ALICE, "a", 1), DesiredContact(Key("+12025550102"), carla, "a", 2)], [Key("zoe")]
    )
    masked = lines(make_manifest(wanted, SECRET))
    assert masked[0].startswith("···02~")
    assert masked[1].startswith("alice  SMS:···01  EN_US  #")
    assert masked[2] == f"zoe  {UNKNOWN}"
    assert lines(make_manifest(wanted, b"other"))[1] != masked[1]
    assert lines(make_manifest(wanted, SECRET, reveal=True)) == [
        "+12025550102  LINE:APP:u12345  EN  email='c@example.com'  channel_priority=LINE",
        "alice  SMS:12025550101  EN_US  display_name='Alice'",
        f"zoe  {UNKNOWN}",
    ]
    assert lines(make_manifest(desired_set([]), SECRET)) == []


def test_no_line_of_a_manifest_is_so_wide_that_the_others_are_filled_up_to_it() -> None:
    many = tuple(ChannelIdentity("SMS", f"120255501{number:02}") for number in range(20))
    wanted = [
        DesiredContact(Key(name * 70), Contact(many, "EN", metadata=text * 900), "a", 1)
        for name in "xy"
        for text in "mn"
    ]
    for reveal in (False, True):
        found = [lines(make_manifest(desired_set([one]), SECRET, reveal=reveal))[0] for one in wanted]
        assert len(set(found)) == 4
        assert max(map(len, found)) < 160
    assert "SMS:···00 SMS:···01 SMS:···02 +17  EN" in lines(make_manifest(desired_set(wanted[:1]), SECRET))[0]


def test_a_line_that_begins_as_names_of_pulumi_s_own_do_is_shown() -> None:
    wanted = desired_set([DesiredContact(Key("__x"), ALICE, "a", 1)])
    assert lines(make_manifest(wanted, SECRET))[0].startswith(" __x  ")


def test_masking_keeps_two_characters_at_most() -> None:
    assert (mask("12025550101"), mask("12345")) == ("···01", "···")
    assert mask_key(Key("alice")) == "alice"
    assert mask_key(Key("alice@example.com")) == "···om"
    assert mask_key(Key("SMS:12025550101")) == "SMS:···01"
    assert mask_key(Key("k" * 64)) == "k" * 64
    assert mask_key(Key("k" * 65)) == "k" * 63 + "…"
    assert mask_text('number "+1 202 555 0101" of alice@example.com, row 12') == 'number "···01" of ···om, row 12'


def test_regions_are_read_leniently_and_unknown_ones_refused() -> None:
    assert parse_region(" EU ") is Region.EU
    assert str(Target("p", Region.BR)) == "project p (br)"
    with pytest.raises(SettingError) as refused:
        parse_region("mars")
    assert refused.value.name == "region"
    assert str(refused.value).endswith("one of us, eu, br.")
    assert str(ContactsError("Only this.")) == "Only this."


@pytest.mark.parametrize(
    "number",
    ["+1 (202) 555-0101", "1/202/555.0101", "+49 - 171 - 5550101", "1\u2013202\u2013555\u20110101", "١٢٠٢٥٥٥٠١٠١"],
)
def test_a_number_is_masked_however_it_is_written(number: str) -> None:
    assert mask_text(f"no {number} here") == f"no ···{number[-2:]} here"
    assert mask_key(Key(number)) == f"···{number[-2:]}"


def test_only_the_name_of_a_channel_is_shown_before_a_masked_identity() -> None:
    assert mask_key(Key("12025550101A:B")) == "···:B"
    assert mask_key(Key("ALICE.DOE:alice@example.com")) == "···om"
    assert mask_key(Key("MESSENGER:01APP:m-alice")) == "MESSENGER:···ce"
