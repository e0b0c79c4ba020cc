"""Contacts that leave the set: which are deleted and seen gone, and which are forgotten."""

import pytest

from apply.conftest import Set
from outside import Sinch, people, person, writes
from sinch_contacts.core.plan.policy import OnDelete
from sinch_contacts.core.record.problem import Kind


def test_created_contacts_are_deleted_and_seen_gone(friends: Set, sinch: Sinch) -> None:
    friends.up(people(30))
    sinch.calls()
    assert friends.up(people(10)).incomplete is None
    assert writes(sinch.calls()) == {"batch_delete": 1}
    assert sinch.by_external_id().keys() == people(10).keys()


def test_adopted_contacts_are_forgotten(friends: Set, sinch: Sinch) -> None:
    sinch.seed([{**person(1), "external_id": "person-00001"}])
    friends.up(people(2))
    friends.up({})
    assert friends.record == {}
    assert sinch.by_external_id().keys() == {"person-00001"}


def test_adopted_contacts_are_deleted_where_that_is_wanted(friends: Set, sinch: Sinch) -> None:
    sinch.seed([{**person(1), "external_id": "person-00001"}])
    friends.up(people(1))
    friends.up({}, delete_adopted=True)
    assert sinch.contacts() == []


def test_retained_contacts_are_forgotten(friends: Set, sinch: Sinch) -> None:
    friends.up(people(3))
    friends.up({}, on_delete=OnDelete.RETAIN)
    assert friends.record == {}
    assert len(sinch.contacts()) == 3


def test_a_deletion_that_is_silently_dropped_stays_recorded_and_is_told(friends: Set, sinch: Sinch) -> None:
    friends.up(people(3))
    kept = friends.record["person-00002"].id
    sinch.faults({"kind": "drop_item", "operation": "batch_delete", "match": kept})
    outcome = friends.up({})
    assert outcome.incomplete
    assert [(problem.key, problem.kind) for problem in outcome.incomplete.problems] == [
        ("person-00002", Kind.UNDELETED)
    ]
    assert set(friends.record) == {"person-00002"}
    assert friends.up({}).incomplete is None
    assert sinch.contacts() == []


def test_destroy_leaves_foreign_contacts_alone_and_can_be_repeated(friends: Set, sinch: Sinch) -> None:
    sinch.seed([{**person(99), "external_id": "foreign"}])
    friends.up(people(5))
    before = friends.record
    assert friends.destroy().incomplete is None
    friends.record = before
    assert friends.destroy().incomplete is None
    assert sinch.by_external_id().keys() == {"foreign"}


@pytest.mark.parametrize("batches", [True, False])
def test_a_refused_deletion_is_told_with_its_reason_and_changes_nothing(
    friends: Set, sinch: Sinch, *, batches: bool
) -> None:
    """Seen: it was told as "asked for, but still there", without Sinch's reason, after a wait of two minutes."""
    friends.up(people(3))
    before = friends.record
    refuse = {"kind": "reject_batch" if batches else "deny_batch", "operation": "batch_delete", "times": None}
    sinch.faults(refuse, {"kind": "flat_error", "status": 400, "operation": "delete", "times": 1})
    started = friends.clock.now()
    outcome = friends.up({})
    assert outcome.incomplete
    (problem,) = outcome.incomplete.problems
    assert problem.kind is Kind.UNDELETED
    assert "Internal error" in problem.detail
    assert friends.record == {problem.key: before[problem.key]}
    assert friends.clock.now() - started < 30
    sinch.faults()
    assert friends.up({}).incomplete is None
    assert sinch.contacts() == []
