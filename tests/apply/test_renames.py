"""Contacts that get another name, another prefix or another key: they stay the same contacts."""

from typing import Any

import pytest

from apply.conftest import Set
from apply.endings import Keeper, kill
from apply.naming import body, names
from outside import Sinch, people, person, writes
from sinch_contacts.apply.conflicts import NameTaken, PrefixUnsettled
from sinch_contacts.core.plan.policy import OnChange, OnConflict, Policy
from sinch_contacts.core.record.recorded import Origin, Status


def nameless(channel: str, identity: str) -> dict[str, Any]:
    return {"channel_identities": [{"channel": channel, "identity": identity}], "language": "EN"}


def test_a_changed_key_is_a_rename(friends: Set, sinch: Sinch) -> None:
    friends.up({"a": person(1)})
    before = friends.record["a"].id
    friends.up({"b": person(1, display_name="New")})
    assert [(contact["id"], contact["external_id"], contact["display_name"]) for contact in sinch.contacts()] == [
        (before, "b", "New")
    ]
    assert set(friends.record) == {"b"}


def test_a_rename_after_a_refresh_with_unified_ids_keeps_the_contact(friends: Set, sinch: Sinch) -> None:
    sinch.unify()
    friends.up({"old": body(1)})
    (before,) = sinch.contacts()
    declared = friends.declared
    sinch.faults({"kind": "reject_item", "operation": "batch_create", "match": "bad", "times": None})
    assert friends.up({"old": body(1, metadata="m"), "bad": body(2)}).incomplete
    friends.declared = declared  # the engine keeps the old inputs
    friends.refresh()
    assert friends.up({"new": body(1, metadata="m")}).incomplete is None
    assert [contact["id"] for contact in sinch.contacts()] == [before["id"]]


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


@pytest.mark.parametrize("on_change", OnChange)
def test_a_name_that_a_run_which_died_gave_away_may_be_used_anew(
    friends: Set, sinch: Sinch, on_change: OnChange
) -> None:
    friends.policy = Policy(on_change=on_change)
    friends.up({"old": person(1)})
    kill(friends, "update", {"new": person(1)})
    assert names(sinch) == ["new"]
    wanted = {"new": person(1), "old": person(2)}
    assert friends.up(wanted).incomplete is None
    assert names(sinch) == ["new", "old"]
    assert sorted(contact["id"] for contact in sinch.contacts()) == sorted(
        entry.id for entry in friends.record.values()
    )


def test_such_a_name_is_awaited_where_the_run_that_used_it_died_as_well(friends: Set, sinch: Sinch) -> None:
    kill(friends, "create_batch", {"old": person(1)})
    friends.clock.sleep(10)
    kill(friends, "update", {"new": person(1)})
    assert names(sinch) == ["new"]
    sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 100})
    wanted = {"new": person(1), "old": person(2)}
    kill(friends, "find_by_external_id", wanted, number=2)
    assert len(sinch.contacts()) == 2
    assert friends.up(wanted).incomplete is None
    friends.clock.sleep(900)
    assert names(sinch) == ["new", "old"]
    assert {entry.status for entry in friends.record.values()} == {Status.LIVE}


def test_a_name_that_somebody_else_has_is_not_given_to_a_contact_of_ours(friends: Set, sinch: Sinch) -> None:
    friends.up({"old": person(1)})
    sinch.seed([{**person(2), "external_id": "new"}])
    sinch.calls()
    with pytest.raises(NameTaken, match="new: contacts"):
        friends.up({"new": person(1)})
    assert writes(sinch.calls()) == {}


def test_a_name_that_another_contact_of_ours_is_about_to_give_back_is_free(friends: Set, sinch: Sinch) -> None:
    friends.up({"old": body(1), "b": body(2)})
    kill(friends, "update", {"n": body(1), "b": body(2)})
    assert friends.up({"old": body(1), "n": body(2)}).incomplete is None


def test_so_is_one_that_an_outsider_gave_to_it(friends: Set, sinch: Sinch) -> None:
    friends.up({"old": body(1), "z": body(2)})
    sinch.patch(friends.record["z"].id, {"external_id": "new"})
    friends.refresh()
    assert friends.up({"new": body(1), "z": body(2)}).incomplete is None


@pytest.mark.parametrize("on_conflict", OnConflict)
def test_a_contact_without_a_name_may_be_split(friends: Set, sinch: Sinch, on_conflict: OnConflict) -> None:
    friends.policy = Policy(on_conflict)
    sms, whatsapp = nameless("SMS", "12025550001"), nameless("WHATSAPP", "12025550002")
    both = {**sms, "channel_identities": [*sms["channel_identities"], *whatsapp["channel_identities"]]}
    friends.up({"SMS:12025550001": both})
    wanted = {"SMS:12025550001": sms, "WHATSAPP:12025550002": whatsapp}
    assert friends.up(wanted).incomplete is None
    assert len({entry.id for entry in friends.record.values()}) == len(sinch.contacts()) == 2


def test_a_contact_without_a_name_may_lose_its_first_identity(friends: Set, sinch: Sinch) -> None:
    sms, whatsapp = nameless("SMS", "12025550001"), nameless("WHATSAPP", "12025550002")
    both = {**sms, "channel_identities": [*sms["channel_identities"], *whatsapp["channel_identities"]]}
    friends.up({"SMS:12025550001": both})
    assert friends.up({"WHATSAPP:12025550002": whatsapp}).incomplete is None
    assert len(sinch.contacts()) == 1
    assert friends.up({}).incomplete is None
    assert sinch.contacts() == []


@pytest.mark.parametrize("on_change", OnChange)
def test_what_a_run_that_died_asked_for_under_a_new_prefix_is_awaited(
    friends: Set, sinch: Sinch, on_change: OnChange
) -> None:
    friends.undo, friends.policy, friends.prefix = Keeper(), Policy(on_change=on_change), "qa-"
    friends.up(people(1))
    sinch.delete(friends.record["person-00001"].id)
    friends.recorded_prefix, friends.prefix = "qa-", "x-"
    sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 100})
    after_creation = 3 if on_change is OnChange.REPLACE else 2
    kill(friends, "find_by_external_id", people(1), number=after_creation)
    assert len(sinch.contacts()) == 1
    assert friends.up(people(1)).incomplete is None
    friends.clock.sleep(900)
    assert names(sinch) == ["x-person-00001"]


def test_a_prefix_stays_as_long_as_something_is_pending_under_it(friends: Set, sinch: Sinch) -> None:
    friends.prefix = "qa-"
    sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 200})
    friends.up(people(1))
    friends.recorded_prefix, friends.prefix = "qa-", "x-"
    with pytest.raises(PrefixUnsettled, match="1 contact that had been asked for under the old one \\('qa-'\\)"):
        friends.up(people(1))
    friends.prefix = "qa-"
    assert friends.up(people(1)).incomplete is None
    friends.prefix = "x-"
    assert friends.up(people(1)).incomplete is None
    assert names(sinch) == ["x-person-00001"]
