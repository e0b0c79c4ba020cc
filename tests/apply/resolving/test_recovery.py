"""Runs that were killed, and whose journal is there: the next run goes on from what it says."""

import pytest

from apply.conftest import Set, VirtualClock
from apply.endings import kill, stop
from apply.naming import allow_nameless, body, check_the_states
from outside import Sinch, people, person, writes
from sinch_contacts.core.record.recorded import Origin, Status


def test_an_accepted_batch_that_is_not_visible_yet_is_not_sent_again(friends: Set, sinch: Sinch) -> None:
    sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 120})
    kill(friends, "create_batch", people(30))
    assert friends.up(people(30)).incomplete is None
    assert writes(sinch.calls()) == {"batch_create": 1}
    assert {entry.origin for entry in friends.record.values()} == {Origin.CREATED}


def test_a_batch_that_was_written_down_and_never_sent_is_sent_after_the_settling_time(
    friends: Set, sinch: Sinch, clock: VirtualClock
) -> None:
    kill(friends, "create_batch", people(30), applied=False)
    started = clock.now()
    assert friends.up(people(30)).incomplete is None
    assert clock.now() - started >= 600
    assert len(sinch.by_external_id()) == 30


def test_what_was_created_and_left_the_files_is_found_by_the_digest_of_its_name_and_deleted(
    friends: Set, sinch: Sinch
) -> None:
    kill(friends, "create_batch", people(3))
    assert friends.up(people(2)).incomplete is None
    assert sinch.by_external_id().keys() == people(2).keys()


def test_a_deletion_that_is_under_way_is_waited_for_before_the_contact_is_wanted_again(
    friends: Set, sinch: Sinch
) -> None:
    friends.up(people(2))
    sinch.faults({"kind": "delay", "operation": "batch_delete", "seconds": 90})
    kill(friends, "delete_batch", people(1))
    assert friends.up(people(2)).incomplete is None
    assert len([contact for contact in sinch.contacts() if contact["gone_at"] is None]) == 2
    assert {entry.id for entry in friends.record.values()} == {contact["id"] for contact in sinch.contacts()}


def test_a_patch_that_nobody_recorded_is_seen_where_the_file_went_back(friends: Set, sinch: Sinch) -> None:
    friends.up(people(1))
    kill(friends, "update", {"person-00001": person(1, display_name="Edited")})
    assert sinch.contacts()[0]["display_name"] == "Edited"
    assert friends.up(people(1)).incomplete is None
    assert sinch.contacts()[0]["display_name"] == "Person 1 Surname"


def test_a_half_done_destroy_is_noticed_by_the_next_up(friends: Set, sinch: Sinch) -> None:
    friends.up(people(5))
    kill(friends, "delete_batch", wanted=None)
    assert friends.up(people(5)).incomplete is None
    assert sinch.by_external_id().keys() == people(5).keys()


def test_a_run_in_the_same_millisecond_is_still_a_later_one(friends: Set, sinch: Sinch) -> None:
    friends.up(people(1))
    friends.last_run = f"{int(friends.clock.now() * 1000):015d}-ffffffff"
    kill(friends, "delete_batch", wanted=None)
    assert friends.up(people(1)).incomplete is None
    assert {entry.id for entry in friends.record.values()} == {contact["id"] for contact in sinch.contacts()}


def test_an_orphan_on_its_way_out_is_not_taken_for_living(friends: Set, sinch: Sinch) -> None:
    kill(friends, "create_batch", wanted=people(1))
    sinch.faults({"kind": "delay", "operation": "batch_delete", "seconds": 50})
    kill(friends, "list_page", wanted={}, number=3)
    assert friends.up({}).incomplete is None
    assert sinch.contacts() == []
    assert friends.record == {}


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


@pytest.mark.parametrize("attempt", range(8))  # it hangs on the order in which Sinch lists the two
def test_a_changed_contact_is_not_taken_for_an_orphan(friends: Set, sinch: Sinch, attempt: int) -> None:
    allow_nameless(friends)
    kill(friends, "create_batch", {"k0": body(2), "nameless": body(3)})
    friends.clock.sleep(10)
    kill(friends, "update", {"k0": body(3)})
    assert friends.up({"k0": body(3)}).incomplete is None
    check_the_states(sinch, friends)


def test_a_contact_of_ours_is_no_double(friends: Set, sinch: Sinch) -> None:
    allow_nameless(friends)
    kill(friends, "create_batch", {"nameless": body(2)})
    friends.clock.sleep(10)
    kill(friends, "find_by_external_id", {"k0": body(1, 2)}, number=3)
    assert friends.up({"nameless": body(2)}).incomplete is None


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
