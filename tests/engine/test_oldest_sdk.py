"""The reaches into Pulumi's SDK, on the oldest SDK that is supported; all other tests run on the newest."""

from collections.abc import Callable

import pytest

from engine.workspace import OLDEST, Workspace
from outside import Sinch, people, writes


@pytest.fixture
def old(make_workspace: Callable[..., Workspace]) -> Workspace:
    assert (OLDEST / "python").exists(), f"{OLDEST} is missing: run `make setup`"
    return make_workspace(programs=OLDEST)


def test_create_change_refresh_and_destroy(old: Workspace, sinch: Sinch) -> None:
    old.program('import pulumi\npulumi.export("sdk", pulumi.__file__)\n' + (old.folder / "__main__.py").read_text())
    old.write(people(3))
    created = old.up()
    assert "plan: +3 of 3" in created.output, "the URN and the engine's log are reached"
    assert "/oldest/" in old.outputs()["sdk"]
    sinch.patch(sinch.by_external_id()["person-00001"]["id"], {"display_name": "Mallory"})

    refreshed = old.refresh("--diff")
    assert "person-00001  changed: display_name" in refreshed.output, "the old inputs are reached"
    sinch.calls()
    old.up()
    assert writes(sinch.calls()) == {"update": 1}
    old.destroy()
    assert sinch.contacts() == []


def test_a_partial_failure_is_recorded_and_told_without_a_traceback(old: Workspace, sinch: Sinch) -> None:
    old.write(people(5))
    sinch.faults({"kind": "reject_item", "operation": "batch_create", "match": "person-00003", "times": None})
    failed = old.up(status=None)
    assert "person-00003: rejected" in failed.output
    assert "Traceback" not in failed.output
    assert old.sets()[0]["outputs"]["summary"]["contacts"] == 4


def test_an_error_is_one_paragraph(old: Workspace, sinch: Sinch) -> None:
    old.environment["SINCH_KEY_SECRET"] = "wrong"
    old.environment["SINCH_KEY_ID"] = "emulator"
    old.write(people(1))
    failed = old.run("preview", status=None)
    assert "Sinch answered 401" in failed.output
    assert "Traceback" not in failed.output
