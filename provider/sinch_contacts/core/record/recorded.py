"""What is recorded of a set: what was confirmed to exist, and what may yet appear.

It holds no personal data but the keys. `record_text` turns it into the text that is kept in the state.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

import msgspec

from sinch_contacts.core.contact.contact import Contact, ContactId, Key
from sinch_contacts.core.contact.digest import contact_digest, field_digests, identities_digest, parse_field_digests

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
    """A refresh found it changed by somebody else; the digests are those of what was found."""

    GONE = "g"
    """A refresh found it deleted by somebody else."""

    CREATING = "p"
    """Its creation was asked for, and it has not been seen yet."""

    DELETING = "x"
    """Its deletion was asked for, and it has not been seen gone; or, without an id, it left the set while it was
    pending, and is deleted when it appears."""


class RecordedContact(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True, gc=False):
    """One contact of the record.

    Attributes:
        key: Its key in the set.
        id: Its id at Sinch; empty while it is pending.
        origin: See `Origin`.
        status: See `Status`.
        digest: Stands for all owned fields as they were last confirmed (asked for, while pending).
        identities: Stands for its identities.
        fields: Short digests of the other owned fields.
        since: Unix time in whole seconds at which its creation or deletion was asked for. 0 where none is under way:
            once it was seen, or while it waits to be created again in the middle of a replacement.
        applied: The digest of what we last applied, where `digest` is of what somebody else made of it.
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
    def owned(self) -> tuple[str, ...]:
        """Names the fields that are ours."""
        return ("channel_identities", *parse_field_digests(self.fields))

    @property
    def is_settled(self) -> bool:
        """Whether the contact has an id and is there as far as we know."""
        return self.status in {Status.LIVE, Status.DRIFTED}


def record_contact(  # noqa: PLR0913  # the record's own columns
    key: Key,
    contact: Contact,
    *,
    contact_id: ContactId = ContactId(""),  # noqa: B008  # a NewType is the plain text
    origin: Origin = Origin.CREATED,
    status: Status = Status.LIVE,
    since: int = 0,
    applied: str = "",
) -> RecordedContact:
    """Records a normalised contact; see `RecordedContact` for the arguments."""
    return RecordedContact(
        key=key,
        id=contact_id,
        origin=origin,
        status=status,
        digest=contact_digest(contact),
        identities=identities_digest(contact.channel_identities),
        fields=field_digests(contact),
        since=since,
        applied=applied,
    )


Record = Mapping[Key, RecordedContact]
"""The record of a set, by key."""


def record_of(contacts: Iterable[RecordedContact]) -> Record:
    """Builds a record, sorted by key."""
    return {contact.key: contact for contact in sorted(contacts, key=lambda contact: contact.key)}
