"""The text of a record: any record survives it, equal ones look equal, and it is dense enough for 140,000 contacts."""

import zlib
from base64 import b64decode, b64encode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordinary import ordinary_record
from sinch_contacts.core.contact.contact import Contact, ContactId, Key
from sinch_contacts.core.record.record_text import UnreadableRecord, decode_record, encode_record
from sinch_contacts.core.record.recorded import Origin, Record, RecordedContact, Status, record_contact, record_of
from strategies import contacts, records

any_text = st.text(st.characters(codec="utf-8"), max_size=40)
ulids = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26)
odd_entries = st.builds(
    RecordedContact,
    key=any_text.map(Key),
    id=(ulids | any_text).map(ContactId),
    origin=st.sampled_from(Origin),
    status=st.sampled_from(Status),
    digest=any_text,
    identities=any_text,
    fields=any_text,
    since=st.integers(0, 2**63),
    applied=any_text,
)


@st.composite
def usual_entries(draw: st.DrawFn, contacts: st.SearchStrategy[Contact] = contacts) -> RecordedContact:
    key = Key(draw(any_text))
    return record_contact(
        key,
        draw(contacts),
        contact_id=ContactId(draw(ulids | st.just(""))),
        origin=draw(st.sampled_from(Origin)),
        status=draw(st.sampled_from(Status)),
        since=draw(st.sampled_from([0, 1_800_000_000])),
        applied=draw(st.sampled_from(["", "aB-_01cdEF"])),
    )


# What is being deleted has an id: early versions wrote it without one, and it is read as what is being created.
entries = (odd_entries | usual_entries()).filter(lambda entry: entry.id or entry.status is not Status.DELETING)
any_record = st.lists(entries, max_size=6).map(record_of)


@given(any_record)
def test_any_record_survives_whatever_its_texts_are(record: Record) -> None:
    assert decode_record(encode_record(record)) == record


@given(any_record, st.randoms())
def test_equal_records_give_equal_texts(record: Record, random: st.DataObject) -> None:
    entries = list(record.items())
    random.shuffle(entries)  # type: ignore[attr-defined]  # a Random
    text = encode_record(dict(entries))
    assert text == encode_record(record)
    assert text == encode_record(decode_record(text))


@given(any_record, st.data())
def test_a_damaged_text_is_an_error_that_says_so_or_reads_the_same(record: Record, data: st.DataObject) -> None:
    text = encode_record(record)
    for version in ("1", "2"):
        content = bytearray(b64decode(text[2:]))
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
        try:
            assert decode_record(f"{version}.{b64encode(content).decode()}") == record
        except UnreadableRecord as error:
            assert error.next_step  # noqa: PT017  # a bit of a deflated header may mean nothing
    with pytest.raises(UnreadableRecord):
        decode_record(text[: data.draw(st.integers(1, len(text) - 1))])
    with pytest.raises(UnreadableRecord):
        decode_record(f"{text[:2]}{b64encode(b64decode(text[2:]) + b'more').decode()}")


@given(st.lists(st.binary(max_size=40), min_size=2, max_size=2))
def test_whatever_is_well_deflated_and_no_record_is_an_error_that_says_so(parts: list[bytes]) -> None:
    for version in ("1", "2"):
        with pytest.raises(UnreadableRecord):
            decode_record(f"{version}.{b64encode(b''.join(map(zlib.compress, [b'#', *parts]))).decode()}")


def test_columns_that_do_not_belong_together_are_an_error_that_says_so() -> None:
    content = b64decode(encode_record(ordinary_record(3))[2:])
    stream = zlib.decompressobj()
    columns = msgspec.msgpack.decode(stream.decompress(content))
    for column, value in ((0, ["a", "b"]), (1, "c?c"), (2, "ll"), (4, [26, 26]), (7, "many"), (9, b"\xff")):
        wrong = [value if number == column else right for number, right in enumerate(columns)]
        text = b64encode(zlib.compress(msgspec.msgpack.encode(wrong)) + stream.unused_data).decode()
        with pytest.raises(UnreadableRecord):
            decode_record(f"2.{text}")


def test_an_ordinary_contact_takes_at_most_77_characters() -> None:
    assert len(encode_record(ordinary_record(20_000))) <= 77 * 20_000


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


@pytest.mark.parametrize("text", ["2.abc", "1.***", "1." + b64encode(b"x").decode(), "x"])
def test_an_unreadable_record_is_an_error_that_says_so(text: str) -> None:
    with pytest.raises(UnreadableRecord):
        decode_record(text)


def test_no_text_is_an_empty_record() -> None:
    assert decode_record("") == {}
    assert decode_record(encode_record({})) == {}
