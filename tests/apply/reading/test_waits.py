"""How long accepted work is waited for, and how often it is looked at meanwhile."""

from collections.abc import Callable

import pytest

from apply.conftest import VirtualClock
from sinch_contacts.apply.reading.waits import Waits
from sinch_contacts.apply.settings import ApplySettings

START = 1_800_000_000.0
SETTINGS = ApplySettings(confirm_timeout=60, settle_time=600, quiet_time=10, first_poll=1, longest_poll=8)


@pytest.fixture
def waits(clock: VirtualClock) -> Waits:
    return Waits(clock, SETTINGS, lambda: 0.0)


def test_each_pause_is_twice_as_long_up_to_the_longest_and_the_last_look_is_at_the_end(
    clock: VirtualClock, waits: Waits
) -> None:
    looks = [(clock.now() - START, last) for last in waits.polls(START + 30)]
    assert looks == [(1, False), (3, False), (7, False), (15, False), (23, False), (30, True)]


def test_there_is_one_look_even_where_the_time_is_over(clock: VirtualClock, waits: Waits) -> None:
    assert list(waits.polls(START - 5)) == [True]
    assert clock.now() == START


@pytest.mark.parametrize(("true_at", "seen", "passed"), [(1, True, 1), (7, True, 7), (99, False, 30)])
def test_a_wait_ends_with_what_is_awaited_or_with_its_time(
    clock: VirtualClock, waits: Waits, *, true_at: int, seen: bool, passed: int
) -> None:
    look: Callable[[], bool] = lambda: clock.now() - START >= true_at  # noqa: E731
    assert waits.until(look, START + 30) is seen
    assert clock.now() - START == passed


def test_what_is_asked_for_now_is_waited_for_from_now_on(clock: VirtualClock, waits: Waits) -> None:
    clock.sleep(100)
    assert waits.confirm_end() == START + 160
    assert waits.now() == START + 100


def test_a_call_is_lost_after_the_settling_time_since_the_latest_of_its_kind(waits: Waits) -> None:
    assert waits.settle_end([START - 100, START - 50]) == START + 550
    assert waits.settle_end([]) == 600, "long ago"


def test_a_clock_of_another_machine_that_is_ahead_counts_as_ours(waits: Waits) -> None:
    assert waits.asked_at(START + 3600) == START
    assert waits.asked_at(START - 3600) == START - 3600


def test_times_of_calls_are_of_sinchs_clock_and_waits_are_of_ours(clock: VirtualClock) -> None:
    waits = Waits(clock, SETTINGS, lambda: 3600.0)
    clock.sleep(100)
    assert (waits.now(), waits.oldest_new()) == (START + 3700, START + 3100)
    assert waits.asked_at(START + 3650) == START + 3650
    assert waits.asked_at(START + 9999) == START + 3600
    assert waits.settle_end([START + 3000, START + 3500]) == START + 500
    assert waits.confirm_end() == START + 160


def test_copies_of_earlier_runs_may_appear_until_the_settling_time_since_this_one_began(
    clock: VirtualClock, waits: Waits
) -> None:
    clock.sleep(100)
    assert (waits.last_run_end(), waits.oldest_new()) == (START + 600, START - 500)


def test_a_rest_is_the_quiet_time(clock: VirtualClock, waits: Waits) -> None:
    waits.rest()
    assert clock.now() == START + 10
