"""A state that several machines share, in PostgreSQL: the life of a set, and machines that meet."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from engine.postgres import Postgres
from engine.workspace import Workspace
from outside import Sinch, people, person, writes

SLOW = {"kind": "latency", "operation": "batch_create", "seconds": 4}
"""Gives another machine the time to come while the first one is at work."""


@pytest.fixture
def make_shared(
    make_workspace: Callable[..., Workspace], postgres: Postgres, tmp_path: Path
) -> Callable[..., Workspace]:
    """Makes projects whose states are in one database."""
    url = postgres.database(tmp_path.name)
    return lambda *names: make_workspace(*names, PULUMI_BACKEND_URL=url, SINCH_SETTLE_TIME="4")


@pytest.fixture
def shared(make_shared: Callable[..., Workspace]) -> Workspace:
    return make_shared()


def await_batch(sinch: Sinch) -> None:
    deadline = time.monotonic() + 60
    while not requests.get(f"{sinch.url}/_emulator/stats", timeout=30).json()["requests"].get("batch_create"):
        assert time.monotonic() < deadline, "no batch was sent"
        time.sleep(0.02)


def assert_settled(workspace: Workspace, sinch: Sinch, count: int) -> None:
    """The state can be read and names just what is there, and another run has nothing to do."""
    there = sinch.by_external_id()
    assert there.keys() == people(count).keys()
    (recorded,) = workspace.sets()
    assert recorded["outputs"]["summary"]["contacts"] == count
    sinch.calls()
    workspace.up()
    assert writes(sinch.calls()) == {}
    assert sinch.by_external_id() == there


def test_the_life_of_a_set(shared: Workspace, sinch: Sinch, postgres: Postgres, tmp_path: Path) -> None:
    contacts = people(30)
    shared.write(contacts)
    shared.up()
    assert writes(sinch.calls()) == {"batch_create": 1}
    shared.up()
    assert sinch.calls() == {}

    contacts |= people(3, first=31)
    contacts["person-00001"] = person(1, display_name="Renamed Surname")
    del contacts["person-00002"]
    shared.write(contacts)
    sinch.faults({"kind": "reject_item", "operation": "batch_create", "match": "person-00032", "times": None})
    assert "person-00032: rejected" in shared.up(status=None).output
    assert sinch.by_external_id().keys() == contacts.keys() - {"person-00032"}
    assert shared.sets()[0]["outputs"]["summary"]["contacts"] == len(contacts) - 1

    sinch.faults()
    sinch.delete(sinch.by_external_id()["person-00003"]["id"])
    assert "person-00003  deleted" in shared.refresh("--diff").output
    sinch.calls()
    shared.up()
    assert writes(sinch.calls()) == {"batch_create": 1}
    assert sinch.by_external_id().keys() == contacts.keys()
    stored = postgres.content(tmp_path.name)
    assert "ContactSet::friends" in stored
    assert not [personal for personal in ("Surname", "2020000001") if personal in stored]

    shared.destroy()
    assert sinch.contacts() == []


def test_a_machine_that_comes_while_another_is_at_work_is_refused_and_changes_nothing(
    shared: Workspace, sinch: Sinch, tmp_path: Path
) -> None:
    shared.write(people(30))
    second = shared.elsewhere(tmp_path / "second")
    sinch.faults(SLOW)
    first = shared.start("up", "--yes", "--skip-preview")
    await_batch(sinch)

    refused = second.up(status=None)

    assert "the stack is currently locked" in refused.output
    output, _ = first.communicate(timeout=60)
    assert first.returncode == 0, output
    assert writes(sinch.calls()) == {"batch_create": 1}
    assert_settled(second, sinch, 30)


def test_two_machines_that_begin_at_once_leave_one_readable_state(
    shared: Workspace, sinch: Sinch, tmp_path: Path
) -> None:
    shared.write(people(30))
    second = shared.elsewhere(tmp_path / "second")

    runs = [machine.start("up", "--yes", "--skip-preview") for machine in (shared, second)]

    for run in runs:
        output, _ = run.communicate(timeout=60)
        assert run.returncode == 0 or "the stack is currently locked" in output, output
    shared.up()
    assert_settled(second, sinch, 30)


def test_a_machine_that_is_lost_leaves_a_lock_and_another_one_takes_up_its_work(
    shared: Workspace, sinch: Sinch, tmp_path: Path
) -> None:
    shared.write(people(30))
    second = shared.elsewhere(tmp_path / "second")
    sinch.faults(SLOW)
    lost = shared.start("up", "--yes", "--skip-preview")
    await_batch(sinch)
    os.killpg(lost.pid, signal.SIGKILL)
    lost.communicate(timeout=60)
    for process in shared.processes():
        os.kill(process, signal.SIGKILL)

    assert "the stack is currently locked" in second.up(status=None).output
    second.run("cancel", "--yes")
    second.up()

    assert_settled(second, sinch, 30)


def test_two_stacks_at_once_do_not_wait_for_each_other(make_shared: Callable[..., Workspace], sinch: Sinch) -> None:
    one, two = make_shared("one", "test"), make_shared("two", "other")
    for workspace, first in ((one, 1), (two, 101)):
        workspace.one_set(f', external_id_prefix="{workspace.folder.name}-"')
        workspace.write(people(40, first))

    runs = [workspace.start("up", "--yes", "--skip-preview") for workspace in (one, two)]

    for run in runs:
        output, _ = run.communicate(timeout=60)
        assert run.returncode == 0, output
    expected = {f"one-{key}" for key in people(40)} | {f"two-{key}" for key in people(40, 101)}
    assert sinch.by_external_id().keys() == expected
    sinch.calls()
    for workspace in (one, two):
        workspace.up()
    assert sinch.calls() == {}
    one.destroy()
    assert sinch.by_external_id().keys() == {f"two-{key}" for key in people(40, 101)}
