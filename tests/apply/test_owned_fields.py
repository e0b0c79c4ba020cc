"""Fields that a run which was cut off has set: they are ours, and are cleared once they leave the file."""

import pytest

from apply.conftest import Set
from apply.endings import kill, stop
from apply.naming import names
from outside import Sinch, people, person
from sinch_contacts.core.plan.policy import OnConflict, Policy
from sinch_contacts.core.record.recorded import Status

GOLD: dict[str, object] = {"person-00001": person(1, metadata="gold")}


def test_a_field_that_left_the_file_while_its_contact_was_pending_is_cleared(friends: Set, sinch: Sinch) -> None:
    kill(friends, "create_batch", wanted={"person-00001": person(1, metadata="gold")})
    assert friends.up(people(1)).incomplete is None
    assert sinch.contacts()[0]["metadata"] == ""


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


def test_a_field_that_a_run_which_died_has_set_is_cleared_though_the_next_run_was_stopped(
    friends: Set, sinch: Sinch
) -> None:
    friends.policy = Policy(OnConflict.ADOPT)
    sinch.seed([{**person(1, display_name="Theirs"), "external_id": "person-00001"}])
    kill(friends, "update", GOLD)
    stop(friends, "get", people(1))
    assert friends.record["person-00001"].status is Status.DRIFTED
    assert friends.up(people(1)).incomplete is None
    assert sinch.contacts()[0]["metadata"] == ""


def test_fields_of_a_contact_that_a_run_which_died_renamed_are_cleared_where_they_left_the_file(
    friends: Set, sinch: Sinch
) -> None:
    more = {"channel": "WHATSAPP", "identity": "12025550999"}
    before = person(1, metadata="gold")
    before["channel_identities"] = [*before["channel_identities"], more]
    friends.up({"old": before})
    kill(friends, "update", {"new": before})
    assert names(sinch) == ["new"]
    assert friends.up({"new": person(1)}).incomplete is None
    assert [(contact["external_id"], contact["metadata"]) for contact in sinch.contacts()] == [("new", "")]
