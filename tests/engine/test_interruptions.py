"""What an impatient person, a signal and a crash do to a run, and what the next `pulumi up` makes of it."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from engine.workspace import Workspace
from outside import PROJECT, Sinch, people, writes
from sinch_contacts.emulator.server import running
from sinch_contacts.emulator.settings import EmulatorSettings

CONTACTS = 3000
KILLS = int(os.environ.get("SINCH_TEST_KILLS", "4"))


@pytest.fixture
def sinch() -> Iterator[Sinch]:
    with running(EmulatorSettings(lag=0.7)) as url:
        yield Sinch(url)


@pytest.fixture
def patient(make_workspace: Callable[..., Workspace]) -> Workspace:
    workspace = make_workspace(
        SINCH_REQUESTS_PER_SECOND="2000", SINCH_SETTLE_TIME="8", SINCH_CONFIRM_TIMEOUT="30", SINCH_CONCURRENCY="4"
    )
    workspace.write(people(CONTACTS))
    return workspace


def await_batches(sinch: Sinch, count: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        stats = requests.get(f"{sinch.url}/_emulator/stats", timeout=30).json()["requests"]
        if stats.get("batch_create", 0) >= count:
            return
        time.sleep(0.01)
    pytest.fail("no batch was sent")


def created_items(sinch: Sinch) -> int:
    items: int = requests.get(f"{sinch.url}/_emulator/stats", timeout=30).json()["items"]["batch_create"]
    return items


def await_no_provider(workspace: Workspace, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while workspace.processes("pulumi.dynamic"):
        assert time.monotonic() < deadline, "a provider is left behind"
        time.sleep(0.05)


def end_language_host(workspace: Workspace) -> None:
    """Ends what a killed engine leaves of its own: its language host looks for it only now and then."""
    for process in workspace.processes("pulumi-language-python"):
        with suppress(ProcessLookupError):  # it has looked, and left
            os.kill(process, signal.SIGKILL)


@pytest.mark.parametrize("number", range(KILLS))
def test_a_killed_run_is_taken_up_by_the_next(
    patient: Workspace, sinch: Sinch, tmp_path: Path, number: int, record_property: Callable[[str, object], None]
) -> None:
    luck = random.Random(number)  # noqa: S311  # moments, not secrets
    victim, keeps_journal = ("engine", "provider")[number % 2], number % 4 < 2
    up = patient.start("up", "--yes", "--skip-preview")
    await_batches(sinch, luck.randint(1, 3))
    time.sleep(luck.uniform(0, 1.2))
    killed = [up.pid] if victim == "engine" else patient.processes("pulumi.dynamic")
    for process in killed:
        os.kill(process, signal.SIGKILL)
    if victim == "engine":
        await_no_provider(patient, 2.5)
    end_language_host(patient)
    up.communicate(timeout=60)
    await_no_provider(patient, 5)
    if not keeps_journal:
        patient.environment["SINCH_JOURNAL_DIR"] = str(tmp_path / "another machine")
    patient.run("cancel", "--yes")

    patient.up()

    assert sinch.by_external_id().keys() == people(CONTACTS).keys()
    doubled = created_items(sinch) - CONTACTS
    record_property("doubled", doubled)
    journal = "with" if keeps_journal else "without"
    print(f"kill {number} of the {victim}, {journal} journal: {doubled} doubled creations")  # noqa: T201  # it is asked for
    sinch.calls()
    patient.up()
    assert writes(sinch.calls()) == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_ctrl_c_stops_between_two_calls_and_records_what_is_confirmed(
    patient: Workspace, sinch: Sinch, number: signal.Signals
) -> None:
    sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 5, "times": None})
    up = patient.start("up", "--yes", "--skip-preview")
    await_batches(sinch, 1)
    started = time.monotonic()
    os.kill(up.pid, number)
    output, _ = up.communicate(timeout=60)
    took = time.monotonic() - started
    assert up.returncode != 0
    assert "The run was interrupted." in output
    assert "The next `pulumi up` goes on from here." in output
    assert "Traceback" not in output
    assert took < 15, "the engine takes its time to leave, but the work had stopped long before"
    (recorded,) = patient.sets()
    assert recorded["outputs"]["summary"]["unsettled"] >= 1000
    sent = created_items(sinch)
    sinch.faults()

    patient.up()

    assert sinch.by_external_id().keys() == people(CONTACTS).keys()
    assert created_items(sinch) == CONTACTS
    assert sent % 1000 == 0


def test_the_second_ctrl_c_leaves_at_once_and_the_next_up_settles_it(patient: Workspace, sinch: Sinch) -> None:
    up = patient.start("up", "--yes", "--skip-preview")
    await_batches(sinch, 1)
    os.kill(up.pid, signal.SIGINT)
    time.sleep(0.1)
    os.kill(up.pid, signal.SIGINT)
    up.communicate(timeout=60)
    await_no_provider(patient, 10)
    patient.run("cancel", "--yes")

    patient.up()

    assert sinch.by_external_id(PROJECT).keys() == people(CONTACTS).keys()
