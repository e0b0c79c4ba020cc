"""The port as a run uses it: no call once the run is to stop, and no write that is not in the journal first."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sinch_contacts.api.errors import ApiError, Uncertain
from sinch_contacts.api.port import ContactsApi, Page
from sinch_contacts.apply.breaker import BATCHES, SINGLES, Breaker
from sinch_contacts.apply.clock import Interruption
from sinch_contacts.apply.journal.folder import Journals
from sinch_contacts.apply.journal.lines import Answer, AskedContact, Changing, Creating, Deleting
from sinch_contacts.apply.journal.writer import Journal
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, LiveContact
from sinch_contacts.core.contact.digest import Fingerprint
from sinch_contacts.core.contact.name import Name, name_of

Result = TypeVar("Result")


class JournaledApi:
    """Stands before a port; see `ContactsApi` for what each method does.

    Each method raises `Interrupted` where the run is to stop. Each write raises `Unwritable` where the journal cannot
    be written, and `Unanswered` where too many writes in a row had no clear answer; the call is not made then.
    """

    def __init__(
        self,
        api: ContactsApi,
        journals: Journals,
        journal: Journal,
        now: Callable[[], int],
        interruption: Interruption,
    ) -> None:
        """Stands before a port.

        Args:
            api: The port.
            journals: Digests names.
            journal: Is written.
            now: Returns the time as it is written down.
            interruption: Whether the run is to stop.
        """
        self._api = api
        self._journals = journals
        self._journal = journal
        self._now = now
        self._interruption = interruption
        self._breaker = Breaker()

    def create_batch(self, contacts: Sequence[Contact], asked: Sequence[Fingerprint]) -> None:
        """See `ContactsApi`; each contact comes with its fingerprint."""
        lines = [self._asked(name_of(contact), one) for contact, one in zip(contacts, asked, strict=True)]
        self._write(lambda call: Creating(call, self._now(), lines), lambda: self._api.create_batch(contacts), BATCHES)

    def delete_batch(self, ids: Sequence[ContactId]) -> None:
        """See `ContactsApi`."""
        self._write(lambda call: Deleting(call, self._now(), list(ids)), lambda: self._api.delete_batch(ids), BATCHES)

    def create(self, contact: Contact, asked: Fingerprint) -> LiveContact:
        """See `ContactsApi`; the contact comes with its fingerprint."""
        lines = [self._asked(name_of(contact), asked)]
        return self._write(lambda call: Creating(call, self._now(), lines), lambda: self._api.create(contact), SINGLES)

    def delete(self, contact_id: ContactId) -> bool:
        """See `ContactsApi`."""
        return self._write(
            lambda call: Deleting(call, self._now(), [contact_id]), lambda: self._api.delete(contact_id), SINGLES
        )

    def update(self, contact_id: ContactId, contact: Contact, mask: Sequence[str], origin: str) -> LiveContact | None:
        """See `ContactsApi`.

        Args:
            contact_id: The contact.
            contact: What it is to be.
            mask: Names of the fields to set.
            origin: Stands for the name that an interrupted run asked for it under, where no state knows of it; empty
                otherwise.
        """
        return self._write(
            lambda call: Changing(call, contact_id, origin, tuple(mask)),
            lambda: self._api.update(contact_id, contact, mask),
            SINGLES,
        )

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

    def list_page(self, token: str = "") -> Page:
        """See `ContactsApi`."""
        self._interruption.check()
        return self._api.list_page(token)

    def permits_batches(self) -> bool:
        """See `ContactsApi`."""
        return self._api.permits_batches()

    def _asked(self, name: Name, asked: Fingerprint) -> AskedContact:
        return AskedContact(self._journals.digest_name(name), asked.digest, asked.identities, asked.fields)

    def _write(
        self, describe: Callable[[int], Creating | Deleting | Changing], make: Callable[[], Result], most: int
    ) -> Result:
        self._interruption.check()
        self._breaker.check()
        call = self._journal.begin(describe)
        # A process that dies right here leaves the call without an answer, which counts as uncertain as well.
        try:
            result = make()
        except Uncertain as error:
            self._journal.answered(call, Answer.UNCERTAIN)
            self._breaker.note_unclear(error, most)
            raise
        except ApiError:
            self._journal.answered(call, Answer.REFUSED)
            self._breaker.note_clear()
            raise
        self._journal.answered(call, Answer.ACCEPTED)
        self._breaker.note_clear()
        return result
