"""A server that keeps things in its own way: what we created stays ours, and is told once."""

from typing import Any

import pytest

from apply.conftest import Set, VirtualClock
from outside import Sinch, lagging, people, writes
from sinch_contacts.core.plan.policy import OnConflict
from sinch_contacts.core.record.problem import Kind
from sinch_contacts.core.record.recorded import Origin

DIFFERENTLY = {"kind": "keep_differently", "times": None}


def shouting(count: int) -> dict[str, Any]:
    extra = {"metadata": '{"plan": "gold"}'}
    return {key: {**one, **extra, "email": f"{key.upper()}@EXAMPLE.COM"} for key, one in people(count).items()}


def told(outcome: Any) -> list[Kind]:
    return [problem.kind for problem in outcome.incomplete.problems]


@pytest.mark.parametrize("denied", [(), ({"kind": "deny_batch", "times": None},)], ids=["batches", "single calls"])
def test_what_we_created_is_ours_told_once_and_not_asked_for_again(friends: Set, sinch: Sinch, denied: Any) -> None:
    """Seen: the run failed for ever; the contacts became nobody's, and a destroy left them behind."""
    sinch.faults(DIFFERENTLY, *denied)
    assert told(friends.up(shouting(3))) == [Kind.DIFFERENT] * 3
    assert {entry.origin for entry in friends.record.values()} == {Origin.CREATED}
    sinch.calls()
    for _ in range(3):
        assert friends.up(shouting(3)).incomplete is None
    assert sinch.calls() == {}
    assert friends.refresh().deleted == ()
    sinch.calls()
    assert friends.up(shouting(3)).incomplete is None
    assert sinch.calls() == {}
    assert friends.destroy().incomplete is None
    friends.clock.sleep(3)
    assert sinch.contacts() == []


def test_an_edit_asks_for_it_once_more(friends: Set, sinch: Sinch) -> None:
    sinch.faults(DIFFERENTLY)
    friends.up(shouting(2))
    edited = shouting(2)
    key = next(iter(edited))
    edited[key]["display_name"] = "Somebody"
    sinch.calls()
    assert told(friends.up(edited)) == [Kind.DIFFERENT]
    assert writes(sinch.calls()) == {"update": 1}
    assert friends.up(edited).incomplete is None
    assert writes(sinch.calls()) == {}
    assert sinch.by_external_id()[key]["display_name"] == "Somebody"


def test_what_somebody_else_changes_since_is_set_back(friends: Set, sinch: Sinch) -> None:
    sinch.faults(DIFFERENTLY)
    friends.up(shouting(1))
    (contact,) = sinch.contacts()
    sinch.faults()
    sinch.patch(contact["id"], {"email": "theirs@example.com"})
    friends.refresh()
    assert friends.up(shouting(1)).incomplete is None
    assert sinch.contacts()[0]["email"] == shouting(1)[contact["external_id"]]["email"]


def test_a_patch_that_is_kept_differently_is_told_once(friends: Set, sinch: Sinch) -> None:
    friends.up(people(2))
    sinch.faults(DIFFERENTLY)
    assert told(friends.up(shouting(2))) == [Kind.DIFFERENT] * 2
    sinch.calls()
    assert friends.up(shouting(2)).incomplete is None
    assert sinch.calls() == {}


def test_what_may_be_ours_and_is_older_is_not_ours(friends: Set, sinch: Sinch, clock: VirtualClock) -> None:
    (key, contact), *_ = shouting(1).items()
    sinch.seed([{**contact, "external_id": key, "email": contact["email"].lower()}])
    clock.sleep(10)
    sinch.faults(
        lagging("list", 3000), lagging("find", 3000), {"kind": "drop_item", "operation": "batch_create", "times": None}
    )
    assert told(friends.up(shouting(1))) == [Kind.PENDING]
    clock.sleep(600)
    sinch.faults()
    assert friends.up(shouting(1), on_conflict=OnConflict.FAIL).incomplete
    friends.destroy()
    assert len(sinch.contacts()) == 1
