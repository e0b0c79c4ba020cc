"""The port to the Conversation API: what the rest of the package may ask of Sinch.

Whoever implements it keeps these promises about writes, because nothing above can check them:

* a method that returns has been answered with 2xx, and with what the call promises: the contact that was asked for,
  a page, an acceptance;
* a contact that is said not to be there is not there by Sinch's own word, not by that of something in between;
* `Rejected`, `Misdirected`, `Throttled`, `Unreachable`, `Unavailable`, `Unauthenticated` and `Forbidden` mean that
  nothing was applied;
* `Uncertain` means that it may have been applied: the answer was lost, could not be read, or was a 5xx.

Writes are never repeated by the port. Reads are, within limits.
"""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, LiveContact


class Page(msgspec.Struct, frozen=True):
    """One page of a list.

    Attributes:
        contacts: At most `PAGE_SIZE` contacts; the last page may be empty.
        next_token: Asks for the next page; empty on the last one.
    """

    contacts: tuple[LiveContact, ...]
    next_token: str


class ReadApi(Protocol):
    """What can be read of the contacts of one project in one region. Safe to call from several threads."""

    def get(self, contact_id: ContactId) -> LiveContact | None:
        """Reads one contact, `None` where there is none with that id."""

    def find_by_external_id(self, external_id: str) -> tuple[LiveContact, ...]:
        """Reads every contact with that external id; the API does not promise that there is but one."""

    def find_by_identity(self, identity: ChannelIdentity) -> tuple[LiveContact, ...]:
        """Reads every contact with that identity on that channel (and of that app, where one is named)."""

    def list_page(self, token: str = "") -> Page:
        """Reads the next page of all contacts of the project, in an order that Sinch does not document."""


class ContactsApi(ReadApi, Protocol):
    """The contacts of one project in one region. Safe to call from several threads."""

    def clock_offset(self) -> float:
        """Returns how many seconds the server's clock is ahead of ours, as its answers tell; 0 where none does."""

    def create_batch(self, contacts: Sequence[Contact]) -> None:
        """Asks for the creation of 1 to `BATCH_SIZE` contacts; being accepted is not being created.

        Raises:
            BatchNotPermitted: The project may not use the batch endpoint; fall back to `create`.
            ApiError: See the module's text.
        """

    def delete_batch(self, ids: Sequence[ContactId]) -> None:
        """Asks for the deletion of 1 to `BATCH_SIZE` contacts; being accepted is not being deleted.

        Raises:
            BatchNotPermitted: The project may not use the batch endpoint; fall back to `delete`.
            ApiError: See the module's text.
        """

    def create(self, contact: Contact) -> LiveContact:
        """Creates one contact and returns it as it then lives."""

    def delete(self, contact_id: ContactId) -> bool:
        """Deletes one contact; returns whether it was there."""

    def update(self, contact_id: ContactId, contact: Contact, mask: Sequence[str]) -> LiveContact | None:
        """Sets the fields named in the mask to those of the contact; a field that is `None` is cleared.

        Returns:
            The contact as it then lives, or `None` where there is none with that id.
        """

    def permits_batches(self) -> bool:
        """Says whether batch calls are worth a try: not where Sinch has said that this project may not use them."""
