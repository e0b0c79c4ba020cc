"""How contacts are read: the calls that each way makes, to the last one."""

from collections.abc import Callable

import pytest

from apply.conftest import Set, VirtualClock
from outside import Sinch, people, person
from sinch_contacts.api.port import Page
from sinch_contacts.apply.reading.reader import OverBudget, Reader
from sinch_contacts.core.contact.contact import Contact, ContactId, LiveContact
from sinch_contacts.core.contact.name import name_of
from sinch_contacts.core.plan.reading import Pace, Reading


class Endless:
    """A project without an end, in which each page takes its time."""

    def __init__(self, clock: VirtualClock, seconds: float) -> None:
        self.calls = 0
        self._clock = clock
        self._seconds = seconds

    def list_page(self, _token: str = "") -> Page:
        self.calls += 1
        self._clock.sleep(self._seconds)
        others = (LiveContact(ContactId(f"{self.calls}-{number}"), Contact((), "EN")) for number in range(20))
        return Page(tuple(others), f"more-{self.calls}")

    def get(self, contact_id: ContactId) -> LiveContact:
        return LiveContact(contact_id, Contact((), "EN"))


def foreign(sinch: Sinch, count: int) -> None:
    sinch.seed([{**person(50_000 + number), "external_id": f"other-{number}"} for number in range(count)])


class TestStrategies:
    @pytest.mark.parametrize(
        ("reading", "others", "created", "refreshed"),
        [
            (Reading.SCAN, 0, {"list": 1 + 3, "find": 5}, {"list": 2}),
            (Reading.LOOKUP, 0, {"find": 40 + 5 + 39}, {"get": 40}),
            (Reading.AUTO, 0, {"list": 1 + 3, "find": 5}, {"list": 2}),
            (Reading.LOOKUP, 2_000, {"find": 40 + 5 + 39}, {"get": 40}),
            (Reading.AUTO, 2_000, {"list": 8, "find": 40 + 5 + 39}, {"list": 8, "get": 40}),
        ],
    )
    def test_a_creation_and_a_refresh_make_exactly_these_calls(  # noqa: PLR0913, PLR0917  # a table
        self,
        make_set: Callable[..., Set],
        sinch: Sinch,
        reading: Reading,
        others: int,
        created: dict[str, int],
        refreshed: dict[str, int],
    ) -> None:
        friends = make_set(reading=reading)
        foreign(sinch, others)
        sinch.calls()
        assert friends.up(people(40)).incomplete is None
        assert sinch.calls() == {"batch_create": 1, **created}
        friends.refresh()
        seen = sinch.calls()
        assert seen.keys() == refreshed.keys()
        assert all(seen[kind] <= count for kind, count in refreshed.items()), "some of ours may be on a page"

    def test_a_scan_that_is_asked_for_goes_to_the_end(self, make_set: Callable[..., Set], sinch: Sinch) -> None:
        friends = make_set(reading=Reading.SCAN)
        foreign(sinch, 2_000)
        sinch.calls()
        assert friends.up(people(40)).incomplete is None
        assert sinch.calls() == {"batch_create": 1, "list": 101 + 103, "find": 5}

    def test_a_few_new_ones_in_a_large_set_are_looked_up_at_once(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(500))
        sinch.calls()
        assert friends.up(people(510)).incomplete is None
        assert "list" not in sinch.calls()


class TestReader:
    @pytest.mark.parametrize(("seconds", "pages"), [(0.0, 20), (0.1, 20), (0.3, 13), (5.0, 13)])
    def test_the_slower_pages_are_the_fewer_are_read(self, clock: VirtualClock, seconds: float, pages: int) -> None:
        api = Endless(clock, seconds)
        ids = [ContactId(f"id-{number}") for number in range(100)]
        assert len(Reader(api, Pace(), clock.now).find_ids(ids)) == 100  # type: ignore[arg-type]
        assert api.calls == pages

    def test_a_project_that_went_on_and_on_is_not_tried_again(self, clock: VirtualClock) -> None:
        api = Endless(clock, 0)
        reader = Reader(api, Pace(), clock.now)  # type: ignore[arg-type]
        ids = [ContactId(f"id-{number}") for number in range(100)]
        reader.find_ids(ids)
        reader.grow(-100)
        assert reader.still_there(ids) == frozenset(ids)
        assert api.calls == 20
        reader.find_ids([ContactId(f"id-{number}") for number in range(1_000)])
        assert api.calls == 20 + 200

    def test_what_a_scan_has_shown_is_not_asked_for_again(self, clock: VirtualClock) -> None:
        api = Endless(clock, 0)
        asked: list[ContactId] = []

        def get(contact_id: ContactId) -> None:
            asked.append(contact_id)

        api.get = get  # type: ignore[assignment,method-assign]
        ids = [ContactId(f"1-{number}") for number in range(5)] + [ContactId("gone-1"), ContactId("gone-2")]
        assert Reader(api, Pace(), clock.now).still_there(ids) == frozenset(ids[:5])  # type: ignore[arg-type]
        assert sorted(asked) == ["gone-1", "gone-2"]

    @pytest.mark.parametrize(("wanted", "calls"), [(20, 4), (24, 1), (25, 0), (26, 25)])
    def test_a_budget_goes_to_what_it_can_pay_for(
        self, friends: Set, clock: VirtualClock, wanted: int, calls: int
    ) -> None:
        api = Endless(clock, 0)
        found: list[int] = []
        api.find_by_external_id = lambda _: found.append(1) or ()  # type: ignore[attr-defined]
        reader = Reader(api, Pace(), clock.now, budget=25)  # type: ignore[arg-type]
        rows = {row.key: (name_of(row.contact),) for row in friends.rows(people(wanted))}
        if wanted > 25:
            with pytest.raises(OverBudget):
                reader.find(rows)
        else:
            assert reader.find(rows) == {}
            assert len(found) == wanted
        assert api.calls == calls
