"""Contacts that are there twice since two runs have asked for them: one stays."""

import shutil
from pathlib import Path

import pytest

from apply.conftest import Set
from apply.endings import kill
from apply.naming import body, check_the_states
from machine.inside import Mortal, Nth
from outside import Sinch, people, person, writes
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.record.problem import Kind


@pytest.mark.parametrize("seconds", [0.01, 30])
def test_copies_that_arose_without_a_journal_are_removed_and_the_smallest_id_stays(
    friends: Set, sinch: Sinch, seconds: float
) -> None:
    sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 40, "times": None})
    kill(friends, "create_batch", people(30))
    first = {contact["id"] for contact in sinch.contacts()}
    friends.clock.sleep(seconds)
    shutil.rmtree(friends.journals)
    friends.up(people(30))
    assert {entry.id for entry in friends.record.values()} == first
    assert writes(sinch.calls()) == {"batch_create": 2, "batch_delete": 1}


def test_copies_of_two_runs_that_died_on_other_machines_are_waited_for(
    friends: Set, sinch: Sinch, tmp_path: Path
) -> None:
    friends.prefix = "qa-"
    for machine in ("one", "two"):
        friends.journals = tmp_path / machine
        kill(friends, "create_batch", wanted=people(1))
        friends.clock.sleep(1.1)
    friends.journals = tmp_path / "three"
    assert len(sinch.contacts()) == 2
    assert friends.up(people(1)).incomplete is None
    friends.clock.sleep(600)
    assert [contact["id"] for contact in sinch.contacts()] == [entry.id for entry in friends.record.values()]


def test_copies_go_where_batches_of_deletions_are_refused(friends: Set, sinch: Sinch, tmp_path: Path) -> None:
    friends.prefix = "qa-"
    for machine in ("one", "two"):
        friends.journals = tmp_path / machine
        kill(friends, "create_batch", people(1))
        friends.clock.sleep(1.1)
    sinch.faults({"kind": "reject_batch", "operation": "batch_delete", "times": None})
    friends.clock.sleep(10)
    friends.up(people(1))
    assert friends.up(people(1)).incomplete is None
    check_the_states(sinch, friends)


def test_a_copy_that_carries_more_is_somebody_elses_and_is_told(friends: Set, sinch: Sinch) -> None:
    sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 20})
    api = friends.api

    def interfere() -> None:
        sinch.seed([{**person(1), "external_id": "person-00001", "metadata": "theirs"}])

    friends.api = Mortal(api, Nth("create_batch"), interfere, applied=True)  # type: ignore[assignment]
    outcome = friends.up(people(1))
    friends.api = api
    assert outcome.incomplete
    assert [problem.kind for problem in outcome.incomplete.problems] == [Kind.DOUBLED]
    assert len(sinch.contacts()) == 2


@pytest.mark.parametrize("edited", [True, False, None])
def test_copies_of_one_contact_beside_another_that_never_came_are_settled(
    friends: Set, sinch: Sinch, *, edited: bool | None
) -> None:
    """Seen: a KeyError, where a pending contact was edited or left the set, and had a namesake beside a copy."""
    sinch.faults({"kind": "drop_item", "operation": "batch_create", "times": None})
    friends.up({"alice": body(1), "bob": body(2)})
    sinch.faults()
    friends.clock.sleep(30)
    sinch.seed([body(1, external_id="alice"), body(1, external_id="alice"), body(9, external_id="bob")])
    edit = {"display_name": "Edited"} if edited else {}
    wanted = {"alice": body(1), **({} if edited is None else {"bob": body(2, **edit)})}
    told = friends.up(wanted).incomplete
    assert (told is None) is (edited is None)
    assert [contact["external_id"] for contact in sinch.contacts()] == ["alice", "bob"]


def test_copies_stay_where_the_plan_is_refused(friends: Set, sinch: Sinch, tmp_path: Path) -> None:
    """Seen: a reviewer refused the plan with "nothing was changed", after a copy had been deleted."""
    friends.prefix = "qa-"
    for machine in ("one", "two"):
        friends.journals = tmp_path / machine
        kill(friends, "create_batch", people(1))
        friends.clock.sleep(1.1)
    friends.journals = tmp_path / "three"
    friends.clock.sleep(700)
    friends.reviewer = Refusing()
    sinch.calls()
    with pytest.raises(Refused):
        friends.up(people(1))
    assert writes(sinch.calls()) == {}
    friends.reviewer = None
    assert friends.up(people(1)).incomplete is None
    assert len(sinch.contacts()) == 1


class Refused(ContactsError):
    """The plan is refused."""


class Refusing:
    """Refuses every plan."""

    def judge(self, proposal: object) -> None:
        raise Refused(str(proposal))
