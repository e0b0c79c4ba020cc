"""Runs that ended in good order, after which the engine died before it had written the state."""

from collections.abc import Callable

import pytest

from apply.conftest import Set
from apply.endings import Keeper, stop
from apply.naming import body, names
from outside import Sinch, lagging, people, person
from sinch_contacts.apply.conflicts import Conflict
from sinch_contacts.core.plan.policy import OnChange, Policy
from sinch_contacts.core.record.recorded import Origin

GOLD: dict[str, object] = {"person-00001": person(1, metadata="gold")}
EDITED: dict[str, object] = {"person-00001": person(1, display_name="Edited Surname")}


def lose_state(friends: Set, run: Callable[[], object]) -> None:
    """Has a run end in good order, and the engine die before it has written the state."""
    record, declared, last_run = friends.record, friends.declared, friends.last_run
    run()
    friends.record, friends.declared, friends.last_run = record, declared, last_run


def test_a_destroyed_set_comes_back_whole(friends: Set, sinch: Sinch) -> None:
    friends.up(people(1))
    lose_state(friends, friends.destroy)
    assert friends.up(people(1)).incomplete is None
    assert [contact["id"] for contact in sinch.contacts()] == [entry.id for entry in friends.record.values()]


def test_what_a_run_created_of_which_the_state_never_heard_goes_when_it_is_not_wanted_any_more(
    friends: Set, sinch: Sinch
) -> None:
    friends.up(people(1))
    lose_state(friends, lambda: friends.up(people(2)))
    assert friends.up(people(1)).incomplete is None
    assert names(sinch) == ["person-00001"]


def test_so_it_does_where_the_run_was_stopped_first(friends: Set, sinch: Sinch) -> None:
    friends.up(people(1))
    both = {**EDITED, "person-00002": person(2)}
    lose_state(friends, lambda: stop(friends, "find_by_external_id", both, number=5))
    assert len(sinch.contacts()) == 2
    assert friends.up(people(1)).incomplete is None
    assert names(sinch) == ["person-00001"]


def test_such_a_contact_is_changed_where_it_was_edited_and_adopted_without_a_state(friends: Set, sinch: Sinch) -> None:
    lose_state(friends, lambda: friends.up(people(1)))
    assert friends.up(EDITED).incomplete is None
    assert [contact["display_name"] for contact in sinch.contacts()] == ["Edited Surname"]
    assert [entry.origin for entry in friends.record.values()] == [Origin.ADOPTED]


def test_so_are_the_fields_that_it_was_created_with(friends: Set, sinch: Sinch) -> None:
    lose_state(friends, lambda: friends.up(GOLD))
    assert friends.up(people(1)).incomplete is None
    assert [contact["metadata"] for contact in sinch.contacts()] == [""]


def test_one_that_somebody_else_made_in_its_place_is_not(friends: Set, sinch: Sinch) -> None:
    lose_state(friends, lambda: friends.up(people(1)))
    sinch.delete(sinch.contacts()[0]["id"])
    sinch.seed([{**person(1, display_name="Theirs"), "external_id": "person-00001"}])
    with pytest.raises(Conflict):
        friends.up(EDITED)


def test_one_that_was_made_in_the_place_of_what_somebody_else_had_deleted_is_found(friends: Set, sinch: Sinch) -> None:
    friends.undo, friends.policy = Keeper(), Policy(on_change=OnChange.REPLACE)
    friends.up(people(1))
    sinch.delete(friends.record["person-00001"].id)
    lose_state(friends, lambda: friends.up(EDITED))
    assert friends.up(people(1)).incomplete is None
    assert [contact["id"] for contact in sinch.contacts()] == [entry.id for entry in friends.record.values()]
    assert sinch.contacts()[0]["display_name"] == "Person 1 Surname"


def test_a_stack_that_was_thrown_away_makes_the_next_neither_wait_nor_delete(friends: Set, sinch: Sinch) -> None:
    lose_state(friends, lambda: friends.up(people(2)))
    before = friends.clock.now()
    assert friends.up(people(1)).incomplete is None
    assert friends.clock.now() - before < 60
    assert names(sinch) == ["person-00001", "person-00002"]


def test_an_awaited_contact_that_turns_out_adopted_obeys_delete_adopted(friends: Set, sinch: Sinch) -> None:
    sinch.seed([{**body(1), "external_id": "a"}])
    friends.clock.sleep(10)
    sinch.faults(
        lagging("list", 3000), lagging("find", 3000), {"kind": "drop_item", "operation": "batch_create", "times": None}
    )
    friends.policy = Policy(delete_adopted=True)
    assert friends.up({"a": body(1)}).incomplete
    sinch.faults()
    assert friends.up({}).incomplete is None
    friends.clock.sleep(10)
    assert sinch.contacts() == []
