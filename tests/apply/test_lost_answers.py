"""Calls whose answer is lost: reading back tells what became of them."""

from collections import Counter

import pytest

from apply.conftest import Set, VirtualClock
from apply.naming import allow_nameless, body
from outside import Sinch, people, person, writes
from sinch_contacts.core.record.problem import Kind


def test_a_lost_answer_is_settled_by_reading_back(friends: Set, sinch: Sinch) -> None:
    sinch.faults({"kind": "lose_response", "operation": "batch_create"})
    assert friends.up(people(50)).incomplete is None
    assert writes(sinch.calls()) == {"batch_create": 1}
    assert len(sinch.by_external_id()) == 50


def test_a_batch_that_was_lost_before_it_was_applied_is_sent_again_after_the_settling_time_and_not_before(
    friends: Set, sinch: Sinch, clock: VirtualClock
) -> None:
    started = clock.now()
    sinch.faults({"kind": "error_before", "operation": "batch_create"})
    assert friends.up(people(5)).incomplete is None
    assert writes(sinch.calls()) == {"batch_create": 2}
    assert 600 <= clock.now() - started < 620
    assert len(sinch.by_external_id()) == 5


def test_after_two_batches_without_an_answer_nothing_more_is_sent(friends: Set, sinch: Sinch) -> None:
    sinch.faults({"kind": "error_before", "operation": "batch_create", "times": None})
    outcome = friends.up(people(3500))
    assert outcome.incomplete
    assert Counter(problem.kind for problem in outcome.incomplete.problems) == {
        Kind.PENDING: 2000,
        Kind.NOT_ATTEMPTED: 1500,
    }
    assert writes(sinch.calls()) == {"batch_create": 2}
    sinch.faults()
    assert friends.up(people(3500)).incomplete is None
    assert writes(sinch.calls()) == {"batch_create": 4}
    assert len(sinch.by_external_id()) == 3500


@pytest.mark.parametrize("kind", ["lose_response", "error_after", "reject_batch"])
def test_a_deletion_without_an_answer_is_settled_by_reading_back(friends: Set, sinch: Sinch, kind: str) -> None:
    friends.up(people(3))
    sinch.faults({"kind": kind, "operation": "batch_delete"})
    assert friends.up({}).incomplete is None
    assert sinch.contacts() == []


def test_a_field_first_set_by_a_patch_without_an_answer_is_cleared(friends: Set, sinch: Sinch) -> None:
    friends.up(people(1))
    sinch.faults({"kind": "lose_response", "operation": "update", "times": 2})
    assert friends.up({"person-00001": person(1, metadata="gold")}).incomplete
    assert friends.up(people(1)).incomplete is None
    assert sinch.contacts()[0]["metadata"] == ""


def test_all_fields_are_set_after_a_patch_without_an_answer(friends: Set, sinch: Sinch) -> None:
    friends.up({"person-00001": person(1, metadata="m1")})
    sinch.faults({"kind": "lose_response", "operation": "update", "times": 2})
    assert friends.up({"person-00001": person(1, metadata="m2")}).incomplete
    assert friends.up({"person-00001": person(1, metadata="m1", display_name="Other")}).incomplete is None
    assert sinch.contacts()[0]["metadata"] == "m1"


def test_a_name_first_set_by_a_patch_without_an_answer_is_taken_away(friends: Set, sinch: Sinch) -> None:
    allow_nameless(friends)
    friends.up({"nameless": body(1)})
    sinch.faults({"kind": "lose_response", "operation": "update", "times": 2})
    assert friends.up({"alice": body(1)}).incomplete
    assert friends.up({"nameless": body(1)}).incomplete is None
    assert sinch.contacts()[0]["external_id"] == ""


def test_a_refused_second_creation_leaves_the_entry_as_it_was_before_that_call(friends: Set, sinch: Sinch) -> None:
    """Seen: the entry of before the first call came back, which a look had taken away."""
    friends.up({"a": body(1)})
    sinch.delete(friends.record["a"].id)
    friends.refresh()
    sinch.faults(
        {"kind": "error_before", "operation": "batch_create"},
        {"kind": "throttle", "operation": "batch_create", "times": None},
    )
    assert friends.up({"a": body(1)}).incomplete
    assert "a" not in friends.record
