"""What is recorded of a set: what was confirmed to exist, and what may yet appear.

It holds no personal data but the keys. `record_text` turns it into the text that is kept in the state.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, TypedDict, Unpack

import msgspec

from sinch_contacts.core.contact.contact import Contact, ContactId, Key
from sinch_contacts.core.contact.digest import LONG, Fingerprint, contact_digest, fingerprint_of, recorded_forms
from sinch_contacts.core.contact.name import Name, name_of_key

NOBODY_KNOWS: Final = "?"
"""The digest of a contact that may have been changed: it equals none, so that the next run sets every owned field."""


class Origin(StrEnum):
    """Where a contact of ours comes from; what we merely found is forgotten, not deleted, when it leaves the set."""

    CREATED = "c"
    ADOPTED = "a"


class Status(StrEnum):
    """How sure we are of a recorded contact."""

    LIVE = "l"
    """It was read back."""

    DRIFTED = "d"
    """It was seen, and not as it was asked for; the digests are those of what was found."""

    GONE = "g"
    """It was not there when it was looked at."""

    CREATING = "p"
    """Its creation was asked for, and it has not been seen yet."""

    DELETING = "x"
    """Its deletion was asked for, and it has not been seen gone."""


class RecordedContact(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True, gc=False):
    """One contact of the record.

    Attributes:
        key: Its key in the set.
        id: Its id at Sinch; empty while it is being created.
        origin: See `Origin`.
        status: See `Status`.
        digest: Stands for all owned fields as they were last confirmed (asked for, while it is being created).
        identities: Stands for its identities.
        fields: Short digests of the other owned fields.
        since: Unix time in whole seconds at which its creation or deletion was asked for. 0 where none is under way:
            once it was seen, or while it waits to be created again in the middle of a replacement.
        applied: The digest of what we last applied, where `digest` is of what somebody else made of it; where it is
            live, of what Sinch made of it.
    """

    key: Key
    id: ContactId
    origin: Origin
    status: Status
    digest: str
    identities: str
    fields: str
    since: int = 0
    applied: str = ""

    @property
    def fingerprint(self) -> Fingerprint:
        """Stands for its owned fields."""
        return Fingerprint(self.digest, self.identities, self.fields)

    @property
    def owned(self) -> tuple[str, ...]:
        """Names the fields that are ours."""
        return self.fingerprint.owned

    def was(self, digest: str) -> bool:
        """Says whether a contact of this digest was last confirmed, or applied."""
        return self.is_as(digest) or self.was_applied(digest)

    def is_as(self, digest: str) -> bool:
        """Says whether a contact of this digest was last confirmed."""
        return self.digest in recorded_forms(digest)

    def was_applied(self, digest: str) -> bool:
        """Says whether a contact of this digest was last applied, where something else was confirmed since."""
        return self.applied in recorded_forms(digest)

    @property
    def is_live(self) -> bool:
        """Whether it was there when it was last looked at."""
        return self.status in {Status.LIVE, Status.DRIFTED}

    @property
    def lives_otherwise(self) -> bool:
        """Whether it was last seen as something else than what was applied, whoever has made it so."""
        return bool(self.applied)

    def name(self, prefix: str) -> Name:
        """Returns what it is looked for by; its key is without the prefix of the set's external ids."""
        return name_of_key(self.key, prefix, external="external_id" in self.owned)


class _Columns(TypedDict, total=False):
    contact_id: ContactId
    origin: Origin
    status: Status
    since: int
    applied: str


def record_fingerprint(  # noqa: PLR0913  # the record's own columns
    key: Key,
    fingerprint: Fingerprint,
    *,
    contact_id: ContactId = ContactId(""),  # noqa: B008  # a NewType is the plain text
    origin: Origin = Origin.CREATED,
    status: Status = Status.LIVE,
    since: int = 0,
    applied: str = "",
) -> RecordedContact:
    """Records what a fingerprint stands for; see `RecordedContact` for the arguments."""
    digests = fingerprint.digest, fingerprint.identities, fingerprint.fields
    return RecordedContact(key, contact_id, origin, status, *digests, since, applied)


def record_contact(key: Key, contact: Contact, **columns: Unpack[_Columns]) -> RecordedContact:
    """Records a normalised contact; see `RecordedContact` for the arguments."""
    return record_fingerprint(key, fingerprint_of(contact), **columns)


Record = Mapping[Key, RecordedContact]
"""The record of a set, by key."""


def record_of(contacts: Iterable[RecordedContact]) -> Record:
    """Builds a record, sorted by key."""
    return {contact.key: contact for contact in sorted(contacts, key=lambda contact: contact.key)}


def with_long_digests(record: Record, contents: Mapping[Key, Contact]) -> Record:
    """Takes the digests of an earlier version anew, where the contents that they stand for are known.

    Args:
        record: What is recorded.
        contents: What was declared when the record was made.
    """
    anew = dict(record)
    for key, contact in contents.items():
        entry = record.get(key)
        if entry and len(entry.digest) < LONG and entry.is_as(contact_digest(contact)):
            new = fingerprint_of(contact)
            anew[key] = msgspec.structs.replace(entry, digest=new.digest, identities=new.identities)
    return anew


def with_short_digests(record: Record) -> Record:
    """Cuts the digests of a record to the length of earlier versions."""
    return {
        key: msgspec.structs.replace(
            entry, digest=recorded_forms(entry.digest)[-1], identities=recorded_forms(entry.identities)[-1]
        )
        for key, entry in record.items()
    }
