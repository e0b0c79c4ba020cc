"""Runs that are asked to stop: they end in good order, and the next goes on."""

from collections.abc import Callable

import msgspec

from apply.conftest import Set
from apply.endings import stop
from machine.inside import Mortal, Nth
from outside import Sinch, people, writes
from sinch_contacts.apply.clock import Interruption
from sinch_contacts.core.record.recorded import Status


def test_a_stopped_run_sends_nothing_more_and_the_next_goes_on(make_set: Callable[..., Set], sinch: Sinch) -> None:
    friends = make_set()
    api = friends.api
    friends.api = Mortal(api, Nth("create_batch", 2), friends.interruption.ask, applied=True)  # type: ignore[assignment]
    outcome = friends.up(people(3500))
    assert outcome.incomplete
    assert "The run was interrupted." in outcome.incomplete.message
    assert writes(sinch.calls()) == {"batch_create": 2}
    assert {entry.status for entry in friends.record.values()} == {Status.CREATING}
    friends.api, friends.interruption = api, Interruption()
    assert friends.up(people(3500)).incomplete is None
    assert writes(sinch.calls()) == {"batch_create": 2}
    assert len(sinch.by_external_id()) == 3500


def test_a_clock_that_is_ahead_makes_nobody_wait_longer_than_the_settling_time(friends: Set, sinch: Sinch) -> None:
    stop(friends, "create_batch", people(1))
    friends.record = {
        key: msgspec.structs.replace(entry, since=entry.since + 3600) for key, entry in friends.record.items()
    }
    began = friends.clock.now()
    assert friends.up(people(1)).incomplete is None
    assert friends.clock.now() - began < 310
    assert len(sinch.contacts()) == 1
