"""What becomes of contacts that come in: under Unified Contact ID, a number is to belong to one of them."""

from collections.abc import Iterable

from sinch_contacts.emulator.channels import SIM
from sinch_contacts.emulator.errors import ApiFailure
from sinch_contacts.emulator.merging import merged_contact
from sinch_contacts.emulator.registry import Registry
from sinch_contacts.emulator.settings import EmulatorSettings
from sinch_contacts.emulator.store import Store
from sinch_contacts.emulator.unified import unify
from sinch_contacts.emulator.validation import Fields, completed


class Newcomers:
    """Lets contacts into the store.

    Sinch says that two contacts with one number "are treated as a single entity" under Unified Contact ID, and not what
    answers the creation of the second: so a knob says it.
    """

    def __init__(self, settings: EmulatorSettings, store: Store, registry: Registry) -> None:
        self._settings = settings
        self._store = store
        self._registry = registry

    def create(self, project: str, contact: Fields, now: float) -> Fields:
        """Creates a contact at once, or merges it into the one that has its number; returns what there is then.

        Raises:
            ApiFailure: A 409: another contact has its number.
        """
        contact = unify(contact, on=self._registry.unified(project))
        other = self._other(project, contact, now)
        if other is None:
            (contact_id,) = self._store.add(project, [(contact, now)], now)
            return {"id": contact_id, **contact}
        if self._settings.duplicates == "refuse":
            raise _exists()
        merged = merged_contact(completed(other), contact)
        self._store.replace(project, merged, now)
        return merged

    def accept(self, project: str, contacts: Iterable[tuple[Fields, float]], now: float) -> list[str]:
        """Creates contacts of a batch, each visible from the given time on.

        One whose number another contact has is merged into it or, nobody being there to be told, passed over.

        Returns:
            The ids of those that were created.
        """
        on = self._registry.unified(project)
        unified = [(unify(contact, on=on), at) for contact, at in contacts]
        if not self._is_single(project):
            return self._store.add(project, unified, now)
        ids: list[str] = []
        for contact, at in unified:
            other = self._other(project, contact, now)
            if other is None:
                ids += self._store.add(project, [(contact, at)], now)
            elif self._settings.duplicates == "merge":
                self._store.replace(project, merged_contact(completed(other), contact), now)
        return ids

    def change(self, project: str, contact: Fields, now: float) -> Fields:
        """Puts a changed contact in the place of the one with its id; returns it.

        Raises:
            ApiFailure: A 409: another contact has its number.
        """
        contact = unify(contact, on=self._registry.unified(project))
        if self._other(project, contact, now) is not None:
            raise _exists()
        self._store.replace(project, contact, now)
        return contact

    def _is_single(self, project: str) -> bool:
        return self._settings.duplicates != "allow" and self._registry.unified(project)

    def _other(self, project: str, contact: Fields, now: float) -> Fields | None:
        """Returns another contact, visible or not yet, that has a number of this one which only one may have."""
        if not self._is_single(project):
            return None
        numbers = {item["identity"] for item in contact["channel_identities"] if item["channel"] in SIM}
        return next(
            (other for number in sorted(numbers) for other in self._store.with_number(project, now, number)
             if other["id"] != contact.get("id")),
            None,
        )  # fmt: skip


def _exists() -> ApiFailure:
    return ApiFailure(409, "ALREADY_EXISTS", "A contact with this identity already exists.")
