"""The claims of a run: which set has claimed which contact.

All sets of a run share one process. A contact may leave one set and enter another, a set may be renamed or replaced,
and the engine then creates first and deletes afterwards. The claims let no set delete what another one has claimed,
and let no set adopt what is being deleted.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from threading import Lock
from typing import Final

from sinch_contacts.core.contact.contact import ContactId, Key
from sinch_contacts.core.contact.showing import mask_key
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.record.recorded import Origin, Record, Status
from sinch_contacts.core.record.states import States
from sinch_contacts.core.target import Target

_SHOWN: Final = 5

Names = Callable[[], Iterable[str]]
"""Gives the names of contacts."""


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


class _Place:
    """The claims on the contacts of one target."""

    def __init__(self) -> None:
        self.declared: dict[str, str] = {}
        self.claimed: dict[ContactId, str] = {}
        self.leaving: set[ContactId] = set()
        self.made: dict[ContactId, str] = {}
        self.origins: dict[ContactId, Origin] = {}
        self.declarers: dict[str, Names | None] = {}
        self.staying: list[tuple[str, Callable[[], Record]]] = []


class Claims:
    """Claims on contacts, by target. Safe to use from several threads.

    What a set declares, and what is recorded of a set that stays as it is, is only looked at when another set asks:
    most programs have one set for each project, and most of their runs change nothing.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._places: defaultdict[Target, _Place] = defaultdict(_Place)

    def declare(self, target: Target, urn: str, names: Names) -> None:
        """Notes the contacts that a set wants.

        Args:
            target: Where they live.
            urn: Names the set.
            names: Gives their external ids or identity keys; it is called once there is another set.

        Raises:
            ClaimedTwice: Another set of this run wants some of them.
        """
        with self._lock:
            place = self._places[target]
            place.declarers[urn] = names
            if len(place.declarers) == 1:
                return
            for declarer, give in place.declarers.items():
                if give:
                    place.declarers[declarer] = None
                    _declare(place, declarer, tuple(give()))

    def claim_lazily(self, target: Target, urn: str, record: Callable[[], Record]) -> None:
        """Notes and claims all contacts of a set that stays as it is; its record is read once somebody asks."""
        with self._lock:
            self._places[target].staying.append((urn, record))

    def remember_origins(self, target: Target, record: Record) -> None:
        """Remembers what the state says of where contacts come from, for a set that takes them over in this run."""
        with self._lock:
            _note(self._place(target), record)

    def origin(self, target: Target, contact_id: ContactId) -> Origin | None:
        """Returns where a contact comes from, as far as the state of some set of this run tells."""
        with self._lock:
            return self._place(target).origins.get(contact_id)

    def claim(self, target: Target, urn: str, ids: Iterable[ContactId]) -> frozenset[ContactId]:
        """Claims contacts for a set; returns those that could not be claimed, since they are being deleted."""
        with self._lock:
            return _claim(self._place(target), urn, ids)

    def claim_staying(
        self, target: Target, urn: str, states: States, declared: Container[Key], now: Callable[[], int]
    ) -> None:
        """Claims what stays of a set; what another set of this run deletes is recorded as being deleted.

        Args:
            target: Where the contacts live.
            urn: Names the set.
            states: The record of the set.
            declared: The keys of its declared contacts.
            now: Returns the time as it is recorded.
        """
        keys = {entry.id: entry.key for entry in states.values() if entry.id and entry.key in declared}
        for contact_id in self.claim(target, urn, keys):
            if states[keys[contact_id]].status is not Status.DELETING:
                states.leaving(keys[contact_id], now())

    def leaving(self, target: Target, ids: Iterable[ContactId]) -> frozenset[ContactId]:
        """Returns those contacts that are being deleted."""
        with self._lock:
            return frozenset(ids) & self._place(target).leaving

    def reclaim(self, target: Target, urn: str, ids: Collection[ContactId]) -> None:
        """Claims contacts whose deletion turned out to be lost."""
        with self._lock:
            place = self._place(target)
            place.leaving.difference_update(ids)
            place.claimed.update(dict.fromkeys(ids, urn))

    def note_made(self, target: Target, urn: str, contact_id: ContactId) -> None:
        """Notes that a set has created a contact in this run: no other set has asked for it."""
        with self._lock:
            self._place(target).made[contact_id] = urn

    def made_by_others(self, target: Target, urn: str, ids: Iterable[ContactId]) -> frozenset[ContactId]:
        """Returns those contacts that other sets have created in this run."""
        with self._lock:
            made = self._place(target).made
            return frozenset(contact_id for contact_id in ids if made.get(contact_id, urn) != urn)

    def unclaimed(self, target: Target, ids: Iterable[ContactId]) -> frozenset[ContactId]:
        """Returns those contacts that no set of this run has claimed."""
        with self._lock:
            claimed = self._place(target).claimed
            return frozenset(contact_id for contact_id in ids if contact_id not in claimed)

    def release_for_deletion(self, target: Target, ids: Mapping[ContactId, str]) -> frozenset[ContactId]:
        """Marks contacts as being deleted.

        Args:
            target: Where they live.
            ids: The contacts, each with the URN whose claim on it does not count: a set may delete what it claimed
                itself in order to replace it. An empty URN respects every claim.

        Returns:
            Those that may be deleted; the others are claimed.
        """
        with self._lock:
            place = self._place(target)
            free = frozenset(contact_id for contact_id, urn in ids.items() if place.claimed.get(contact_id, urn) == urn)
            for contact_id in free:
                place.claimed.pop(contact_id, None)
            place.leaving |= free
            return free

    def _place(self, target: Target) -> _Place:
        """Returns the claims of a target, those of sets that stay as they are among them."""
        place = self._places[target]
        staying, place.staying = place.staying, []
        for urn, read in staying:
            record = read()
            _note(place, record)
            _claim(place, urn, (entry.id for entry in record.values() if entry.id))
        return place


def _declare(place: _Place, urn: str, names: Sequence[str]) -> None:
    others = [name for name in names if place.declared.get(name, urn) != urn]
    if others:
        raise ClaimedTwice(place.declared[others[0]], tuple(others))
    place.declared.update(dict.fromkeys(names, urn))


def _note(place: _Place, record: Record) -> None:
    leaving = {entry.id for entry in record.values() if entry.id and entry.status is Status.DELETING}
    place.leaving |= leaving - place.claimed.keys()
    place.origins.update((entry.id, entry.origin) for entry in record.values() if entry.id)


def _claim(place: _Place, urn: str, ids: Iterable[ContactId]) -> frozenset[ContactId]:
    wanted = frozenset(ids)
    late = wanted & place.leaving
    place.claimed.update(dict.fromkeys(wanted - late, urn))
    return late
