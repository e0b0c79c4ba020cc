"""Runs that died when the state was about to be written, or that changed what contacts are called."""

from collections.abc import Callable
from typing import Any

import pytest

from apply.conftest import Set
from apply.endings import Keeper, kill, stop
from outside import Sinch, people, person
from sinch_contacts.apply.conflicts import Conflict, PrefixUnsettled
from sinch_contacts.core.plan.policy import OnChange, OnConflict, Policy
from sinch_contacts.core.record.recorded import Origin, Status

GOLD: dict[str, object] = {"person-00001": person(1, metadata="gold")}
EDITED: dict[str, object] = {"person-00001": person(1, display_name="Edited Surname")}


def lose_state(friends: Set, run: Callable[[], object]) -> None:
    """Has a run end in good order, and the engine die before it has written the state."""
    record, declared, last_run = friends.record, friends.declared, friends.last_run
    run()
    friends.record, friends.declared, friends.last_run = record, declared, last_run


def nameless(channel: str, identity: str) -> dict[str, Any]:
    return {"channel_identities": [{"channel": channel, "identity": identity}], "language": "EN"}


def names(sinch: Sinch) -> list[str]:
    return [contact["external_id"] for contact in sinch.contacts()]


class TestLostState:
    def test_a_destroyed_set_comes_back_whole(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(1))
        lose_state(friends, friends.destroy)
        assert friends.up(people(1)).incomplete is None
        assert [contact["id"] for contact in sinch.contacts()] == [entry.id for entry in friends.record.values()]

    def test_what_a_run_created_of_which_the_state_never_heard_goes_when_it_is_not_wanted_any_more(
        self, friends: Set, sinch: Sinch
    ) -> None:
        friends.up(people(1))
        lose_state(friends, lambda: friends.up(people(2)))
        assert friends.up(people(1)).incomplete is None
        assert names(sinch) == ["person-00001"]

    def test_so_it_does_where_the_run_was_stopped_first(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(1))
        both = {**EDITED, "person-00002": person(2)}
        lose_state(friends, lambda: stop(friends, "find_by_external_id", both, number=5))
        assert len(sinch.contacts()) == 2
        assert friends.up(people(1)).incomplete is None
        assert names(sinch) == ["person-00001"]

    def test_such_a_contact_is_ours_where_it_was_edited(self, friends: Set, sinch: Sinch) -> None:
        lose_state(friends, lambda: friends.up(people(1)))
        assert friends.up(EDITED).incomplete is None
        assert [contact["display_name"] for contact in sinch.contacts()] == ["Edited Surname"]
        assert [entry.origin for entry in friends.record.values()] == [Origin.CREATED]

    def test_so_are_the_fields_that_it_was_created_with(self, friends: Set, sinch: Sinch) -> None:
        lose_state(friends, lambda: friends.up(GOLD))
        assert friends.up(people(1)).incomplete is None
        assert [contact["metadata"] for contact in sinch.contacts()] == [""]

    def test_one_that_somebody_else_made_in_its_place_is_not(self, friends: Set, sinch: Sinch) -> None:
        lose_state(friends, lambda: friends.up(people(1)))
        sinch.delete(sinch.contacts()[0]["id"])
        sinch.seed([{**person(1, display_name="Theirs"), "external_id": "person-00001"}])
        with pytest.raises(Conflict):
            friends.up(EDITED)

    def test_one_that_was_made_in_the_place_of_what_somebody_else_had_deleted_is_found(
        self, friends: Set, sinch: Sinch
    ) -> None:
        friends.undo, friends.policy = Keeper(), Policy(on_change=OnChange.REPLACE)
        friends.up(people(1))
        sinch.delete(friends.record["person-00001"].id)
        lose_state(friends, lambda: friends.up(EDITED))
        assert friends.up(people(1)).incomplete is None
        assert [contact["id"] for contact in sinch.contacts()] == [entry.id for entry in friends.record.values()]
        assert sinch.contacts()[0]["display_name"] == "Person 1 Surname"

    def test_a_stack_that_was_thrown_away_makes_the_next_neither_wait_nor_delete(
        self, friends: Set, sinch: Sinch
    ) -> None:
        lose_state(friends, lambda: friends.up(people(2)))
        before = friends.clock.now()
        assert friends.up(people(1)).incomplete is None
        assert friends.clock.now() - before < 60
        assert names(sinch) == ["person-00001", "person-00002"]


class TestNames:
    @pytest.mark.parametrize("on_change", OnChange)
    def test_a_name_that_a_run_which_died_gave_away_may_be_used_anew(
        self, friends: Set, sinch: Sinch, on_change: OnChange
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

    def test_fields_of_a_contact_that_a_run_which_died_renamed_are_cleared_where_they_left_the_file(
        self, friends: Set, sinch: Sinch
    ) -> None:
        more = {"channel": "WHATSAPP", "identity": "12025550999"}
        before = person(1, metadata="gold")
        before["channel_identities"] = [*before["channel_identities"], more]
        friends.up({"old": before})
        kill(friends, "update", {"new": before})
        assert names(sinch) == ["new"]
        assert friends.up({"new": person(1)}).incomplete is None
        assert [(contact["external_id"], contact["metadata"]) for contact in sinch.contacts()] == [("new", "")]

    def test_such_a_name_is_awaited_where_the_run_that_used_it_died_as_well(self, friends: Set, sinch: Sinch) -> None:
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

    @pytest.mark.parametrize("on_conflict", OnConflict)
    def test_a_contact_without_a_name_may_be_split(self, friends: Set, sinch: Sinch, on_conflict: OnConflict) -> None:
        friends.policy = Policy(on_conflict)
        sms, whatsapp = nameless("SMS", "12025550001"), nameless("WHATSAPP", "12025550002")
        both = {**sms, "channel_identities": [*sms["channel_identities"], *whatsapp["channel_identities"]]}
        friends.up({"SMS:12025550001": both})
        wanted = {"SMS:12025550001": sms, "WHATSAPP:12025550002": whatsapp}
        assert friends.up(wanted).incomplete is None
        assert len({entry.id for entry in friends.record.values()}) == len(sinch.contacts()) == 2

    def test_a_contact_without_a_name_may_lose_its_first_identity(self, friends: Set, sinch: Sinch) -> None:
        sms, whatsapp = nameless("SMS", "12025550001"), nameless("WHATSAPP", "12025550002")
        both = {**sms, "channel_identities": [*sms["channel_identities"], *whatsapp["channel_identities"]]}
        friends.up({"SMS:12025550001": both})
        assert friends.up({"WHATSAPP:12025550002": whatsapp}).incomplete is None
        assert len(sinch.contacts()) == 1
        assert friends.up({}).incomplete is None
        assert sinch.contacts() == []


class TestPrefixes:
    @pytest.mark.parametrize("on_change", OnChange)
    def test_what_a_run_that_died_asked_for_under_a_new_prefix_is_awaited(
        self, friends: Set, sinch: Sinch, on_change: OnChange
    ) -> None:
        friends.undo, friends.policy, friends.prefix = Keeper(), Policy(on_change=on_change), "qa-"
        friends.up(people(1))
        sinch.delete(friends.record["person-00001"].id)
        friends.recorded_prefix, friends.prefix = "qa-", "x-"
        sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 100})
        kill(friends, "find_by_external_id", people(1), number=2)
        assert len(sinch.contacts()) == 1
        assert friends.up(people(1)).incomplete is None
        friends.clock.sleep(900)
        assert names(sinch) == ["x-person-00001"]

    def test_a_prefix_stays_as_long_as_something_is_pending_under_it(self, friends: Set, sinch: Sinch) -> None:
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


class TestTakenOver:
    def test_a_field_that_a_run_which_died_has_set_is_cleared_though_the_next_run_was_stopped(
        self, friends: Set, sinch: Sinch
    ) -> None:
        friends.policy = Policy(OnConflict.ADOPT)
        sinch.seed([{**person(1, display_name="Theirs"), "external_id": "person-00001"}])
        kill(friends, "update", GOLD)
        stop(friends, "find_by_external_id", people(1))
        assert friends.record["person-00001"].status is Status.DRIFTED
        assert friends.up(people(1)).incomplete is None
        assert sinch.contacts()[0]["metadata"] == ""
