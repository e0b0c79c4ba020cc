"""Clocks of this machine that jump between runs: how long ago something was, Sinch's clock tells."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from apply.conftest import TARGET, Set, VirtualClock
from apply.endings import die
from apply.naming import check_the_states, delay
from machine.inside import Died, Mortal, Nth
from outside import Sinch, people, writes
from sinch_contacts.api.client import HttpContactsApi
from sinch_contacts.api.credentials import Credentials
from sinch_contacts.api.settings import ApiSettings
from sinch_contacts.apply.outcome import Outcome
from sinch_contacts.apply.settings import ApplySettings
from sinch_contacts.core.record.problem import Kind
from sinch_contacts.core.record.recorded import Origin

HOUR, DAY = 3600.0, 86_400.0


class WrongClock:
    """A clock that is ahead of Sinch's, or behind it where that is below 0; sleeping takes as long as ever."""

    def __init__(self, clock: VirtualClock) -> None:
        self.ahead = 0.0
        self._clock = clock

    def now(self) -> float:
        return self._clock.now() + self.ahead

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)


@pytest.fixture
def wrong(clock: VirtualClock) -> WrongClock:
    return WrongClock(clock)


class Machine(Set):
    """A set on a machine whose clock can be wrong; every run of it is a process of its own, which can be killed."""

    url = ""
    dies_at = ""

    def reconcile(self, contacts: Mapping[str, Any], **policy: Any) -> Outcome:
        settings = ApiSettings(emulator_url=self.url, requests_per_second=1e9, attempts=3)
        now, sleep = self.clock.now, self.clock.sleep
        with HttpContactsApi(
            TARGET, Credentials("emulator", "emulator"), settings, now=now, sleep=sleep, wall=now
        ) as api:
            self.api = Mortal(api, Nth(self.dies_at), die, applied=True) if self.dies_at else api  # type: ignore[assignment]
            return super().reconcile(contacts, **policy)


@pytest.fixture
def ours(sinch: Sinch, wrong: WrongClock, tmp_path: Path) -> Machine:
    settings = ApplySettings(confirm_timeout=60, settle_time=600)
    machine = Machine(None, wrong, settings, tmp_path / "journals")  # type: ignore[arg-type]
    machine.url = sinch.url
    return machine


def check_that_three_are_awaited(ours: Machine, sinch: Sinch, clock: VirtualClock) -> None:
    began = clock.now()
    sinch.calls()
    assert ours.up(people(3)).incomplete is None
    assert writes(sinch.calls()) == {}
    assert clock.now() - began < 600
    check_the_states(sinch, ours)


@pytest.mark.parametrize("ahead", [HOUR, -DAY])
def test_what_is_pending_is_waited_for_as_long_as_ever_where_the_clock_jumps_between_runs(
    ours: Machine, sinch: Sinch, clock: VirtualClock, wrong: WrongClock, ahead: float
) -> None:
    """Seen: an hour forward sent the batch again too early; a day back had a run wait for a day."""
    delay(sinch, "batch_create", 400)
    assert ours.up(people(3)).incomplete
    wrong.ahead = ahead
    check_that_three_are_awaited(ours, sinch, clock)


@pytest.mark.parametrize("ahead", [HOUR, -HOUR, -DAY])
def test_a_batch_that_never_came_is_sent_again_once_the_settling_time_is_over_by_sinchs_clock(
    ours: Machine, sinch: Sinch, clock: VirtualClock, wrong: WrongClock, ahead: float
) -> None:
    sinch.faults({"kind": "drop_item", "operation": "batch_create", "times": None})
    began = clock.now()
    outcome = ours.up(people(1))
    assert outcome.incomplete
    assert [problem.kind for problem in outcome.incomplete.problems] == [Kind.PENDING]
    sinch.faults()
    wrong.ahead = ahead
    sinch.calls()
    assert ours.up(people(1)).incomplete is None
    assert writes(sinch.calls()) == {"batch_create": 1}
    assert 600 <= clock.now() - began < 700


@pytest.mark.parametrize("ahead", [HOUR, -HOUR])
def test_what_somebody_made_before_our_call_is_adopted_whatever_our_clock_says(
    ours: Machine, sinch: Sinch, clock: VirtualClock, wrong: WrongClock, ahead: float
) -> None:
    wrong.ahead = ahead
    sinch.faults({"kind": "drop_item", "operation": "batch_create", "times": None})
    sinch.seed([{**one, "external_id": key} for key, one in people(1).items()])
    clock.sleep(60)
    sinch.faults(
        {"kind": "drop_item", "operation": "batch_create", "times": None},
        {"kind": "stale", "operation": "list", "seconds": 1000, "times": 3},
        {"kind": "stale", "operation": "find", "seconds": 1000, "times": 3},
    )
    ours.up(people(1))
    wrong.ahead = 0.0
    sinch.faults()
    ours.up(people(1))
    assert [entry.origin for entry in ours.record.values()] == [Origin.ADOPTED]


@pytest.mark.parametrize("ahead", [HOUR, -HOUR, -DAY])
def test_a_journal_is_as_old_as_sinchs_clock_says(
    ours: Machine, sinch: Sinch, clock: VirtualClock, wrong: WrongClock, ahead: float
) -> None:
    delay(sinch, "batch_create", 400)
    ours.dies_at = "create_batch"
    with pytest.raises(Died):
        ours.up(people(3))
    ours.dies_at = ""
    wrong.ahead = ahead
    check_that_three_are_awaited(ours, sinch, clock)
