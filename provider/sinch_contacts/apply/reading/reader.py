"""Reading contacts back, by the way that costs least.

A small or empty project is known after a page or two, and in a large one it is cheaper to look each contact up. Nobody
tells the size of a project, so a reader scans for as long as scanning is the cheaper bet, and then looks up the rest;
`core.reading` says how long that is. A reader remembers what it has learnt of the size and of the time that pages take.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import inf
from typing import TypeVar

import msgspec

from sinch_contacts.api.port import ContactsApi, Page
from sinch_contacts.apply.names import name_of, names_of
from sinch_contacts.core.contact.contact import ContactId, Key, LiveContact
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.limits import PAGE_SIZE
from sinch_contacts.core.plan.reading import LATENCY, Pace
from sinch_contacts.core.record.recorded import Record, Status

Found = dict[Key, tuple[LiveContact, ...]]
"""What was found, by key; a key that was not found is left out."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class OverBudget(ContactsError):
    """A reader was given a budget of calls, and more are needed."""


class Reader:
    """Reads contacts of one project; remembers how large the project is at least."""

    def __init__(
        self, api: ContactsApi, pace: Pace, now: Callable[[], float], *, least: int = 0, budget: float = inf
    ) -> None:
        """Prepares a reader.

        Args:
            api: The project.
            pace: How fast contacts can be read, and how they are to be.
            now: Tells the time in seconds.
            least: How many contacts the project has at least, as far as is known.
            budget: The most calls that it may make in its life.
        """
        self._api = api
        self._pace = pace
        self._now = now
        self._least = least
        self._budget = budget
        self._pages = 0
        self._seconds = 0.0

    def grow(self, contacts: int) -> None:
        """Notes that so many contacts came to the project, or went where the number is negative."""
        self._least = max(0, self._least + contacts)

    def side_by_side(self, work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """Does the same for each item, several at once; results come in the order of the items."""
        if len(items) <= 1 or self._pace.concurrency == 1:
            return [work(item) for item in items]
        with ThreadPoolExecutor(self._pace.concurrency) as pool:
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

        if not self._scan(note, len(ids)):
            unseen = [contact_id for contact_id in ids if contact_id not in seen]
            seen.update(live.id for live in self.side_by_side(self._api.get, unseen) if live is not None)
        return frozenset(seen)

    def _scan(self, note: Callable[[Iterable[LiveContact]], bool], lookups: int) -> bool:
        """Reads pages while that is cheaper than so many look-ups; returns whether the whole project was seen."""
        token, pages, contacts = "", 0, 0
        while pages < self._pace.most_pages(lookups, self._least, self._budget + pages):
            self._spend(1)
            page = self._page(token)
            pages += 1
            contacts += len(page.contacts)
            if note(page.contacts):
                return True
            token = page.next_token
            if not token:
                self._least = contacts
                return True
            self._least = max(self._least, pages * PAGE_SIZE + 1)
        # What went on that long is taken to go on as long again: else each look would try once more.
        self._least = max(self._least, 2 * pages * PAGE_SIZE)
        return False

    def _page(self, token: str) -> Page:
        """Reads a page, and learns from it how long pages take."""
        started = self._now()
        page = self._api.list_page(token)
        self._pages += 1
        self._seconds += self._now() - started
        latency = max(LATENCY, self._seconds / self._pages)
        self._pace = msgspec.structs.replace(self._pace, latency=latency)
        return page

    def _spend(self, calls: int) -> None:
        self._budget -= calls
        if self._budget < 0:
            raise OverBudget("More calls are needed than may be spent on looking.")


def known_contacts(record: Record) -> int:
    """Returns how many contacts a project has at least, by what is recorded."""
    return sum(bool(entry.id) and entry.status is not Status.GONE for entry in record.values())
