"""Contacts that are deleted and created again, where that is how they are changed."""

import pytest

from apply.conftest import Set
from apply.endings import Keeper, kill
from outside import Sinch, people, person, writes
from sinch_contacts.core.plan.policy import OnChange, Policy
from sinch_contacts.core.record.recorded import Origin


def test_a_replacement_is_deleted_seen_gone_and_created_again(friends: Set, sinch: Sinch) -> None:
    friends.up(people(3))
    old = friends.record["person-00001"].id
    contacts = people(3)
    contacts["person-00001"]["display_name"] = "New"
    sinch.calls()

    assert friends.up(contacts, on_change=OnChange.REPLACE).incomplete is None

    assert writes(sinch.calls()) == {"batch_delete": 1, "batch_create": 1}
    assert friends.record["person-00001"].id != old
    assert sinch.by_external_id()["person-00001"]["display_name"] == "New"


def test_a_replacement_whose_creation_is_refused_is_created_by_the_next_run(friends: Set, sinch: Sinch) -> None:
    friends.up(people(3))
    contacts = people(3)
    contacts["person-00001"]["display_name"] = "New"
    sinch.faults({"kind": "reject_batch", "operation": "batch_create", "times": None})
    assert friends.up(contacts, on_change=OnChange.REPLACE).incomplete
    assert "person-00001" in friends.record
    sinch.faults()
    assert friends.up(contacts, on_change=OnChange.REPLACE).incomplete is None
    assert sinch.by_external_id().keys() == contacts.keys()


@pytest.mark.parametrize("name", ["person-00001", "another", ""])
def test_a_replacement_by_a_run_that_died_of_what_somebody_else_had_deleted_is_not_forgotten(
    friends: Set, sinch: Sinch, name: str
) -> None:
    friends.undo, friends.policy = Keeper(), Policy(on_change=OnChange.REPLACE)
    friends.up(people(1))
    sinch.delete(friends.record["person-00001"].id)
    edited = {"person-00001": person(1, display_name="Edited Surname")}
    kill(friends, "find_by_external_id", wanted=edited, number=3)
    assert len(sinch.contacts()) == 1
    assert friends.up({name: person(1)} if name else {}).incomplete is None
    assert [contact["external_id"] for contact in sinch.contacts()] == ([name] if name else [])
    assert [entry.origin for entry in friends.record.values()] == ([Origin.CREATED] if name else [])
