"""`drift`, `explain` and `restore` on the real engine: commands that ask the one planner there is."""

import json
import subprocess
from pathlib import Path
from typing import Any

from engine.workspace import BIN, Workspace
from outside import Sinch, people, person, writes

NOTHING, SOMETHING, ERROR = 0, 2, 1


def command(workspace: Workspace, *arguments: str, status: int, **more: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [str(BIN / "sinch-contacts"), *arguments],
        cwd=workspace.folder,
        env={**workspace.environment, **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done


def drift(workspace: Workspace, status: int) -> dict[str, Any]:
    done = command(workspace, "drift", "--stack", "test", "--format", "json", status=status)
    (found,) = json.loads(done.stdout)["sets"]
    result: dict[str, Any] = found
    return result


def keys(rows: list[dict[str, Any]]) -> list[str]:
    return [row["key"] for row in rows]


def test_drift_tells_apart_who_changed_what(workspace: Workspace, sinch: Sinch) -> None:
    contacts = people(6)
    workspace.write(contacts)
    workspace.up()
    assert drift(workspace, NOTHING)["drift"] == []

    there = sinch.by_external_id()
    sinch.patch(there["person-00001"]["id"], {"language": "FR"})
    sinch.patch(there["person-00002"]["id"], {"display_name": "Theirs"})
    sinch.delete(there["person-00003"]["id"])
    contacts["person-00002"] = person(2, language="DE")
    contacts["person-00004"] = person(4, language="DE")
    contacts["person-00007"] = person(7)
    workspace.write(contacts)
    sinch.calls()

    found = drift(workspace, SOMETHING)
    assert keys(found["drift"]) == ["person-00003", "person-00001", "person-00002"]
    assert keys(found["edits"]) == ["person-00007", "person-00002", "person-00004"]
    assert found["pending"] == []
    text = command(workspace, "drift", status=SOMETHING).stdout
    assert "friends: 3 drifted, 0 pending, 3 edited in Git" in text
    assert "drift    person-00001  patch: language" in text
    assert "Theirs" not in text
    assert writes(sinch.calls()) == {}
    assert drift(workspace, SOMETHING)["drift"], "nothing was written into the state either"


def test_what_an_earlier_run_asked_for_is_pending_and_a_refused_plan_is_told(
    workspace: Workspace, sinch: Sinch
) -> None:
    workspace.environment["SINCH_CONFIRM_TIMEOUT"] = "0.5"
    sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 300, "match": "person-00002"})
    workspace.write(people(20))
    workspace.up(status=None)
    assert keys(drift(workspace, SOMETHING)["pending"]) == ["person-00002"]

    workspace.write({})
    found = drift(workspace, SOMETHING)
    assert found["refused"] is True
    assert "guards refuse the plan" in command(workspace, "drift", status=SOMETHING).stdout


def test_a_set_that_left_the_program_is_something_to_do(workspace: Workspace) -> None:
    workspace.write(people(3))
    workspace.up()
    workspace.program("")
    found = drift(workspace, SOMETHING)
    assert (found["set"], found["unplanned"]) == ("friends", 3)
    text = command(workspace, "drift", status=SOMETHING).stdout
    assert "friends: 3 contacts are recorded, and none is planned: it has left the program" in text


def test_an_error_is_an_error(workspace: Workspace) -> None:
    (workspace.folder / "contacts" / "all.json").write_text("{")
    broken = command(workspace, "drift", status=ERROR)
    assert "contacts/all.json:1:" in broken.stderr
    assert "pulumi preview failed." in broken.stderr
    assert command(workspace, "drift", "--format", "yaml", status=2).stdout == ""


def test_explain_tells_what_is_known_of_one_contact(workspace: Workspace, sinch: Sinch) -> None:
    contacts = people(3)
    workspace.write(contacts)
    workspace.up()
    contacts["person-00002"] = person(2, display_name="Renamed Surname")
    workspace.write(contacts)
    told = command(workspace, "explain", "person-00002", status=0).stdout
    live = sinch.by_external_id()["person-00002"]["id"]
    assert told.startswith("friends: person-00002\n")
    assert "declared   contacts/all.json:" in told
    assert f"recorded   {live} · created by this set · read back as it was declared" in told
    assert f"lives      {live}" in told
    assert "plan       patch: display_name" in told
    assert "on_change is `patch`" in told
    assert "Surname" not in told
    revealed = command(workspace, "explain", "--reveal", "--format", "json", "person-00002", status=0).stdout
    assert json.loads(revealed)[0]["declared"]["fields"]["display_name"] == "Renamed Surname"
    unknown = command(workspace, "explain", "nobody", status=1).stderr
    assert "No set knows the contact 'nobody'" in unknown


def test_what_was_deleted_comes_back_from_the_bundle_that_up_names(
    workspace: Workspace, sinch: Sinch, tmp_path: Path
) -> None:
    workspace.environment["SINCH_UNDO_DIR"] = str(tmp_path / "undo")
    workspace.write(people(12))
    workspace.up()
    workspace.write(people(5))
    output = workspace.up().output
    lines = [line for line in output.splitlines() if "undo: sinch-contacts restore" in line]
    (bundle,) = {line.split("'")[1] for line in lines}
    restored = command(workspace, "restore", "--yes", bundle, status=0, SINCH_JOURNAL_DIR=str(tmp_path / "j")).stdout
    assert "7 were created again" in restored
    assert sinch.by_external_id().keys() == people(12).keys()
    assert Path(bundle).stat().st_mode & 0o077 == 0
