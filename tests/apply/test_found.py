"""Lives that the state machine found to end badly, each in its shortest form."""

from pathlib import Path

import msgspec
import pytest

from apply.conftest import Set
from apply.endings import Keeper, kill, stop
from outside import Sinch, people, person, writes
from sinch_contacts.apply.conflicts import NameTaken
from sinch_contacts.core.plan.policy import OnChange, OnConflict, Policy
from sinch_contacts.core.record.recorded import Origin, Status


def test_a_run_in_the_same_millisecond_is_still_a_later_one(friends: Set, sinch: Sinch) -> None:
    friends.up(people(1))
    friends.last_run = f"{int(friends.clock.now() * 1000):015d}-ffffffff"
    kill(friends, "delete_batch", wanted=None)
    assert friends.up(people(1)).incomplete is None
    assert {entry.id for entry in friends.record.values()} == {contact["id"] for contact in sinch.contacts()}


def test_a_field_that_left_the_file_while_its_contact_was_pending_is_cleared(friends: Set, sinch: Sinch) -> None:
    kill(friends, "create_batch", wanted={"person-00001": person(1, metadata="gold")})
    assert friends.up(people(1)).incomplete is None
    assert sinch.contacts()[0]["metadata"] == ""


def test_a_pending_contact_whose_deletion_was_lost_is_deleted_again(friends: Set, sinch: Sinch) -> None:
    sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 100})
    friends.up(people(1))
    sinch.faults({"kind": "drop_item", "operation": "batch_delete"})
    record, declared, last_run = friends.record, friends.declared, friends.last_run
    assert friends.destroy().incomplete
    friends.record, friends.declared, friends.last_run = record, declared, last_run  # the engine keeps what it had
    assert friends.up({}).incomplete is None
    assert sinch.contacts() == []


def test_an_orphan_on_its_way_out_is_not_taken_for_living(friends: Set, sinch: Sinch) -> None:
    kill(friends, "create_batch", wanted=people(1))
    sinch.faults({"kind": "delay", "operation": "batch_delete", "seconds": 50})
    kill(friends, "list_page", wanted={}, number=3)
    assert friends.up({}).incomplete is None
    assert sinch.contacts() == []
    assert friends.record == {}


def test_drift_is_seen_in_a_contact_that_a_run_which_failed_half_way_has_made(friends: Set, sinch: Sinch) -> None:
    friends.up(people(1))
    declared = friends.declared
    sinch.faults({"kind": "reject_item", "operation": "batch_create", "match": "person-00003", "times": None})
    assert friends.up(people(3)).incomplete
    sinch.faults()
    friends.declared = declared  # the engine keeps the old inputs
    sinch.patch(friends.record["person-00002"].id, {"display_name": "Theirs"})
    friends.refresh()
    assert friends.up(people(3)).incomplete is None
    assert sinch.by_external_id()["person-00002"]["display_name"] == "Person 2 Surname"


def test_a_name_that_somebody_else_has_is_not_given_to_a_contact_of_ours(friends: Set, sinch: Sinch) -> None:
    friends.up({"old": person(1)})
    sinch.seed([{**person(2), "external_id": "new"}])
    sinch.calls()
    with pytest.raises(NameTaken, match="new: contacts"):
        friends.up({"new": person(1)})
    assert writes(sinch.calls()) == {}


def create_and_edit_and_die_twice(friends: Set, sinch: Sinch) -> dict[str, object]:
    kill(friends, "create_batch", wanted=people(1))
    friends.clock.sleep(10)
    edited = {"person-00001": person(1, display_name="Edited Surname")}
    kill(friends, "update", wanted=edited)
    assert sinch.contacts()[0]["display_name"] == "Edited Surname"
    return edited


def test_a_contact_that_was_created_and_edited_by_runs_that_died_is_still_ours(friends: Set, sinch: Sinch) -> None:
    edited = create_and_edit_and_die_twice(friends, sinch)
    assert friends.up(edited).incomplete is None
    assert [entry.origin for entry in friends.record.values()] == [Origin.CREATED]


def test_such_a_contact_goes_when_it_is_not_wanted_any_more(friends: Set, sinch: Sinch) -> None:
    create_and_edit_and_die_twice(friends, sinch)
    assert friends.up({}).incomplete is None
    assert sinch.contacts() == []


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


def leave_pending_and_deleted(friends: Set, sinch: Sinch) -> None:
    """Leaves a contact that is recorded as pending, is there, and was deleted by a run that died: it goes later."""
    sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 100})
    friends.up(people(1))
    friends.clock.sleep(200)
    sinch.faults({"kind": "delay", "operation": "batch_delete", "seconds": 50})
    kill(friends, "delete_batch", wanted=None)


def test_a_pending_contact_that_is_on_its_way_out_is_not_recorded_as_living(friends: Set, sinch: Sinch) -> None:
    leave_pending_and_deleted(friends, sinch)
    stop(friends, "find_by_external_id", {})
    assert [entry.status for entry in friends.record.values()] == [Status.DELETING]
    assert friends.up({}).incomplete is None
    assert sinch.contacts() == []


def test_a_deletion_of_what_was_pending_is_remembered_over_a_run_that_was_stopped(friends: Set, sinch: Sinch) -> None:
    leave_pending_and_deleted(friends, sinch)
    stop(friends, "find_by_external_id", people(1))
    assert friends.up(people(1)).incomplete is None
    friends.clock.sleep(100)
    assert [contact["id"] for contact in sinch.contacts()] == [entry.id for entry in friends.record.values()]


def test_what_carries_our_prefix_is_ours_though_another_machine_has_edited_it(
    friends: Set, sinch: Sinch, tmp_path: Path
) -> None:
    friends.prefix = "qa-"
    sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 100})
    friends.up(people(1))
    friends.clock.sleep(200)
    edited = {"person-00001": person(1, display_name="Edited Surname")}
    kill(friends, "update", wanted=edited)
    assert sinch.contacts()[0]["display_name"] == "Edited Surname"
    friends.journals = tmp_path / "another machine"
    assert friends.up(edited).incomplete is None
    assert [entry.origin for entry in friends.record.values()] == [Origin.CREATED]


def test_a_copy_of_a_run_that_died_elsewhere_is_not_taken_for_what_is_pending_and_comes_later(
    friends: Set, sinch: Sinch, tmp_path: Path
) -> None:
    friends.prefix = "qa-"
    sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 6, "times": 2})
    kill(friends, "create_batch", wanted=people(1))
    friends.clock.sleep(3.2)
    friends.journals = tmp_path / "another machine"
    stop(friends, "create_batch", people(1))
    assert friends.up(people(1)).incomplete is None
    friends.clock.sleep(600)
    assert [contact["id"] for contact in sinch.contacts()] == [entry.id for entry in friends.record.values()]


def test_a_clock_that_is_ahead_makes_nobody_wait_longer_than_the_settling_time(friends: Set, sinch: Sinch) -> None:
    stop(friends, "create_batch", people(1))
    friends.record = {
        key: msgspec.structs.replace(entry, since=entry.since + 3600) for key, entry in friends.record.items()
    }
    began = friends.clock.now()
    assert friends.up(people(1)).incomplete is None
    assert friends.clock.now() - began < 310
    assert len(sinch.contacts()) == 1


def create_and_rename_and_die_twice(friends: Set, sinch: Sinch) -> None:
    kill(friends, "create_batch", wanted={"old": person(1)})
    friends.clock.sleep(10)
    kill(friends, "update", wanted={"new": person(1)})
    assert [contact["external_id"] for contact in sinch.contacts()] == ["new"]


def test_a_contact_that_was_created_and_renamed_by_runs_that_died_goes_when_it_is_not_wanted_any_more(
    friends: Set, sinch: Sinch
) -> None:
    create_and_rename_and_die_twice(friends, sinch)
    assert friends.up({}).incomplete is None
    assert sinch.contacts() == []


@pytest.mark.parametrize("name", ["new", "old", "another"])
def test_such_a_contact_is_still_ours_where_it_is_wanted(friends: Set, sinch: Sinch, name: str) -> None:
    create_and_rename_and_die_twice(friends, sinch)
    assert friends.up({name: person(1)}).incomplete is None
    assert [entry.origin for entry in friends.record.values()] == [Origin.CREATED]
    assert [contact["external_id"] for contact in sinch.contacts()] == [name]


@pytest.mark.parametrize("name", ["person-00001", "another", ""])
def test_a_replacement_by_a_run_that_died_of_what_somebody_else_had_deleted_is_not_forgotten(
    friends: Set, sinch: Sinch, name: str
) -> None:
    friends.undo, friends.policy = Keeper(), Policy(on_change=OnChange.REPLACE)
    friends.up(people(1))
    sinch.delete(friends.record["person-00001"].id)
    kill(
        friends,
        "find_by_external_id",
        applied=True,
        wanted={"person-00001": person(1, display_name="Edited Surname")},
        number=2,
    )
    assert len(sinch.contacts()) == 1
    assert friends.up({name: person(1)} if name else {}).incomplete is None
    assert [contact["external_id"] for contact in sinch.contacts()] == ([name] if name else [])
    assert [entry.origin for entry in friends.record.values()] == ([Origin.CREATED] if name else [])


GOLD: dict[str, object] = {"person-00001": person(1, metadata="gold")}


def test_a_field_that_a_run_which_died_was_the_first_to_set_is_cleared_where_it_left_the_file(
    friends: Set, sinch: Sinch
) -> None:
    friends.up(people(1))
    kill(friends, "update", wanted=GOLD)
    assert sinch.contacts()[0]["metadata"] == "gold"
    sinch.patch(sinch.contacts()[0]["id"], {"email": "theirs@example.org"})
    assert friends.up(people(1)).incomplete is None
    assert sinch.contacts()[0]["metadata"] == ""
    assert sinch.contacts()[0]["email"] == "theirs@example.org"


@pytest.mark.parametrize("name", ["person-00001", "another"])
def test_so_is_one_of_a_contact_that_runs_which_died_had_created_and_edited(
    friends: Set, sinch: Sinch, name: str
) -> None:
    kill(friends, "create_batch", wanted=people(1))
    friends.clock.sleep(10)
    kill(friends, "update", wanted=GOLD)
    assert sinch.contacts()[0]["metadata"] == "gold"
    assert friends.up({name: person(1)}).incomplete is None
    assert [(contact["external_id"], contact["metadata"]) for contact in sinch.contacts()] == [(name, "")]


@pytest.mark.parametrize("name", ["new", "old", "another"])
def test_so_is_one_of_a_contact_that_runs_which_died_had_created_and_renamed(
    friends: Set, sinch: Sinch, name: str
) -> None:
    kill(friends, "create_batch", wanted={"old": person(1)})
    friends.clock.sleep(10)
    kill(friends, "update", wanted={"new": person(1, metadata="gold")})
    assert sinch.contacts()[0]["metadata"] == "gold"
    assert friends.up({name: person(1)}).incomplete is None
    assert [(contact["external_id"], contact["metadata"]) for contact in sinch.contacts()] == [(name, "")]


def test_so_is_one_of_a_contact_that_a_run_which_died_had_taken_over(friends: Set, sinch: Sinch) -> None:
    friends.policy = Policy(OnConflict.ADOPT)
    sinch.seed([{**person(1, display_name="Theirs"), "external_id": "person-00001"}])
    kill(friends, "update", wanted=GOLD)
    assert sinch.contacts()[0]["metadata"] == "gold"
    assert friends.up(people(1)).incomplete is None
    assert sinch.contacts()[0]["metadata"] == ""


@pytest.mark.parametrize("again", ["new", "another"])
def test_a_contact_with_a_unified_id_that_a_run_which_died_had_renamed_stays_the_same_contact(
    friends: Set, sinch: Sinch, again: str
) -> None:
    sinch.unify()
    friends.up({"old": person(1)})
    (before,) = sinch.contacts()
    kill(friends, "update", wanted={"new": person(1, metadata="gold")})
    (renamed,) = sinch.contacts()
    assert (renamed["id"], renamed["external_id"]) == (before["id"], "new")
    assert friends.up({again: person(1)}).incomplete is None
    assert sinch.contacts() == [{**renamed, "external_id": again, "metadata": ""}]
