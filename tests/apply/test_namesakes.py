"""Contacts of somebody else that bear the name of one that is ours or awaited."""

from collections.abc import Callable

from apply.conftest import Set, VirtualClock
from apply.endings import kill
from apply.naming import body, check_the_states, delay
from machine.inside import Mortal, Nth
from outside import Sinch, lagging


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


def test_a_withdrawal_spares_somebody_elses_contact_of_that_name(friends: Set, sinch: Sinch) -> None:
    sinch.faults({"kind": "drop_item", "operation": "batch_create"})
    assert friends.up({"alice": body(1)}).incomplete
    sinch.seed([body(9, external_id="alice")])
    friends.up({})
    assert [contact["external_id"] for contact in sinch.contacts()] == ["alice"]


def test_a_search_for_orphans_spares_it(friends: Set, sinch: Sinch) -> None:
    kill(friends, "create_batch", {"alice": body(1)}, applied=False)
    sinch.seed([body(9, external_id="alice")])
    friends.up({})
    assert [contact["external_id"] for contact in sinch.contacts()] == ["alice"]


def test_it_is_not_awaited_either(friends: Set, sinch: Sinch) -> None:
    delay(sinch, "batch_create", 100)
    assert friends.up({"alice": body(1)}).incomplete
    sinch.seed([body(9, external_id="alice")])
    friends.clock.sleep(100)
    friends.up({})
    assert len(sinch.contacts()) == 1


def test_a_contact_to_which_an_outsider_gave_a_name_is_not_what_is_awaited(friends: Set, sinch: Sinch) -> None:
    friends.prefix = "qa-"
    friends.up({"s": body(3, metadata="m2")})
    sinch.faults({"kind": "drop_item", "operation": "batch_create"})
    assert friends.up({"s": body(3, metadata="m2"), "k1": body(1)}).incomplete
    sinch.patch(friends.record["s"].id, {"external_id": "qa-k1"})
    friends.refresh()
    friends.up({"s": body(3, metadata="m2"), "k1": body(1)})
    friends.up({"s": body(3, metadata="m2"), "k1": body(1)})
    check_the_states(sinch, friends)


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


def test_a_ghost_under_the_prefix_is_not_taken_for_what_is_pending(friends: Set, sinch: Sinch) -> None:
    """Seen: a look-up that lagged showed it, it was taken for ours, edited, and ours ended up twice."""
    friends.prefix = "qa-"
    delay(sinch, "batch_create", 100)
    api = friends.api
    intruder = body(9, external_id="qa-a")
    friends.api = Mortal(api, Nth("create_batch"), lambda: sinch.seed([intruder]), applied=True)  # type: ignore[assignment]
    assert friends.up({"a": body(1)}).incomplete
    friends.api = api
    (theirs,) = (one["id"] for one in sinch.contacts() if one["channel_identities"][0]["identity"] == "12020000009")
    sinch.delete(theirs)
    friends.clock.sleep(10)
    sinch.faults({**lagging("find"), "times": 1})
    assert friends.up({"a": body(1)}).incomplete is None
    check_the_states(sinch, friends)
