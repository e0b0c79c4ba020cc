"""The ledger of a run: which set has claimed which contact.

All sets of a run share one process. A contact may leave one set and enter another, a set may be renamed or replaced,
and the engine then creates first and deletes afterwards. The ledger lets no set delete what another one has claimed,
and lets no set adopt what is being deleted.
"""

from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Final

from sinch_contacts.core.contact import ContactId, Key
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.masking import mask_key
from sinch_contacts.core.recorded import Origin, Record
from sinch_contacts.core.target import Target

_SHOWN: Final = 5


class ClaimedTwice(ContactsError):
    """Two sets of one program want the same contacts.

    Attributes:
        other: The URN of the set that claimed them first.
        names: External ids, or keys made of identities, that both want.
    """

    def __init__(self, other: str, names: tuple[str, ...]) -> None:
        shown = ", ".join(mask_key(Key(name)) for name in names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
        super().__init__(
            f"{len(names):,} contact{'' if len(names) == 1 else 's'} of this set also belong to the set "
            f"{other.rsplit('::', 1)[-1]!r} of the same project: {shown}.",
            "Let one set alone declare each contact, or give the sets different prefixes.",
        )
        self.other = other
        self.names = names


class Ledger:
    """Claims on contacts, by target. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._declared: dict[tuple[Target, str], str] = {}
        self._claimed: dict[tuple[Target, ContactId], str] = {}
        self._leaving: set[tuple[Target, ContactId]] = set()
        self._origins: dict[tuple[Target, ContactId], Origin] = {}

    def declare(self, target: Target, urn: str, names: Iterable[str]) -> None:
        """Notes the contacts that a set wants, by external id or identity key.

        Raises:
            ClaimedTwice: Another set of this run wants some of them.
        """
        with self._lock:
            wanted = [(target, name) for name in names]
            others = [entry for entry in wanted if self._declared.get(entry, urn) != urn]
            if others:
                raise ClaimedTwice(self._declared[others[0]], tuple(name for _, name in others))
            self._declared.update(dict.fromkeys(wanted, urn))

    def note(self, target: Target, record: Record) -> None:
        """Remembers what the state says of where contacts come from, for a set that takes them over in this run."""
        with self._lock:
            self._origins.update({(target, entry.id): entry.origin for entry in record.values() if entry.id})

    def origin(self, target: Target, contact_id: ContactId) -> Origin | None:
        """Returns where a contact comes from, as far as the state of some set of this run tells."""
        return self._origins.get((target, contact_id))

    def claim(self, target: Target, urn: str, ids: Iterable[ContactId]) -> frozenset[ContactId]:
        """Claims contacts for a set; returns those that could not be claimed, since they are being deleted."""
        with self._lock:
            wanted = {(target, contact_id) for contact_id in ids}
            late = wanted & self._leaving
            self._claimed.update(dict.fromkeys(wanted - late, urn))
            return frozenset(contact_id for _, contact_id in late)

    def unclaimed(self, target: Target, ids: Iterable[ContactId]) -> frozenset[ContactId]:
        """Returns those contacts that no set of this run has claimed."""
        with self._lock:
            return frozenset(contact_id for contact_id in ids if (target, contact_id) not in self._claimed)

    def let_go(self, target: Target, ids: Mapping[ContactId, str]) -> frozenset[ContactId]:
        """Marks contacts as being deleted.

        Args:
            target: Where they live.
            ids: The contacts, each with the URN whose claim on it does not count: a set may delete what it claimed
                itself in order to replace it. An empty URN respects every claim.

        Returns:
            Those that may be deleted; the others are claimed.
        """
        with self._lock:
            free = {
                (target, contact_id)
                for contact_id, urn in ids.items()
                if self._claimed.get((target, contact_id), urn) == urn
            }
            for entry in free:
                self._claimed.pop(entry, None)
            self._leaving |= free
            return frozenset(contact_id for _, contact_id in free)
