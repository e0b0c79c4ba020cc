"""How the client gives way to a 429, and how it comes back."""

import threading
from collections.abc import Callable
from itertools import pairwise

import pytest
import requests

from api.conftest import Clock, Server, says
from outside import PROJECT
from sinch_contacts.api.client import HttpContactsApi
from sinch_contacts.api.credentials import Credentials
from sinch_contacts.api.limiter import Limiter
from sinch_contacts.api.settings import ApiSettings
from sinch_contacts.core.target import Region, Target
from sinch_contacts.emulator.server import running
from sinch_contacts.emulator.settings import EmulatorSettings


def gaps(limiter: Limiter, count: int) -> list[float]:
    """Returns the seconds between slots that are taken one after another."""
    slots = [limiter.wait() for _ in range(count + 1)]
    return [after - before for before, after in pairwise(slots)]


def test_one_too_many_halves_the_rate(clock: Clock) -> None:
    limiter = Limiter(8, clock.now, clock.sleep)
    limiter.back_off(limiter.wait())
    slots = [limiter.wait() for _ in range(3)]
    assert slots[0] == 1000.25
    assert slots[1] - slots[0] == pytest.approx(1 / (8 * (1 / 2 + 0.25 / 60)))
    assert slots[2] - slots[1] == pytest.approx(1 / (8 * (1 / 2 + (slots[1] - 1000) / 60)))


def test_it_grows_back_in_a_straight_line_and_never_beyond_its_limit(clock: Clock) -> None:
    limiter = Limiter(10, clock.now, clock.sleep)
    limiter.back_off(limiter.wait())
    assert clock.time == 1000
    for seconds, rate in ((15, 7.5), (30, 10), (600, 10)):
        clock.time = 1000.0 + seconds
        assert gaps(limiter, 1) == [pytest.approx(1 / rate)]


def test_however_often_it_backs_off_a_part_of_the_rate_is_left(clock: Clock) -> None:
    limiter = Limiter(64, clock.now, clock.sleep)
    for _ in range(20):
        limiter.back_off(limiter.wait())
    clock.time = limiter.wait() + 1  # in a second it grows by a sixtieth
    assert gaps(limiter, 1) == [pytest.approx(1 / (64 * (1 / 64 + 2 / 60)), rel=1e-2)]


def test_requests_that_were_under_way_together_count_once(clock: Clock) -> None:
    limiter = Limiter(1000, clock.now, clock.sleep)
    slots = [limiter.wait() for _ in range(8)]
    clock.time += 1
    for slot in slots:
        limiter.back_off(slot)
    assert gaps(limiter, 1) == [pytest.approx(1 / 500, rel=1e-3)]


def test_nobody_sends_while_the_server_wants_a_pause(clock: Clock) -> None:
    limiter = Limiter(10, clock.now, clock.sleep)
    slot = limiter.wait()
    limiter.back_off(slot, 7)
    limiter.back_off(slot, 3)
    assert limiter.wait() == 1007


def test_who_waits_for_a_slot_waits_on_where_somebody_backs_off() -> None:
    clock = Clock()
    limiter: Limiter

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        if len(clock.slept) == 1:
            limiter.back_off(clock.time, 5)

    limiter = Limiter(1, clock.now, sleep)
    limiter.wait()
    assert limiter.wait() == 1006
    assert clock.slept == [1, 5]


def test_a_429_slows_down_the_calls_after_it(
    connect: Callable[..., HttpContactsApi], server: Server, clock: Clock
) -> None:
    api = connect(requests_per_second=4)
    server.script = [says(429, {}, Retry_After="2")]
    api.list_page()
    start = clock.time
    assert 1002 <= start <= 1002.25
    for _ in range(4):
        api.list_page()
    assert 4 / (4 * 0.58) < clock.time - start < 4 / (4 * 0.53), "a bit more than half the rate, and growing"


def test_threads_share_what_one_of_them_learnt(connect: Callable[..., HttpContactsApi], server: Server) -> None:
    api = connect(requests_per_second=1e6, concurrency=8)
    server.script = [says(429, {}, Retry_After="30"), *[says(429)] * 3]
    threads = [threading.Thread(target=api.list_page) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.seen) == 12


@pytest.mark.parametrize(("quota", "most", "seconds"), [(50, 0, 8), (20, 3, 20 + 3 * 1.25), (5, 25, 88)])
def test_a_project_with_less_to_spare_than_set_answers_everything_in_the_end(
    clock: Clock, quota: float, most: int, seconds: float
) -> None:
    """A refused call waits for the second that it is told to wait, and for up to a quarter more."""
    settings = EmulatorSettings(now=clock.now, requests_per_second=quota, token_lifetime=1e6)
    with running(settings) as url, _connected(url, clock) as api:
        for _ in range(400):
            api.list_page()
        refused = _refused(url)
    assert refused <= most
    assert 399 / 50 - 0.1 <= clock.time - 1000 <= seconds


def _connected(url: str, clock: Clock) -> HttpContactsApi:
    return HttpContactsApi(
        Target(PROJECT, Region.EU),
        Credentials("emulator", "emulator"),
        ApiSettings(emulator_url=url),
        now=clock.now,
        sleep=clock.sleep,
        wall=clock.now,
    )


def _refused(url: str) -> int:
    statuses: dict[str, int] = requests.get(f"{url}/_emulator/stats", timeout=10).json()["statuses"]
    return statuses.get("429", 0)
