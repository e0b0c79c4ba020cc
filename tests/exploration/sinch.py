"""A Sinch project in memory, made of the API's facts alone: batch work is asynchronous, ids are ULIDs."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from sinch_contacts.core.contact.contact import FIELDS, Contact, ContactId, LiveContact
from sinch_contacts.core.contact.ulid import ALPHABET, LENGTH

START: Final = 1_800_000_000.0
_UNSET: Final = {"channel_priority": (), "display_name": "", "email": "", "external_id": "", "metadata": ""}


class Stored(msgspec.Struct, frozen=True):
    """A contact at Sinch.

    Attributes:
        id: Its id.
        contact: All its fields; unset ones are empty.
        is_theirs: Whether somebody else made it.
        visible_at: When it can be read, in seconds since 1970.
        gone_at: When it cannot be read any more; `None` where nobody deleted it.
    """

    id: ContactId
    contact: Contact
    is_theirs: bool
    visible_at: float
    gone_at: float | None = None


class Sinch:
    """A project, and the time that passes in it only when somebody sleeps.

    Attributes:
        time: Seconds since 1970.
        stored: What is there or on its way in or out, by id.
        version: Changes with every write.
    """

    def __init__(self) -> None:
        self.time = START
        self.stored: dict[ContactId, Stored] = {}
        self.version = 0

    def restore(self, time: float, stored: Iterable[Stored]) -> None:
        """Goes back to a moment."""
        self.time = time
        self.stored = {contact.id: contact for contact in stored}
        self.version = 0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def visible(self, ago: float = 0) -> list[Stored]:
        """Returns what can be read; the newest comes first, since Sinch documents no order.

        Args:
            ago: How many seconds the view lags behind.
        """
        now = self.time - ago
        there = (
            contact
            for contact in self.stored.values()
            if contact.visible_at <= now and (contact.gone_at is None or contact.gone_at > now)
        )
        return sorted(there, key=lambda contact: contact.id, reverse=True)

    def remaining(self) -> list[Stored]:
        """Returns what is there or on its way in, and on nobody's order on its way out."""
        return [contact for contact in self.stored.values() if contact.gone_at is None]

    def create(self, contact: Contact, lag: float, *, is_theirs: bool = False) -> LiveContact:
        made = Stored(_ulid(self.time, len(self.stored)), filled(contact), is_theirs, self.time + lag)
        self.stored[made.id] = made
        self.version += 1
        return LiveContact(made.id, made.contact)

    def delete(self, contact_id: ContactId, lag: float) -> bool:
        found = self.stored.get(contact_id)
        self.version += 1
        if not found:
            return False
        was_there = self.is_visible(contact_id)
        gone_at = max(found.visible_at, self.time + lag)
        if found.gone_at is None or gone_at < found.gone_at:
            self.stored[contact_id] = msgspec.structs.replace(found, gone_at=gone_at)
        return was_there

    def update(self, contact_id: ContactId, contact: Contact, mask: Sequence[str]) -> LiveContact | None:
        self.version += 1
        if not self.is_visible(contact_id):
            return None
        found = self.stored[contact_id]
        changes: dict[str, Any] = {name: getattr(filled(contact), name) for name in FIELDS if name in mask}
        changed = msgspec.structs.replace(found.contact, **changes)
        self.stored[contact_id] = msgspec.structs.replace(found, contact=changed)
        return LiveContact(contact_id, changed)

    def is_visible(self, contact_id: ContactId) -> bool:
        return any(contact.id == contact_id for contact in self.visible())


def filled(contact: Contact) -> Contact:
    """Returns a contact as Sinch renders it: every unset field is empty."""
    unset: dict[str, Any] = {name: value for name, value in _UNSET.items() if getattr(contact, name) is None}
    return msgspec.structs.replace(contact, **unset)


def _ulid(time: float, number: int) -> ContactId:
    value = (round(time * 1000) << 80) | number
    return ContactId("".join(ALPHABET[value >> (5 * place) & 31] for place in reversed(range(LENGTH))))
