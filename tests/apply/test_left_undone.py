"""What a run that ends early tells of the contacts that it left undone."""

from collections import Counter

import pytest

from apply.conftest import ONE_BY_ONE, Set
from apply.naming import body, delay
from machine.inside import Mortal, Nth
from outside import READS, Sinch, edited, lagging, people
from sinch_contacts.apply.outcome import Outcome
from sinch_contacts.core.plan.policy import OnChange
from sinch_contacts.core.record.problem import Kind
from sinch_contacts.core.record.recorded import Status


def kinds(outcome: Outcome) -> Counter[Kind]:
    assert outcome.incomplete
    return Counter(problem.kind for problem in outcome.incomplete.problems)


def test_renames_that_are_ambiguous_by_now_do_not_hide_what_ended_the_work(friends: Set, sinch: Sinch) -> None:
    """Seen: an error out of the telling, instead of the 429 and of the record of what was done."""
    friends.up({"a": body(1)})
    sinch.faults(*(lagging(one, 1000) for one in READS))
    friends.refresh()
    assert friends.record["a"].status is Status.GONE
    sinch.faults(
        {"kind": "delay", "operation": "batch_create", "seconds": 200, "times": None},
        {"kind": "throttle", "operation": "batch_delete", "times": None},
    )
    assert friends.up({"b": body(1)}).incomplete
    sinch.faults()
    friends.refresh()
    assert {key: entry.status for key, entry in friends.record.items()} == {"a": Status.LIVE, "b": Status.CREATING}
    sinch.faults({"kind": "throttle", "operation": "batch_delete", "times": None})
    assert friends.up({"c": body(1)}).incomplete


@pytest.mark.parametrize("count", [1500, 2000])
def test_deletions_without_an_answer_were_asked_for(friends: Set, sinch: Sinch, count: int) -> None:
    friends.up(people(count))
    sinch.faults({"kind": "error_before", "operation": "batch_delete", "times": None})
    outcome = friends.up({})
    assert {entry.status for entry in friends.record.values()} == {Status.DELETING}
    assert kinds(outcome) == {Kind.UNDELETED: count}


@pytest.mark.parametrize("at", ["delete_batch", "get"])
def test_an_accepted_deletion_was_asked_for_though_the_run_was_interrupted(friends: Set, sinch: Sinch, at: str) -> None:
    friends.up(people(3))
    delay(sinch, "batch_delete", 100)
    friends.api = Mortal(friends.api, Nth(at), friends.interruption.ask, applied=True)  # type: ignore[assignment]
    outcome = friends.up({})
    assert {entry.status for entry in friends.record.values()} == {Status.DELETING}
    assert kinds(outcome) == {Kind.UNDELETED: 3}


def test_what_a_replacement_has_deleted_and_not_made_again_is_told(friends: Set, sinch: Sinch) -> None:
    friends.settings = ONE_BY_ONE
    friends.up(people(20))
    sinch.faults(
        {"kind": "deny_batch", "times": None},
        {"kind": "error_after", "operation": "delete", "after": 3, "times": 8},
    )
    outcome = friends.up(edited(20), on_change=OnChange.REPLACE)
    assert outcome.incomplete
    assert len(sinch.contacts()) < 20
    assert {problem.key for problem in outcome.incomplete.problems} == people(20).keys()
