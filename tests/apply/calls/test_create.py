"""Contacts that are not there yet: they are created in batches, read back, and told where they are refused."""

from collections import Counter

import pytest

from apply.conftest import Set
from apply.naming import allow_nameless
from outside import Sinch, people, person, reads, writes
from sinch_contacts.api.errors import Misdirected
from sinch_contacts.apply.calls.create import RejectedAlike
from sinch_contacts.core.record.problem import Kind
from sinch_contacts.core.record.recorded import Origin, Status


def test_absent_contacts_are_created_in_one_batch_and_read_back(friends: Set, sinch: Sinch) -> None:
    outcome = friends.up(people(45))

    assert outcome.incomplete is None
    assert outcome.done == 45
    calls = sinch.calls()
    assert writes(calls) == {"batch_create": 1}
    assert reads(calls) <= 3 + 1 + 10
    there = sinch.by_external_id()
    assert {key: entry.id for key, entry in friends.record.items()} == {
        key: contact["id"] for key, contact in there.items()
    }
    assert {(entry.status, entry.origin) for entry in friends.record.values()} == {(Status.LIVE, Origin.CREATED)}


def test_a_second_run_calls_nothing(friends: Set, sinch: Sinch) -> None:
    friends.up(people(45))
    sinch.calls()
    assert friends.up(people(45)).done == 0
    assert sinch.calls() == {}


def test_contacts_without_an_external_id_are_created_and_read_back_by_their_identity(
    friends: Set, sinch: Sinch
) -> None:
    allow_nameless(friends)
    nameless = {f"nameless-{number}": person(number) for number in range(3)}
    assert friends.up(nameless).incomplete is None
    assert writes(sinch.calls()) == {"batch_create": 1}
    assert friends.record.keys() == {f"SMS:1202000000{number}" for number in range(3)}
    assert [contact["external_id"] for contact in sinch.contacts()] == ["", "", ""]
    assert friends.up(nameless).done == 0
    assert sinch.calls() == {}


def test_in_a_large_foreign_project_contacts_are_looked_up_instead_of_scanned(friends: Set, sinch: Sinch) -> None:
    sinch.seed([{**person(5000 + number), "external_id": f"other-{number}"} for number in range(2000)])

    outcome = friends.up(people(10))

    assert outcome.incomplete is None
    calls = sinch.calls()
    assert calls["list"] <= 3
    assert calls["find"] <= 10 + 10 + 6


def test_a_silently_dropped_row_is_found_by_reading_back(friends: Set, sinch: Sinch) -> None:
    sinch.faults({"kind": "drop_item", "operation": "batch_create", "match": "person-00031"})
    outcome = friends.up(people(50))
    assert outcome.incomplete
    assert [(problem.key, problem.kind) for problem in outcome.incomplete.problems] == [("person-00031", Kind.PENDING)]
    assert sum(entry.status is Status.LIVE for entry in friends.record.values()) == 49


def test_rows_that_become_visible_late_and_out_of_order_are_all_confirmed(friends: Set, sinch: Sinch) -> None:
    sinch.faults(
        *(
            {"kind": "delay", "operation": "batch_create", "match": f"person-000{row}", "seconds": seconds}
            for row, seconds in (("50", 20), ("01", 10), ("25", 5))
        )
    )
    assert friends.up(people(50)).incomplete is None
    assert writes(sinch.calls()) == {"batch_create": 1}


@pytest.mark.parametrize("bad", [[0], [999], [500], [3, 400, 998], [0, 1, 2]])
def test_bad_rows_are_found_and_the_good_ones_go_through(friends: Set, sinch: Sinch, bad: list[int]) -> None:
    contacts = people(1000)
    names = sorted(contacts)
    sinch.faults(
        *({"kind": "reject_item", "operation": "batch_create", "match": names[row], "times": None} for row in bad)
    )

    outcome = friends.up(contacts)

    assert outcome.incomplete
    assert [(problem.kind, problem.key) for problem in outcome.incomplete.problems] == [
        (Kind.REJECTED, names[row]) for row in bad
    ]
    assert sinch.calls()["batch_create"] <= 40
    assert len(sinch.contacts()) == 1000 - len(bad)
    sinch.faults()
    assert friends.up(contacts).incomplete is None
    assert writes(sinch.calls()) == {"batch_create": 1}


@pytest.mark.parametrize("bad", [1, 2, 3])
def test_a_bad_row_alone_costs_one_call(friends: Set, sinch: Sinch, bad: int) -> None:
    sinch.faults({"kind": "reject_item", "operation": "batch_create", "match": "person", "times": None})
    outcome = friends.up(people(bad))
    assert outcome.incomplete
    assert [problem.kind for problem in outcome.incomplete.problems] == [Kind.REJECTED] * bad
    assert writes(sinch.calls()) == {"batch_create": 2 * bad - 1}


def test_what_is_said_of_every_row_is_not_about_a_row(friends: Set, sinch: Sinch) -> None:
    """Seen: 8,987 calls and 996,062 contacts sent for 1,000, where a project had reached its limit of contacts."""
    contacts = people(2500)
    sinch.faults({"kind": "reject_item", "operation": "batch_create", "match": "person", "times": None})

    outcome = friends.up(contacts)

    assert outcome.incomplete
    assert isinstance(outcome.incomplete.cause, RejectedAlike)
    assert outcome.incomplete.cause.rejected == 5
    kinds = Counter(problem.kind for problem in outcome.incomplete.problems)
    assert kinds == {Kind.REJECTED: 5, Kind.NOT_ATTEMPTED: 2495}
    assert writes(sinch.calls()) == {"batch_create": 32}
    assert sinch.contacts() == []
    sinch.faults()
    assert friends.up(contacts).incomplete is None


def test_many_bad_rows_in_a_row_are_each_found_where_another_goes_through(friends: Set, sinch: Sinch) -> None:
    contacts = people(1000)
    sinch.faults({"kind": "reject_item", "operation": "batch_create", "match": "person-0001", "times": None})

    outcome = friends.up(contacts)

    assert outcome.incomplete
    assert outcome.incomplete.cause is None
    assert {(problem.kind, problem.key[:11]) for problem in outcome.incomplete.problems} == {
        (Kind.REJECTED, "person-0001")
    }
    assert len(outcome.incomplete.problems) == 10
    assert len(sinch.contacts()) == 990
    assert sinch.calls()["batch_create"] <= 120


@pytest.mark.parametrize("bad", [range(994, 1000), range(6), range(2000, 2006)])
def test_bad_rows_that_are_alike_end_nothing_where_others_were_accepted(friends: Set, sinch: Sinch, bad: range) -> None:
    contacts = people(3000)
    names = sorted(contacts)
    rule = {"kind": "reject_item", "operation": "batch_create", "times": None}
    sinch.faults(*({**rule, "match": names[row]} for row in bad))
    outcome = friends.up(contacts, max_rejects="2%")
    assert outcome.incomplete is None
    assert len(outcome.rejected) == 6
    assert len(sinch.contacts()) == 2994


@pytest.mark.parametrize("status", [404, 405, 501])
@pytest.mark.parametrize("kind", ["html_error", "empty_error", "flat_error"])
def test_a_batch_endpoint_that_is_not_there_ends_the_work_with_one_call(
    friends: Set, sinch: Sinch, kind: str, status: int
) -> None:
    """Seen: 1,353 calls for 200 contacts, where the batch endpoint answered 404."""
    sinch.faults({"kind": kind, "status": status, "operation": "batch_create", "times": None})

    outcome = friends.up(people(200))

    assert outcome.incomplete
    assert isinstance(outcome.incomplete.cause, Misdirected)
    assert {problem.kind for problem in outcome.incomplete.problems} == {Kind.NOT_ATTEMPTED}
    assert writes(sinch.calls()) == {"batch_create": 1}


def test_without_batch_permission_contacts_go_one_by_one(friends: Set, sinch: Sinch) -> None:
    sinch.faults(
        {"kind": "deny_batch", "operation": "batch_create", "times": None},
        {"kind": "deny_batch", "operation": "batch_delete", "times": None, "shape": "flat"},
    )
    assert friends.up(people(5)).incomplete is None
    assert writes(sinch.calls()) == {"batch_create": 1, "create": 5}
    assert friends.up({}).incomplete is None
    assert writes(sinch.calls()) == {"delete": 5}


def test_what_was_not_attempted_is_told_and_what_was_accepted_is_recorded(friends: Set, sinch: Sinch) -> None:
    sinch.faults({"kind": "throttle", "operation": "batch_create", "after": 1, "times": None})

    outcome = friends.up(people(2500))

    assert outcome.incomplete
    assert [problem.kind for problem in outcome.incomplete.problems] == [Kind.NOT_ATTEMPTED] * 1500
    assert len(friends.record) == 1000
    assert "429" in str(outcome.incomplete)
    sinch.faults()
    assert friends.up(people(2500)).incomplete is None
    assert len(sinch.by_external_id()) == 2500


def test_progress_tells_how_far_the_work_is(friends: Set) -> None:
    friends.up(people(25))
    assert friends.told[0] == "looking for 25"
    assert "creating 25 of 25" in friends.told
    assert friends.told[-1].startswith("confirming")
