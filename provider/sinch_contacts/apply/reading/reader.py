"""Reading contacts back, by the way that costs least.

A small or empty project is known after a page or two, and in a large one it is cheaper to look each contact up. Nobody
tells the size of a project, so a reader scans for as long as scanning is the cheaper bet, and then looks up the rest;
`core.plan.reading` says how long that is. A reader remembers what it has learnt of the size and of the time that pages
take.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import inf
from typing import TypeVar

import msgspec

from sinch_contacts.api.port import Page, ReadApi
from sinch_contacts.apply.reading.pages import walk
from sinch_contacts.core.contact.contact import ContactId, Key, LiveContact
from sinch_contacts.core.contact.name import Name, external_id_of, identity_of, names_of
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.limits import PAGE_SIZE
from sinch_contacts.core.plan.reading import LATENCY, Pace
from sinch_contacts.core.record.recorded import Record, Status

Names = tuple[Name, ...]
"""The names under which one contact may be there: more than one where its set's prefix has changed."""

Found = dict[Key, tuple[LiveContact, ...]]
"""What was found, by key; a key that was not found is left out."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class OverBudget(ContactsError):
    """A reader was given a budget of calls, and more are needed."""


class Reader:
    """Reads contacts of one project; remembers how large the project is at least."""

    def __init__(
        self, api: ReadApi, pace: Pace, now: Callable[[], float], *, least: int = 0, budget: float = inf
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
        self._listed: set[ContactId] = set()

    def grow(self, contacts: int) -> None:
        """Notes that so many contacts came to the project, or went where the number is negative."""
        self._least = max(0, self._least + contacts)

    def side_by_side(self, work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """Does the same for each item, several at once; results come in the order of the items."""
        if len(items) <= 1 or self._pace.concurrency == 1:
            return [work(item) for item in items]
        with ThreadPoolExecutor(self._pace.concurrency) as pool:
            return list(pool.map(work, items))

    def look_up(self, names: Names) -> tuple[LiveContact, ...]:
        """Finds the contacts that have one of some names."""
        found = (live for name in names for live in self._look_up(name))
        return tuple({live.id: live for live in found}.values())

    def find(self, wanted: Mapping[Key, Names]) -> Found:
        """Finds contacts by their names.

        A contact that is left out of the result was not seen in a scan of the whole project, or in a look-up.

        Args:
            wanted: The names under which each may be there.
        """
        keys: dict[Name, tuple[Key, ...]] = {}
        for key, names in wanted.items():
            for name in names:
                keys[name] = (*keys.get(name, ()), key)
        found: defaultdict[Key, dict[ContactId, LiveContact]] = defaultdict(dict)

        def note(contacts: Iterable[LiveContact]) -> bool:
            for live in contacts:
                for name in names_of(live):
                    for key in keys.get(name, ()):
                        found[key][live.id] = live
                        self._listed.add(live.id)
            return False

        if not self._scan(note, len(wanted)):
            missing = [key for key in wanted if key not in found]
            self._spend(len(missing))
            for key, copies in self.look_each_up({key: wanted[key] for key in missing}).items():
                found[key].update((live.id, live) for live in copies)
        return {key: tuple(copies.values()) for key, copies in found.items() if copies}

    def ghosts(self, found: Found, few: float) -> frozenset[ContactId]:
        """Says which of the contacts that were found are not there by their ids.

        Args:
            found: What was found.
            few: Where it is no more than so many, what pages have shown is read by its id as well as what only a
                look-up has.
        """
        every = {live.id for copies in found.values() for live in copies}
        ids = sorted(every if len(every) <= few else every - self._listed)
        there = self.side_by_side(self._api.get, ids)
        return frozenset(contact_id for contact_id, live in zip(ids, there, strict=True) if live is None)

    def look_each_up(self, wanted: Mapping[Key, Names]) -> Found:
        """Finds contacts by their names, each by look-ups: one that is left out is not there."""
        found = zip(wanted, self.side_by_side(self.look_up, list(wanted.values())), strict=True)
        return {key: copies for key, copies in found if copies}

    def everything(self) -> Iterator[LiveContact]:
        """Reads the whole project, page by page, each contact once."""
        seen: set[ContactId] = set()

        def read(token: str) -> Page:
            self._spend(1)
            return self._api.list_page(token)

        for page in walk(read):
            yield from (live for live in page.contacts if live.id not in seen)
            seen.update(live.id for live in page.contacts)

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
        pages, seen = 0, set[ContactId]()
        walked = walk(self._page)
        while pages < self._pace.most_pages(lookups, self._least, self._budget + pages):
            page = next(walked)
            pages += 1
            seen.update(live.id for live in page.contacts)
            if note(page.contacts):
                return True
            if not page.next_token:
                self._least = len(seen)
                return True
            self._least = max(self._least, pages * PAGE_SIZE + 1)
        # What went on that long is taken to go on as long again: else each look would try once more.
        self._least = max(self._least, 2 * pages * PAGE_SIZE)
        return False

    def _look_up(self, name: Name) -> tuple[LiveContact, ...]:
        if external_id := external_id_of(name):
            return self._api.find_by_external_id(external_id)
        return self._api.find_by_identity(identity_of(name))

    def _page(self, token: str) -> Page:
        """Reads a page, and learns from it how long pages take."""
        self._spend(1)
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
