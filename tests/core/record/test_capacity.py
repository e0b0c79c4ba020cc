"""How large a set may be: what its record could need is never underestimated, and 140,000 ordinary contacts fit."""

from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ordinary import ordinary_contacts, ordinary_record, ulid
from sinch_contacts.core.contact.channels import LANGUAGES
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, Key
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.record.capacity import LARGEST_RECORD, SetTooLarge, most_bytes, portable, refuse_too_large
from sinch_contacts.core.record.record_text import encode_record
from sinch_contacts.core.record.recorded import (
    Origin,
    Record,
    RecordedContact,
    Status,
    record_contact,
    record_of,
)
from strategies import desired_rows, records

KEYS = {
    "rising": lambda number, _: f"customer-{number:06d}",
    "spread": lambda _, random: f"customer-{random.getrandbits(40)}",
    "uuid": lambda _, random: f"{random.getrandbits(128):032x}",
    "address": lambda number, random: f"{random.choice(['ana', 'bo'])}.{random.getrandbits(20)}.{number}@example.com",
    "letters": lambda number, random: "".join(chr(random.randrange(0x4E00, 0x9FFF)) for _ in range(8)) + str(number),
}
LANGUAGE_NAMES = sorted(LANGUAGES)


def rows(random: Random, count: int, keys: str) -> list[DesiredContact]:
    """Declared contacts that have as little in common as can be."""
    named = random.choice([0.7, 1.0])

    def maybe(text: str) -> str | None:
        return text if random.random() < named else None

    found = {}
    for number in range(count):
        key = Key(KEYS[keys](number, random))
        noise = str(random.getrandbits(64))
        contact = Contact(
            (ChannelIdentity("SMS", noise),),
            random.choice(LANGUAGE_NAMES),
            (random.choice(["SMS", "MMS"]),) if maybe("x") else None,
            maybe(noise),
            maybe(noise),
            maybe(key),
            maybe(noise),
        )
        found[key] = DesiredContact(key, contact, "a.yaml", number + 1)
    return list(found.values())


def recorded(random: Random, row: DesiredContact, number: int) -> RecordedContact:
    """Whatever a run may record of a contact; ids are of any year."""
    status = random.choice(list(Status))
    pending = status is Status.CREATING
    asked = 1_800_000_000 + number // 1000
    return record_contact(
        row.key,
        row.contact,
        contact_id=ContactId("") if pending else ulid(random.getrandbits(41), random),
        origin=random.choice(list(Origin)),
        status=status,
        since=asked if pending or status is Status.DELETING else 0,
    )


@settings(max_examples=40, deadline=None)
@given(
    st.integers(),
    st.sampled_from(sorted(KEYS)),
    st.sampled_from([0, 1, 30, 400, 3000]),
    st.sampled_from([0.0, 0.3, 1.0]),
    st.sampled_from([0.02, 0.5, 0.99, 1.0]),
)
def test_what_a_run_leaves_is_never_larger_than_was_foreseen(
    seed: int, keys: str, count: int, known: float, left: float
) -> None:
    random = Random(seed)  # noqa: S311  # a story, told by its seed
    everybody = rows(random, count, keys)
    before = record_of(recorded(random, row, 0) for row in everybody if random.random() < known)
    desired = [row for row in everybody if row.key not in before or random.random() < 0.5]
    after = record_of(recorded(random, row, number) for number, row in enumerate(everybody) if random.random() < left)

    exact, rough = most_bytes(before, desired), most_bytes(before, desired, 10**9)

    assert len(encode_record(after)) <= exact
    assert len(encode_record(before)) <= exact
    assert exact <= rough + 1000


@given(records(), desired_rows())
def test_few_contacts_are_foreseen_as_well(before: Record, desired: list[DesiredContact]) -> None:
    size = len(encode_record(portable(before, 0)))
    assert size <= most_bytes(before, desired)
    assert size <= most_bytes(before, desired, 10**9)


def test_ids_that_are_no_ulids_are_taken_as_they_are() -> None:
    random = Random(1)  # noqa: S311  # noise
    odd = {
        key: msgspec.structs.replace(entry, id=ContactId(f"{random.getrandbits(400):x}"))
        for key, entry in ordinary_record(500).items()
    }
    assert len(encode_record(odd)) <= most_bytes(odd, ())
    assert len(encode_record(odd)) <= most_bytes(odd, (), 10**9)


def test_140_000_ordinary_contacts_fit_and_their_record_leaves_a_margin_of_a_tenth() -> None:
    contacts = list(ordinary_contacts(140_000))
    refuse_too_large({}, contacts)
    sample = len(encode_record(ordinary_record(20_000)))
    assert sample * 7 * 1.1 <= LARGEST_RECORD
    with pytest.raises(SetTooLarge) as refused:
        refuse_too_large({}, list(ordinary_contacts(150_000)))
    error = refused.value
    assert (error.contacts, error.limit) == (150_000, LARGEST_RECORD)
    assert error.bytes > error.limit
    assert error.message.startswith("The 150,000 contacts of this set, ")
    assert f" could need a record of {error.bytes:,} bytes, and {LARGEST_RECORD:,} are what" in error.message
    assert "`shards: 2`" in error.next_step


def test_100_000_ordinary_contacts_are_judged_without_encoding_a_record(monkeypatch: pytest.MonkeyPatch) -> None:
    def encode_none(_: Record) -> str:
        pytest.fail("the rough bound did not do")

    monkeypatch.setattr("sinch_contacts.core.record.capacity.encode_record", encode_none)
    refuse_too_large(ordinary_record(100_000), list(ordinary_contacts(100_000)))
