"""Reading contacts back, by the way that costs least.

A page tells 20 contacts and pages come one after another; a look-up tells one, and look-ups run side by side. So a
small or empty project is known after a page or two, and in a large one it is cheaper to look each contact up. Nobody
tells the size of a project, so a reader scans for as long as scanning is the cheaper bet, and then looks up the rest.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import ceil, inf
from typing import Final, TypeVar

from sinch_contacts.api.port import ContactsApi
from sinch_contacts.apply.names import name_of, names_of
from sinch_contacts.core.contact import ContactId, Key, LiveContact
from sinch_contacts.core.desired import DesiredContact
from sinch_contacts.core.errors import ContactsError

_LOOKUPS_PER_PAGE: Final = 4
"""Look-ups that take about as long as one page: they run side by side, pages do not."""

Found = dict[Key, tuple[LiveContact, ...]]
"""What was found, by key; a key that was not found is left out."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class OverBudget(ContactsError):
    """A reader was given a budget of calls, and more are needed."""


class Reader:
    """Reads contacts of one project; remembers how large the project is at least."""

    def __init__(self, api: ContactsApi, concurrency: int, budget: float = inf) -> None:
        """Prepares a reader.

        Args:
            api: The project.
            concurrency: Look-ups under way at once.
            budget: The most calls that it may make in its life.
        """
        self._api = api
        self._concurrency = concurrency
        self._budget = budget
        self._least_pages = 0

    def side_by_side(self, work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """Does the same for each item, several at once; results come in the order of the items."""
        if len(items) <= 1 or self._concurrency == 1:
            return [work(item) for item in items]
        with ThreadPoolExecutor(self._concurrency) as pool:
            return list(pool.map(work, items))

    def look_up(self, wanted: DesiredContact) -> tuple[LiveContact, ...]:
        """Finds a contact by its external id, or by its first identity where it has none."""
        if wanted.contact.external_id:
            return self._api.find_by_external_id(wanted.contact.external_id)
        return self._api.find_by_identity(wanted.contact.channel_identities[0])

    def find(self, wanted: Mapping[Key, DesiredContact]) -> Found:
        """Finds contacts by external id or identity.

        A contact that is left out of the result was not seen in a scan of the whole project, or in a look-up.
        """
        names = {name_of(row.contact): key for key, row in wanted.items()}
        found: defaultdict[Key, dict[ContactId, LiveContact]] = defaultdict(dict)

        def note(contacts: Iterable[LiveContact]) -> bool:
            for live in contacts:
                for name in names_of(live):
                    if (key := names.get(name)) is not None:
                        found[key][live.id] = live
            return False

        if not self._scan(note, len(wanted)):
            missing = [contact for key, contact in wanted.items() if key not in found]
            self._spend(len(missing))
            for contact, copies in zip(missing, self.side_by_side(self.look_up, missing), strict=True):
                found[contact.key].update((live.id, live) for live in copies)
        return {key: tuple(copies.values()) for key, copies in found.items() if copies}

    def everything(self) -> Iterator[LiveContact]:
        """Reads the whole project, page by page."""
        token = ""
        while True:
            page = self._api.list_page(token)
            yield from page.contacts
            token = page.next_token
            if not token:
                return

    def find_ids(self, ids: Sequence[ContactId]) -> dict[ContactId, LiveContact]:
        """Reads contacts by id; one that is left out is not there.

        A contact that a scan did not show is looked up by its id: a miss in a scan is not absence.
        """
        found: dict[ContactId, LiveContact] = {}
        wanted = set(ids)

        def note(contacts: Iterable[LiveContact]) -> bool:
            found.update((live.id, live) for live in contacts if live.id in wanted)
            return len(found) == len(wanted)

        self._scan(note, len(wanted))
        missing = [contact_id for contact_id in ids if contact_id not in found]
        for live in self.side_by_side(self._api.get, missing):
            if live is not None:
                found[live.id] = live
        return found

    def still_there(self, ids: Sequence[ContactId]) -> frozenset[ContactId]:
        """Says which of some contacts still live, after their deletion was accepted."""
        seen: set[ContactId] = set()
        wanted = set(ids)

        def note(contacts: Iterable[LiveContact]) -> bool:
            seen.update(live.id for live in contacts if live.id in wanted)
            return False

        if self._scan(note, len(ids)):
            return frozenset(seen)
        return frozenset(live.id for live in self.side_by_side(self._api.get, ids) if live is not None)

    def _scan(self, note: Callable[[Iterable[LiveContact]], bool], lookups: int) -> bool:
        """Reads pages while that is cheaper than so many look-ups; returns whether the whole project was seen."""
        most = ceil(lookups / _LOOKUPS_PER_PAGE)
        if self._least_pages > most:
            return False
        token = ""
        for pages in range(1, most + 1):
            self._spend(1)
            page = self._api.list_page(token)
            if note(page.contacts):
                return True
            token = page.next_token
            if not token:
                return True
            self._least_pages = max(self._least_pages, pages + 1)
        return False

    def _spend(self, calls: int) -> None:
        self._budget -= calls
        if self._budget < 0:
            raise OverBudget("More calls are needed than may be spent on looking.")
