"""Runs that were killed on other machines: their journals are not there, and Sinch is looked at instead."""

import shutil
from pathlib import Path

from apply.conftest import Set
from apply.endings import kill, stop
from outside import Sinch, people, person
from sinch_contacts.core.record.recorded import Origin


def test_without_its_journal_another_machine_ends_in_the_same(friends: Set, sinch: Sinch) -> None:
    kill(friends, "create_batch", people(30))
    shutil.rmtree(friends.journals)
    assert friends.up(people(30)).incomplete is None
    assert sinch.by_external_id().keys() == people(30).keys()


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
