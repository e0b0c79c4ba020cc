"""How large a set may be: as large as what the engine can record of it when a run fails half-way.

What a failed call leaves behind travels in a header, which the engine reads up to 16 MiB (`docs/engine.md`); of more it
would record nothing at all. So a set whose record could outgrow that is refused before its first call.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from math import ceil
from random import Random
from typing import Final

from msgspec.structs import astuple

from sinch_contacts.core.contact import ulid
from sinch_contacts.core.contact.contact import FIELDS, Contact, ContactId, Key
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.digest import FIELD_DIGEST_LENGTH, LONG, field_digests
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.record.record_text import encode_record
from sinch_contacts.core.record.recorded import Origin, Record, RecordedContact, Status, with_short_digests
from sinch_contacts.core.record.states import without_applied

LARGEST_RECORD: Final = 12_250_000
"""Characters that the text of a record may have. A partial result carries 12.58 million in all; the rest is a margin
for its messages and the other outputs."""

_NOISE_LENGTH: Final = 2 * LONG + len(FIELDS) * FIELD_DIGEST_LENGTH
_ROW: Final = 61
"""Bytes of a row beside its key and its named fields, at most: no two ids were made in the same year."""

_FIELD: Final = 3
"""Bytes of a field's digest, at most."""

_UNFORESEEN: Final = 1
"""Bytes of a row for what a stand-in does not show: which status and which origin it will have."""

_ONCE: Final = 1_000
_ROOM: Final = 1.5
"""Shards are never equally large, and sets grow."""

_CROCKFORD: Final = bytes.maketrans(bytes(range(256)), ulid.ALPHABET.encode() * 8)


class SetTooLarge(ContactsError):
    """The record that a set could come to need does not fit into what the engine records of a failed run.

    Attributes:
        contacts: Declared and recorded contacts together.
        bytes: What their record could need.
        limit: What it may need.
    """

    def __init__(self, contacts: int, bytes_: int, limit: int) -> None:
        super().__init__(
            f"The {contacts:,} contacts of this set, those that leave it among them, could need a record of {bytes_:,} "
            f"bytes, and {limit:,} are what Pulumi can keep of a run that fails half-way; nothing was changed.",
            f"Spread the contacts with the set's option `shards: {ceil(bytes_ / limit * _ROOM)}` (where the set is "
            "recorded already, `sinch-contacts reshard` comes first). Where many leave and many come, let them leave "
            "in one `pulumi up`, and come in the next.",
        )
        self.contacts = contacts
        self.bytes = bytes_
        self.limit = limit


def refuse_too_large(record: Record, desired: Sequence[DesiredContact], limit: int = LARGEST_RECORD) -> None:
    """Refuses a set whose record could become too large while a run makes it as desired.

    A set that is recorded as too large already may shrink and change: what is refused then are further contacts.

    Args:
        record: What is recorded of the set.
        desired: The declared contacts.
        limit: What the text of a record may need.

    Raises:
        SetTooLarge: It could.
    """
    need = most_bytes(record, desired, limit)
    is_more = any(row.key not in record for row in desired)
    if need > limit and (is_more or most_bytes(record, (), limit) <= limit):
        raise SetTooLarge(len(record.keys() | {row.key for row in desired}), need, limit)


def most_bytes(record: Record, desired: Sequence[DesiredContact], enough: int = 0) -> int:
    """Returns what the text of a portable record can need at most, at any moment of a run.

    A rough bound costs next to nothing, and is the answer where it is small enough. Else a record is encoded in which
    every contact is there and everything random is as random as can be.

    Args:
        record: What is recorded of the set before the run.
        desired: The contacts that the run is to bring about.
        enough: A rough bound up to here is good enough.
    """
    declared = {row.key: row.contact for row in desired}
    keys = record.keys() | declared.keys()
    odd = _length_of_odd([entry.id for entry in record.values()])
    fields = {key: len(FIELDS) - 1 - astuple(contact).count(None) for key, contact in declared.items()}
    further = [len(entry.fields) // FIELD_DIGEST_LENGTH - fields.get(key, 0) for key, entry in record.items()]
    named = sum(fields.values()) + sum([count for count in further if count > 0])
    rough = _text_length(len("".join(keys).encode()) + odd + _ROW * len(keys) + _FIELD * named + _ONCE)
    if rough <= enough:
        return rough
    return len(encode_record(_stand_in(sorted(keys), record, declared))) + _text_length(_UNFORESEEN * len(keys) + _ONCE)


def portable(record: Record, limit: int = LARGEST_RECORD) -> Record:
    """Returns a record as a partial result can carry it: as it is, or where that is too large, with a little less.

    First goes what was applied to contacts that somebody else changed since: it only tells whether a change is called
    drift, or comes from Git. Then digests are as short as those of earlier versions, under which more contacts fitted
    into a set; the next run takes them anew.
    """
    for part in (record, without_applied(record)):
        if len(encode_record(part)) <= limit:
            return part
    return with_short_digests(without_applied(record))


def _text_length(size: int) -> int:
    return size * 4 // 3 + 8


def _length_of_odd(ids: Sequence[ContactId]) -> int:
    """Returns how many bytes those ids take that are no ULIDs; where all are, one look at all of them tells."""
    text = "".join(ids)
    if text.isascii() and text.isalnum() and text.isupper() and max(map(len, ids)) <= ulid.LENGTH:
        return 0
    return sum(len(contact_id.encode()) for contact_id in ids if not ulid.is_ulid(contact_id))


def _stand_in(keys: Sequence[Key], record: Record, declared: Mapping[Key, Contact]) -> Record:
    random = Random(0)  # noqa: S311  # it stands for noise, and the same noise each time
    ids = random.randbytes(ulid.LENGTH * len(keys)).translate(_CROCKFORD).decode()
    noise = urlsafe_b64encode(random.randbytes(_NOISE_LENGTH * len(keys))).decode()
    shapes: dict[tuple[object, ...], str] = {}
    rows: dict[Key, RecordedContact] = {}
    for number, key in enumerate(keys):
        entry, contact = record.get(key), declared.get(key)
        own, start = number * ulid.LENGTH, number * _NOISE_LENGTH
        mine = noise[start : start + _NOISE_LENGTH]
        fields = _random_fields(contact, shapes, mine[2 * LONG :]) if contact else ""
        rows[key] = RecordedContact(
            key,
            ContactId(ids[own : own + ulid.LENGTH])
            if entry is None or not entry.id or ulid.is_ulid(entry.id)
            else entry.id,
            Origin.CREATED,
            Status.LIVE,
            mine[:LONG],
            mine[LONG : 2 * LONG],
            max(fields, entry.fields if entry else "", key=len),
        )
    return rows


def _random_fields(contact: Contact, shapes: dict[tuple[object, ...], str], noise: str) -> str:
    """Returns field digests as long as a contact's own, with the true one of its language: few languages are met."""
    shape = (
        contact.language,
        contact.channel_priority is None,
        contact.display_name is None,
        contact.email is None,
        contact.external_id is None,
        contact.metadata is None,
    )
    text = shapes.get(shape)
    if text is None:
        text = shapes[shape] = field_digests(contact)
    step = FIELD_DIGEST_LENGTH
    return text[:step] + "".join([text[at] + noise[at + 1 : at + step] for at in range(step, len(text), step)])
