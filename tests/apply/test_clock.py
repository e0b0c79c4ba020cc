"""Time, and being asked to stop: whoever sleeps wakes up, and nobody is asked in vain."""

import time
from threading import Thread

import pytest

from sinch_contacts.api.errors import Interrupted
from sinch_contacts.apply.clock import Interruption, SystemClock

LONG = 600


class TestInterruption:
    def test_lets_the_work_go_on_until_it_is_asked_for(self) -> None:
        interruption = Interruption()
        interruption.check()
        interruption.sleep(0)
        assert not interruption.is_asked

    def test_stays_asked_for(self) -> None:
        interruption = Interruption()
        interruption.ask()
        for _ in range(2):
            assert interruption.is_asked
            with pytest.raises(Interrupted, match="The run was interrupted"):
                interruption.check()

    @pytest.mark.parametrize("seconds", [0, LONG])
    def test_ends_a_sleep_that_begins_after_it_was_asked_for(self, seconds: float) -> None:
        interruption = Interruption()
        interruption.ask()
        with pytest.raises(Interrupted):
            interruption.sleep(seconds)


class TestSystemClock:
    def test_tells_the_machines_time(self) -> None:
        assert abs(SystemClock(Interruption()).now() - time.time()) < 60

    @pytest.mark.parametrize("jump", [3600, -86_400])
    def test_does_not_jump_where_the_machines_clock_is_set(self, monkeypatch: pytest.MonkeyPatch, jump: int) -> None:
        """Seen: an hour forward in a wait ended it, and the batch was sent again too early."""
        clock = SystemClock(Interruption())
        before, real = clock.now(), time.time
        monkeypatch.setattr(time, "time", lambda: real() + jump)
        assert 0 <= clock.now() - before < 60

    def test_sleeps_for_no_less_than_it_was_told(self) -> None:
        began = time.monotonic()
        SystemClock(Interruption()).sleep(0.05)
        assert time.monotonic() - began >= 0.05

    def test_wakes_every_sleeper_when_the_work_is_to_stop(self) -> None:
        interruption = Interruption()
        woken: list[str] = []

        def sleep() -> None:
            try:
                SystemClock(interruption).sleep(LONG)
            except Interrupted as error:
                woken.append(error.message)

        sleepers = [Thread(target=sleep, daemon=True) for _ in range(3)]
        for sleeper in sleepers:
            sleeper.start()
        assert woken == []
        interruption.ask()
        for sleeper in sleepers:
            sleeper.join(30)
        assert woken == ["The run was interrupted."] * 3
