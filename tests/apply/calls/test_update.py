"""Contacts that are declared differently: what is patched, and what is told where that fails."""

from collections.abc import Iterator

import pytest

from apply.conftest import Set, VirtualClock
from outside import Sinch, people, person, writes
from sinch_contacts.core.record.problem import Kind
from sinch_contacts.emulator.server import running
from sinch_contacts.emulator.settings import EmulatorSettings


def test_a_changed_field_is_patched_alone(friends: Set, sinch: Sinch) -> None:
    friends.up(people(3))
    contacts = people(3)
    contacts["person-00002"]["email"] = "new@example.com"
    sinch.patch(sinch.by_external_id()["person-00002"]["id"], {"metadata": "not ours"})
    sinch.calls()

    assert friends.up(contacts).incomplete is None

    assert sinch.calls() == {"update": 1}
    changed = sinch.by_external_id()["person-00002"]
    assert (changed["email"], changed["metadata"]) == ("new@example.com", "not ours")


def test_a_field_that_is_no_longer_named_is_cleared(friends: Set, sinch: Sinch) -> None:
    friends.up({"a": person(1, email="a@example.com", channel_priority=["SMS"])})
    friends.up({"a": person(1)})
    contact = sinch.contacts()[0]
    assert (contact["email"], contact["channel_priority"]) == ("", [])


def test_a_contact_that_somebody_deleted_meanwhile_is_created_again(friends: Set, sinch: Sinch) -> None:
    friends.up(people(2))
    sinch.delete(friends.record["person-00001"].id)
    contacts = people(2)
    contacts["person-00001"]["display_name"] = "New"
    assert friends.up(contacts).incomplete is None
    assert sinch.by_external_id()["person-00001"]["display_name"] == "New"


def test_a_failed_update_is_told_and_tried_again(friends: Set, sinch: Sinch) -> None:
    friends.up(people(2))
    contacts = {key: {**contact, "display_name": "New"} for key, contact in people(2).items()}
    sinch.faults({"kind": "error_before", "operation": "update", "times": None, "status": 400})
    outcome = friends.up(contacts)
    assert outcome.incomplete
    assert {problem.kind for problem in outcome.incomplete.problems} == {Kind.REJECTED}
    sinch.faults()
    assert friends.up(contacts).incomplete is None
    assert {contact["display_name"] for contact in sinch.contacts()} == {"New"}


def test_an_update_that_fails_for_good_ends_the_work_and_deletes_nothing(friends: Set, sinch: Sinch) -> None:
    friends.up(people(3))
    contacts = {"person-00001": person(1, display_name="New")}
    sinch.faults({"kind": "throttle", "operation": "update", "times": None})
    outcome = friends.up(contacts)
    assert outcome.incomplete
    assert "429" in outcome.incomplete.message
    assert len(sinch.contacts()) == 3


def test_an_identity_that_moves_is_free_before_it_is_used_again(friends: Set, sinch: Sinch) -> None:
    friends.up({"a": person(1), "b": person(2)})
    both = [*person(2)["channel_identities"], *person(1)["channel_identities"]]
    sinch.calls()
    outcome = friends.up(
        {
            "b": person(2),
            "c": {**person(9), "channel_identities": [*both[1:], {"channel": "TELEGRAM", "identity": "c"}]},
        }
    )
    assert outcome.incomplete is None
    assert writes(sinch.calls()) == {"batch_delete": 1, "batch_create": 1}
    assert sinch.by_external_id().keys() == {"b", "c"}


class TestNumbersThatMayBeThereOnce:
    """Under Unified Contact ID, Sinch may refuse a number that another contact still has."""

    @pytest.fixture
    def sinch(self, clock: VirtualClock) -> Iterator[Sinch]:
        knobs = EmulatorSettings(
            lag=2.0, now=clock.now, token_lifetime=1e6, requests_per_second=1e9, duplicates="refuse"
        )
        with running(knobs) as url:
            strict = Sinch(url)
            strict.unify()
            yield strict

    def test_numbers_are_handed_on_from_contact_to_contact_in_one_run(self, friends: Set, sinch: Sinch) -> None:
        friends.up({key: person(number) for number, key in enumerate("abcd", 1)})
        before = {key: entry.id for key, entry in friends.record.items()}
        sinch.calls()

        assert friends.up({key: person(number) for number, key in enumerate("abcd", 2)}).incomplete is None

        assert sinch.calls()["update"] <= 4 + 3 + 2 + 1
        found = sinch.by_external_id()
        assert {key: found[key]["id"] for key in "abcd"} == before
        assert [found[key]["channel_identities"][0]["identity"][-1] for key in "abcd"] == list("2345")

    def test_contacts_that_exchange_their_numbers_are_told_the_way_out(self, friends: Set, sinch: Sinch) -> None:
        friends.up({"a": person(1), "b": person(2), "c": person(3)})
        sinch.calls()

        outcome = friends.up({"a": person(2), "b": person(1), "c": person(3, display_name="New")})

        assert sinch.calls()["update"] == 3
        assert outcome.incomplete
        told = [str(problem) for problem in outcome.incomplete.problems]
        assert [line.partition(": rejected: ")[0].rpartition(" ")[2] for line in told] == ["a", "b"]
        assert all("already exists" in line and "give one of them another identity first" in line for line in told)
        friends.up({"a": person(2), "b": person(9)})
        assert friends.up({"a": person(2), "b": person(1)}).incomplete is None
