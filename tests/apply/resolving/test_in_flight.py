"""Creations that are in flight: how they are looked for, until when, and what is taken for them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from apply.conftest import TARGET, Set
from outside import Sinch, person, reads, writes
from sinch_contacts.apply.matching import Namesakes, split_namesakes
from sinch_contacts.apply.resolving.in_flight import Awaited, InFlight
from sinch_contacts.apply.run import Run
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, Key, LiveContact
from sinch_contacts.core.contact.digest import fingerprint_of
from sinch_contacts.core.contact.name import name_of
from sinch_contacts.core.record.problem import Kind
from sinch_contacts.core.record.recorded import Origin, Record, Status, record_contact

OURS, THEIRS = "Ours", "Theirs"


def contact(number: int) -> Contact:
    return Contact((ChannelIdentity("SMS", f"1202{number:07d}"),), "EN_US", external_id=f"p{number}")


def there(number: int, name: str = OURS) -> dict[str, Any]:
    return {**person(number), "external_id": f"p{number}", "display_name": name}


class Flight(InFlight):
    """Contacts that are ours where their display name says so.

    Attributes:
        run: The run.
        seen: What was seen once: its key, and its id.
        told: How many were seen of how many, look by look.
    """

    def __init__(self, run: Run, awaited: Sequence[Awaited]) -> None:
        super().__init__(run, awaited)
        self.run = run
        self.seen: dict[Key, ContactId] = {}
        self.told: list[tuple[int, int]] = []

    def _split(self, item: Awaited, found: Sequence[LiveContact]) -> Namesakes:
        return split_namesakes(
            lambda live: live.contact.display_name == OURS and name_of(live.contact) in item.names, found
        )

    def _note_seen(self, item: Awaited, live: LiveContact) -> None:
        self.seen[item.key] = live.id
        self._run.states.seen_as_asked(item.key, live.id, Origin.CREATED)

    def _tell_progress(self, seen: int, total: int) -> None:
        self.told.append((seen, total))


MakeFlight = Callable[..., Flight]


@pytest.fixture
def begin(friends: Set) -> Iterator[MakeFlight]:
    """Asks for some contacts just now, all calls having been lost from sight."""
    runs: list[Run] = []

    def make(*numbers: int, asked_at: float | None = None, record: Record | None = None) -> Flight:
        runs.append(Run(friends.ctx(), record or {}))
        at = friends.clock.now() if asked_at is None else asked_at
        for number in numbers:
            runs[-1].states.create_sent(Key(f"p{number}"), fingerprint_of(contact(number)), int(at))
        return Flight(runs[-1], [Awaited(Key(f"p{n}"), (name_of(contact(n)),), at, None) for n in numbers])

    yield make
    for run in runs:
        run.close()


def appear(friends: Set, sinch: Sinch, *contacts: dict[str, Any]) -> None:
    """Has contacts appear after what was asked for until now."""
    friends.clock.sleep(10)
    sinch.seed(contacts)
    sinch.calls()


def test_a_look_takes_what_is_there_and_leaves_the_rest(begin: MakeFlight, friends: Set, sinch: Sinch) -> None:
    flight = begin(1, 2, 3)
    appear(friends, sinch, there(1), there(3))
    flight.look()
    assert (flight.seen.keys(), flight.left.keys(), flight.foreign) == ({"p1", "p3"}, {"p2"}, {})
    assert writes(sinch.calls()) == {}


class TestAWait:
    def test_costs_one_call_at_a_time_and_ends_before_the_last_look(
        self, begin: MakeFlight, friends: Set, sinch: Sinch
    ) -> None:
        friends.settings = type(friends.settings)(first_poll=1, longest_poll=8)
        flight = begin(*range(1, 101))
        began = friends.clock.now()
        flight.wait(began + 40)
        assert friends.clock.now() == began + 40
        assert reads(sinch.calls()) == len(flight.told) - 1 == 7, "looks after 1, 3, 7, 15, 23, 31 and 39 seconds"
        assert set(flight.told) == {(0, 100)}

    def test_probes_another_contact_at_each_look_the_one_that_was_asked_for_last_first(
        self, begin: MakeFlight, friends: Set, sinch: Sinch
    ) -> None:
        friends.settings = type(friends.settings)(first_poll=1, longest_poll=1)
        flight = begin(1, 2, 3)
        appear(friends, sinch, there(1))
        flight.wait(friends.clock.now() + 3.5)
        assert flight.told == [(0, 3), (0, 3), (0, 3), (1, 3)], "the third probe is of the one that is there"

    def test_ends_with_the_first_probe_that_shows_that_all_are_there(
        self, begin: MakeFlight, friends: Set, sinch: Sinch
    ) -> None:
        flight = begin(*range(1, 41))
        appear(friends, sinch, *map(there, range(1, 41)))
        began = friends.clock.now()
        flight.wait(began + 60)
        assert (len(flight.seen), flight.left) == (40, {})
        assert friends.clock.now() == began + friends.settings.first_poll
        assert sinch.calls() == {"find": 1, "list": 3}

    def test_for_nothing_takes_no_time(self, begin: MakeFlight, friends: Set, sinch: Sinch) -> None:
        began = friends.clock.now()
        begin().wait(began + 60)
        assert (friends.clock.now(), sinch.calls()) == (began, {})


class TestWhatIsOlderThanItsCall:
    def test_is_not_taken_for_it_until_the_time_is_over(self, begin: MakeFlight, friends: Set, sinch: Sinch) -> None:
        sinch.seed([there(1)])
        friends.clock.sleep(100)
        flight = begin(1)
        flight.look()
        flight.wait(friends.clock.now() + 60)
        assert (flight.seen, flight.left.keys()) == ({}, {"p1"})
        flight.conclude()
        assert (flight.seen.keys(), flight.left) == ({"p1"}, {})


class TestNamesakes:
    def test_of_somebody_else_are_named_and_do_not_end_the_wait(
        self, begin: MakeFlight, friends: Set, sinch: Sinch
    ) -> None:
        flight = begin(1)
        appear(friends, sinch, there(1, THEIRS))
        flight.conclude()
        (theirs,) = sinch.contacts()
        assert (flight.left.keys(), flight.namesakes(Key("p1"))) == ({"p1"}, f"contacts {theirs['id']}")
        appear(friends, sinch, there(1))
        flight.conclude()
        assert (flight.seen.keys(), flight.left, flight.foreign) == ({"p1"}, {}, {})
        (problem,) = flight.run.problems
        assert problem.kind is Kind.DOUBLED
        assert theirs["id"] in problem.detail

    def test_that_another_contact_of_the_set_is_are_not_taken(
        self, begin: MakeFlight, friends: Set, sinch: Sinch
    ) -> None:
        friends.clock.sleep(10)
        sinch.seed([there(1)])
        found = ContactId(sinch.contacts()[0]["id"])
        flight = begin(1, asked_at=1, record={Key("other"): record_contact(Key("other"), contact(9), contact_id=found)})
        flight.conclude()
        assert (flight.seen, flight.left.keys(), flight.foreign) == ({}, {"p1"}, {})

    def test_that_another_set_of_the_program_has_just_made_are_not_taken(
        self, begin: MakeFlight, friends: Set, sinch: Sinch
    ) -> None:
        flight = begin(1)
        appear(friends, sinch, there(1))
        friends.claims.note_made(TARGET, "urn::other", ContactId(sinch.contacts()[0]["id"]))
        flight.conclude()
        assert (flight.seen, flight.left.keys(), flight.foreign) == ({}, {"p1"}, {})


class TestCopies:
    def test_go_and_what_was_made_first_stays(self, begin: MakeFlight, friends: Set, sinch: Sinch) -> None:
        flight = begin(1)
        appear(friends, sinch, there(1), there(1), there(1))
        first = min(one["id"] for one in sinch.contacts())
        began = friends.clock.now()
        flight.conclude()
        assert (flight.seen, flight.left) == ({}, {})
        flight.settle_copies()
        assert writes(sinch.calls()) == {"batch_delete": 1}
        assert flight.seen == {"p1": first}
        assert [one["id"] for one in sinch.contacts()] == [first]
        assert friends.clock.now() >= began + friends.settings.settle_time - 10, "more of them might have appeared"

    def test_that_cannot_be_deleted_are_told_and_stay_awaited(
        self, begin: MakeFlight, friends: Set, sinch: Sinch
    ) -> None:
        flight = begin(1)
        appear(friends, sinch, there(1), there(1))
        sinch.faults({"kind": "drop_item", "operation": "batch_delete", "times": None})
        flight.conclude()
        flight.settle_copies()
        assert {problem.kind for problem in flight.run.problems} == {Kind.DOUBLED}
        assert (flight.seen, flight.run.states[Key("p1")].status) == ({}, Status.CREATING)

    def test_that_are_not_there_take_no_time(self, begin: MakeFlight, friends: Set, sinch: Sinch) -> None:
        flight = begin(1)
        appear(friends, sinch, there(1))
        flight.look()
        began = friends.clock.now()
        sinch.calls()
        flight.settle_copies()
        assert (friends.clock.now(), sinch.calls()) == (began, {})
