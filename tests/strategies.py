"""Hypothesis strategies for the core's values."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from hypothesis import strategies as st

from sinch_contacts.core.contact.channels import APP_SCOPED_CHANNELS, LANGUAGES, PHONE_CHANNELS, Channel
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, Key
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.digest import contact_digest
from sinch_contacts.core.contact.normalize import normalize_contact
from sinch_contacts.core.plan.policy import OnChange, OnConflict, OnDelete, Policy
from sinch_contacts.core.record.recorded import Origin, Record, RecordedContact, Status, record_contact

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20)
emails = st.text("abcdef.+-", min_size=1, max_size=8).map(lambda name: f"{name}@example.com")
numbers = st.integers(1_000_000, 10**14).map(str)
channels = st.sampled_from(sorted(Channel))


@st.composite
def identities(draw: st.DrawFn) -> ChannelIdentity:
    channel = draw(channels)
    if channel in PHONE_CHANNELS:
        return ChannelIdentity(channel, draw(st.sampled_from(["", "+"])) + draw(numbers))
    app = "01APPAPPAPPAPPAPPAPPAPPAPP" if channel in APP_SCOPED_CHANNELS else ""
    return ChannelIdentity(channel, draw(st.text("abcdefghij0123456789_", min_size=4, max_size=12)), app)


def optional(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


contacts = st.builds(
    Contact,
    channel_identities=st.lists(identities(), min_size=1, max_size=3, unique=True).map(tuple),
    language=st.sampled_from(sorted(LANGUAGES)),
    channel_priority=optional(st.lists(channels, max_size=3, unique=True).map(tuple)),
    display_name=optional(texts),
    email=optional(emails),
    metadata=optional(texts),
).map(normalize_contact)

keys = st.text("abcxyz-0123456789", min_size=1, max_size=8).map(Key)


@st.composite
def desired_rows(draw: st.DrawFn, max_size: int = 8) -> list[DesiredContact]:
    """Declared contacts, each key and each identity once."""
    rows: list[DesiredContact] = []
    taken: set[ChannelIdentity] = set()
    for number, key in enumerate(draw(st.lists(keys, max_size=max_size, unique=True))):
        contact = draw(contacts)
        if taken & set(contact.channel_identities):
            continue
        taken |= set(contact.channel_identities)
        named = Contact(
            **{name: getattr(contact, name) for name in contact.__struct_fields__ if name != "external_id"},
            external_id=key,
        )
        rows.append(DesiredContact(key, named, draw(st.sampled_from(["a.yaml", "b.csv"])), number + 1))
    return rows


policies = st.builds(
    Policy,
    on_conflict=st.sampled_from(OnConflict),
    on_change=st.sampled_from(OnChange),
    on_delete=st.sampled_from(OnDelete),
    delete_adopted=st.booleans(),
)


@st.composite
def records(draw: st.DrawFn, statuses: tuple[Status, ...] = tuple(Status)) -> dict[Key, RecordedContact]:
    """A record of any contacts in any condition."""
    record: dict[Key, RecordedContact] = {}
    for number, row in enumerate(draw(desired_rows())):
        status = draw(st.sampled_from(statuses))
        in_flight = status in {Status.CREATING, Status.DELETING}
        record[row.key] = record_contact(
            row.key,
            row.contact,
            contact_id=ContactId("" if status is Status.CREATING else f"01ID{number:022d}"),
            origin=draw(st.sampled_from(Origin)),
            status=status,
            since=draw(st.integers(0, 2**31)) if in_flight else 0,
            applied="aaaaaaaaaa" if status is Status.DRIFTED else "",
        )
    return record


@dataclass(frozen=True, slots=True)
class Story:
    """What became of one contact between two runs.

    Attributes:
        fate: `new`, `same`, `edited`, `rekeyed` (a new key, the same identities), `left`, or `moved` (it left, and a
            new contact has its identities and one more).
        desired: What is declared now; `None` where nothing is.
        entry: What is recorded; `None` for a new contact.
        before: What was declared when that was recorded; `None` for a new contact.
    """

    fate: str
    desired: DesiredContact | None
    entry: RecordedContact | None
    before: DesiredContact | None


@dataclass(frozen=True, slots=True)
class History:
    """A set between two runs, contact by contact."""

    stories: tuple[Story, ...]

    @property
    def desired(self) -> list[DesiredContact]:
        return [story.desired for story in self.stories if story.desired]

    @property
    def record(self) -> Record:
        return {story.entry.key: story.entry for story in self.stories if story.entry}

    @property
    def previous(self) -> Mapping[Key, Contact]:
        return {story.before.key: story.before.contact for story in self.stories if story.before}


def edited(row: DesiredContact, **fields: object) -> DesiredContact:
    return msgspec.structs.replace(row, contact=msgspec.structs.replace(row.contact, **fields))


@st.composite
def stories(draw: st.DrawFn, row: DesiredContact) -> Story:
    fate = draw(st.sampled_from(["new", "same", "edited", "rekeyed", "left", "moved"]))
    status = draw(st.sampled_from(Status))
    if fate == "new":
        return Story(fate, row, None, None)
    in_flight = status in {Status.CREATING, Status.DELETING}
    drifted = status is Status.DRIFTED
    entry = record_contact(
        row.key,
        edited(row, email=f"x{row.contact.email or '@example.com'}").contact if drifted else row.contact,
        contact_id=ContactId("" if status is Status.CREATING else f"ID-{row.key}"),
        origin=draw(st.sampled_from(Origin)),
        status=status,
        since=draw(st.integers(1, 2**31)) if in_flight else 0,
        applied=contact_digest(row.contact) if drifted else "",
    )
    new_key = Key(f"new-{row.key}")
    match fate:
        case "same":
            desired = row
        case "edited":
            desired = edited(row, display_name=f"!{row.contact.display_name or ''}")
        case "rekeyed":
            desired = msgspec.structs.replace(edited(row, external_id=new_key), key=new_key)
        case "moved":
            one_more = ChannelIdentity("TELEGRAM", f"HEIR-OF-{row.key}")
            identities = (*row.contact.channel_identities, one_more)
            heir = edited(row, external_id=new_key, channel_identities=identities)
            desired = msgspec.structs.replace(heir, key=new_key)
        case _:
            return Story(fate, None, entry, row)
    return Story(fate, desired, entry, row)


histories = desired_rows(6).flatmap(lambda rows: st.tuples(*map(stories, rows))).map(History)
"""Sets whose recorded and desired contacts belong together, so that every operation of a plan is met often."""
