"""The port as a run uses it: no call once the run is to stop, and no write that is not in the journal first."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from sinch_contacts.api.errors import ApiError, Uncertain
from sinch_contacts.api.port import ContactsApi, Page
from sinch_contacts.apply.clock import Clock, Interruption
from sinch_contacts.apply.journal.folder import Journals, asked_contact
from sinch_contacts.apply.journal.lines import Answer, Changing, Creating, Deleting
from sinch_contacts.apply.journal.writer import Journal
from sinch_contacts.apply.names import name_of
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, LiveContact

Result = TypeVar("Result")


class JournaledApi:
    """Stands before a port and implements it; see `ContactsApi` for what each method does.

    Each method raises `Interrupted` where the run is to stop, and each write raises `Unwritable` where the journal
    cannot be written; the call is not made then.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # all that it stands between
        self,
        api: ContactsApi,
        journals: Journals,
        journal: Journal,
        orphans: Mapping[ContactId, str],
        clock: Clock,
        interruption: Interruption,
    ) -> None:
        """Stands before a port.

        Args:
            api: The port.
            journals: Digests names.
            journal: Is written.
            orphans: Contacts that no state knows of, each with what stands for the name that it was asked for under.
            clock: Time.
            interruption: Whether the run is to stop.
        """
        self._api = api
        self._orphans = orphans
        self._journals = journals
        self._journal = journal
        self._clock = clock
        self._interruption = interruption

    def create_batch(self, contacts: Sequence[Contact]) -> None:
        """See `ContactsApi`."""
        self._interruption.check()
        self._answer(self._creating(contacts), lambda: self._api.create_batch(contacts))

    def delete_batch(self, ids: Sequence[ContactId]) -> None:
        """See `ContactsApi`."""
        self._interruption.check()
        self._answer(self._deleting(ids), lambda: self._api.delete_batch(ids))

    def create(self, contact: Contact) -> LiveContact:
        """See `ContactsApi`."""
        self._interruption.check()
        return self._answer(self._creating([contact]), lambda: self._api.create(contact))

    def delete(self, contact_id: ContactId) -> bool:
        """See `ContactsApi`."""
        self._interruption.check()
        return self._answer(self._deleting([contact_id]), lambda: self._api.delete(contact_id))

    def update(self, contact_id: ContactId, contact: Contact, mask: Sequence[str]) -> LiveContact | None:
        """See `ContactsApi`."""
        self._interruption.check()
        asked = self._orphans.get(contact_id, "")
        call = self._journal.begin(lambda call: Changing(call, contact_id, asked, tuple(mask)))
        return self._answer(call, lambda: self._api.update(contact_id, contact, mask))

    def get(self, contact_id: ContactId) -> LiveContact | None:
        """See `ContactsApi`."""
        self._interruption.check()
        return self._api.get(contact_id)

    def find_by_external_id(self, external_id: str) -> tuple[LiveContact, ...]:
        """See `ContactsApi`."""
        self._interruption.check()
        return self._api.find_by_external_id(external_id)

    def find_by_identity(self, identity: ChannelIdentity) -> tuple[LiveContact, ...]:
        """See `ContactsApi`."""
        self._interruption.check()
        return self._api.find_by_identity(identity)

    def clock_offset(self) -> float:
        """See `ContactsApi`."""
        return self._api.clock_offset()

    def list_page(self, token: str = "") -> Page:
        """See `ContactsApi`."""
        self._interruption.check()
        return self._api.list_page(token)

    def _creating(self, contacts: Sequence[Contact]) -> int:
        asked = [asked_contact(self._journals, name_of(contact), contact) for contact in contacts]
        return self._journal.begin(lambda call: Creating(call, int(self._clock.now()), asked))

    def _deleting(self, ids: Sequence[ContactId]) -> int:
        return self._journal.begin(lambda call: Deleting(call, int(self._clock.now()), list(ids)))

    def _answer(self, call: int, make: Callable[[], Result]) -> Result:
        try:
            result = make()
        except ApiError as error:
            # A process that dies right here leaves the call without an answer, which counts as uncertain as well.
            self._journal.answered(call, Answer.UNCERTAIN if isinstance(error, Uncertain) else Answer.REFUSED)
            raise
        self._journal.answered(call, Answer.ACCEPTED)
        return result
