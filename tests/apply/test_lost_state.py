"""Runs that died when the state was about to be written, or that changed what contacts are called."""

from collections.abc import Callable, Sequence

import pytest

from apply.conftest import Set
from machine.inside import Died, Mortal
from outside import Sinch, people, person
from sinch_contacts.apply.interruption import Interruption
from sinch_contacts.apply.problems import PrefixUnsettled
from sinch_contacts.apply.undo import Kept
from sinch_contacts.core.policy import OnChange, OnConflict, Policy
from sinch_contacts.core.recorded import Origin, Status

GOLD: dict[str, object] = {"person-00001": person(1, metadata="gold")}
EDITED: dict[str, object] = {"person-00001": person(1, display_name="Edited Surname")}


class Keeper:
    """Keeps nothing, and has contacts looked at before they are deleted."""

    is_on = True

    def keep(self, contacts: Sequence[Kept]) -> None:
        pass


def die() -> None:
    raise Died


def kill(friends: Set, calls: int, wanted: dict[str, object]) -> None:
    """Runs the set in a process that is killed at a call, which is carried out."""
    api = friends.api
    friends.api = Mortal(api, calls, die, applied=True)  # type: ignore[assignment]
    with pytest.raises(Died):
        friends.up(wanted)
    friends.api = api


def stop(friends: Set, calls: int, wanted: dict[str, object]) -> None:
    """Runs the set, and asks the run to stop at a call, which is carried out."""
    api = friends.api
    friends.api = Mortal(api, calls, friends.interruption.ask, applied=True)  # type: ignore[assignment]
    assert friends.up(wanted).incomplete
    friends.api, friends.interruption = api, Interruption()


def lose_state(friends: Set, run: Callable[[], object]) -> None:
    """Has a run end in good order, and the engine die before it has written the state."""
    record, declared, last_run = friends.record, friends.declared, friends.last_run
    run()
    friends.record, friends.declared, friends.last_run = record, declared, last_run


def names(sinch: Sinch) -> list[str]:
    return [contact["external_id"] for contact in sinch.contacts()]


class TestLostState:
    def test_a_destroyed_set_comes_back_whole(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(1))
        lose_state(friends, friends.destroy)
        assert friends.up(people(1)).incomplete is None
        assert [contact["id"] for contact in sinch.contacts()] == [entry.id for entry in friends.record.values()]


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
        kill(friends, 3, people(1))
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
        kill(friends, 1, GOLD)
        stop(friends, 0, people(1))
        assert friends.record["person-00001"].status is Status.DRIFTED
        assert friends.up(people(1)).incomplete is None
        assert sinch.contacts()[0]["metadata"] == ""
