"""What happens while a run waits, and what nobody knows of when it ends."""

from collections.abc import Callable
from pathlib import Path

from apply.conftest import Set, VirtualClock
from apply.endings import kill
from apply.naming import allow_nameless, body, check_the_states, delay
from outside import Sinch, people, person


class Meddler:
    """A clock that lets somebody else do something while the run sleeps."""

    def __init__(self, clock: VirtualClock, seconds: float, do: Callable[[], None]) -> None:
        self._clock, self._at, self._do = clock, clock.now() + seconds, [do]

    def now(self) -> float:
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)
        if self._do and self.now() >= self._at:
            self._do.pop()()


def test_what_is_on_its_way_out_is_not_adopted_by_a_nameless_contact(friends: Set, sinch: Sinch) -> None:
    allow_nameless(friends)
    friends.up({"alice": body(1)})
    delay(sinch, "batch_delete", 300)
    assert friends.up({}).incomplete
    assert friends.up({"nameless": body(1)}).incomplete is None
    check_the_states(sinch, friends)


def test_what_stays_since_its_deletion_was_lost_is_adopted_by_a_nameless_contact(friends: Set, sinch: Sinch) -> None:
    allow_nameless(friends)
    friends.up({"alice": body(1)})
    sinch.faults({"kind": "drop_item", "operation": "batch_delete"})
    assert friends.up({}).incomplete
    assert friends.up({"nameless": body(1)}).incomplete is None
    check_the_states(sinch, friends)


def test_a_field_first_set_by_a_patch_without_an_answer_is_cleared(friends: Set, sinch: Sinch) -> None:
    friends.up(people(1))
    sinch.faults({"kind": "lose_response", "operation": "update", "times": 2})
    assert friends.up({"person-00001": person(1, metadata="gold")}).incomplete
    assert friends.up(people(1)).incomplete is None
    assert sinch.contacts()[0]["metadata"] == ""


def test_all_fields_are_set_after_a_patch_without_an_answer(friends: Set, sinch: Sinch) -> None:
    friends.up({"person-00001": person(1, metadata="m1")})
    sinch.faults({"kind": "lose_response", "operation": "update", "times": 2})
    assert friends.up({"person-00001": person(1, metadata="m2")}).incomplete
    assert friends.up({"person-00001": person(1, metadata="m1", display_name="Other")}).incomplete is None
    assert sinch.contacts()[0]["metadata"] == "m1"


def test_a_name_first_set_by_a_patch_without_an_answer_is_taken_away(friends: Set, sinch: Sinch) -> None:
    allow_nameless(friends)
    friends.up({"nameless": body(1)})
    sinch.faults({"kind": "lose_response", "operation": "update", "times": 2})
    assert friends.up({"alice": body(1)}).incomplete
    assert friends.up({"nameless": body(1)}).incomplete is None
    assert sinch.contacts()[0]["external_id"] == ""


def test_what_somebody_makes_while_a_run_waits_is_not_ours(friends: Set, sinch: Sinch) -> None:
    sinch.faults({"kind": "drop_item", "operation": "batch_create"})
    friends.up({"a": body(1)})
    clock = friends.clock
    friends.clock = Meddler(clock, 100, lambda: sinch.seed([body(2, external_id="b")]))  # type: ignore[assignment]
    assert friends.up({"a": body(1), "b": body(2)}).incomplete is None
    friends.clock = clock
    friends.up({"a": body(1)})
    assert "b" in sinch.by_external_id()


def test_nor_is_it_doubled_where_it_differs(friends: Set, sinch: Sinch) -> None:
    sinch.faults({"kind": "drop_item", "operation": "batch_create"})
    friends.up({"a": body(1)})
    clock = friends.clock
    friends.clock = Meddler(clock, 100, lambda: sinch.seed([body(9, external_id="b")]))  # type: ignore[assignment]
    outcome = friends.up({"a": body(1), "b": body(2)})
    assert "differ" in str(outcome.incomplete)
    assert "b" in sinch.by_external_id()


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
