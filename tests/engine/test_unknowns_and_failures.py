"""What a preview does not know, what fails, and what is told and recorded then."""

import json
import re
import shutil
from pathlib import Path

import pytest

from engine.conftest import EmulatorClock
from engine.workspace import Workspace
from outside import Sinch, people, person, reads, writes

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_a_value_of_another_resource_leaves_the_other_contacts_planned(workspace: Workspace, sinch: Sinch) -> None:
    shutil.copy(EXAMPLES / "python_set/__main__.py", workspace.folder / "__main__.py")

    preview = workspace.run("preview", "--diff")
    assert "plan: +1 of 1" in preview.output
    assert "1 known after other resources are made" in preview.output
    assert re.search(r'dana *: "\(known after other resources are made\)"', preview.output)

    workspace.up()
    there = sinch.by_external_id()
    assert there.keys() == {"dana", "eli"}
    assert workspace.outputs() == {key: there[key]["id"] for key in ("dana", "eli")}
    sinch.calls()
    workspace.up()
    assert sinch.calls() == {}


def test_the_exported_state_holds_no_personal_data_and_no_credential(workspace: Workspace, sinch: Sinch) -> None:
    workspace.run("config", "set", "--secret", "sinch:keyId", "emulator")
    workspace.run("config", "set", "--secret", "sinch:keySecret", "emulator")
    contacts = {
        "alice": person(1, email="alice@example.com", metadata="likes jazz"),
        "+12025550123": person(2),
    }
    workspace.write(contacts)
    workspace.up()

    state = workspace.export()

    for text in ("Surname", "2020000001", "2020000002", "alice@example.com", "jazz", "2025550123"):
        assert text not in state
    clear = json.loads(workspace.export("--show-secrets"))
    assert "emulator" in json.dumps(clear), "the credential is in the state, as a secret"
    assert '"emulator"' not in state


@pytest.mark.parametrize("created", [True, False])
def test_a_set_that_failed_half_way_can_be_refreshed_and_destroyed(
    workspace: Workspace, sinch: Sinch, *, created: bool
) -> None:
    workspace.write(people(3 if created else 20))
    if not created:
        workspace.up()
    sinch.faults({"kind": "reject_item", "operation": "batch_create", "match": "person-00022", "times": None})
    workspace.write(people(25))
    assert "1 rejected" in workspace.up(status=None).output

    workspace.refresh()
    workspace.destroy()

    assert sinch.contacts() == []


def test_a_rejected_row_is_named_and_the_good_rows_are_recorded(workspace: Workspace, sinch: Sinch) -> None:
    workspace.write(people(20))
    sinch.faults({"kind": "reject_item", "operation": "batch_create", "match": "person-00007", "times": None})

    failed = workspace.up(status=None)

    assert "1 rejected" in failed.output
    assert "contacts/all.json:" in failed.output
    assert "person-00007: rejected" in failed.output
    assert "Traceback" not in failed.output
    assert len(sinch.contacts()) == 19
    assert workspace.sets()[0]["outputs"]["summary"]["contacts"] == 19
    sinch.faults()
    sinch.calls()

    workspace.up()

    assert writes(sinch.calls()) == {"batch_create": 1}
    assert sinch.by_external_id().keys() == people(20).keys()
    assert workspace.sets()[0]["outputs"]["summary"]["contacts"] == 20


def test_a_failed_update_keeps_what_was_confirmed(workspace: Workspace, sinch: Sinch) -> None:
    workspace.write(people(5))
    workspace.up()
    workspace.write(people(9))
    sinch.faults({"kind": "reject_batch", "operation": "batch_create", "times": None})
    failed = workspace.up(status=None)
    assert "4 rejected" in failed.output
    sinch.faults()

    workspace.up()

    assert sinch.by_external_id().keys() == people(9).keys()


def test_what_does_not_become_visible_is_pending_and_not_sent_again(
    workspace: Workspace, sinch: Sinch, clock: EmulatorClock
) -> None:
    workspace.one_set(", confirm_timeout=1, settle_time=5")
    workspace.write(people(3))
    sinch.faults({"kind": "delay", "operation": "batch_create", "match": "person-00002", "seconds": 600})
    failed = workspace.up(status=None)
    assert "2 changes made, and recorded; of the other contacts: 1 not visible yet." in failed.output
    assert "contacts/all.json:" in failed.output
    assert "person-00002: not visible yet" in failed.output
    sinch.calls()

    clock.ahead = 700
    workspace.up()
    assert writes(sinch.calls()) == {}
    assert sinch.by_external_id().keys() == people(3).keys()
    workspace.up()
    assert sinch.calls() == {}


def test_a_project_without_batch_permission_is_served_by_single_calls(workspace: Workspace, sinch: Sinch) -> None:
    sinch.faults(
        {"kind": "deny_batch", "operation": "batch_create", "times": None},
        {"kind": "deny_batch", "operation": "batch_delete", "times": None},
    )
    workspace.write(people(5))
    workspace.up()
    assert writes(sinch.calls()) == {"batch_create": 1, "create": 5}

    workspace.destroy()

    assert writes(sinch.calls()) == {"batch_delete": 1, "delete": 5}
    assert sinch.contacts() == []


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 1001, 2000, 2001])
def test_the_calls_grow_as_the_batches_and_pages_do(workspace: Workspace, sinch: Sinch, count: int) -> None:
    workspace.write(people(count))

    workspace.up()

    calls = sinch.calls()
    assert writes(calls) == ({"batch_create": -(-count // 1000)} if count else {})
    assert reads(calls) <= -(-count // 20) + -(-count // 1000) + 10
    assert len(sinch.contacts()) == count


class TestOneClearParagraph:
    """What is wrong ends in one paragraph, a non-zero exit status, no traceback, and changes nothing."""

    def refused(self, workspace: Workspace, sinch: Sinch, *texts: str) -> None:
        for command in (("preview",), ("up", "--yes", "--skip-preview")):
            output = workspace.run(*command, status=None).output
            for text in texts:
                assert text in output
            assert "Traceback" not in output
        assert sinch.contacts() == []

    def test_a_wrong_file(self, workspace: Workspace, sinch: Sinch) -> None:
        workspace.write({"alice": {**person(1), "langauge": "EN"}, "bob": {"language": "XX"}})
        self.refused(workspace, sinch, "langauge", "language", "contacts/all.json:", "bob")

    def test_a_file_that_is_not_there(self, workspace: Workspace, sinch: Sinch) -> None:
        self.refused(workspace, sinch, "contacts/*.json")

    def test_a_wrong_key(self, workspace: Workspace, sinch: Sinch) -> None:
        workspace.environment |= {"SINCH_KEY_ID": "emulator", "SINCH_KEY_SECRET": "wrong-secret"}
        workspace.write(people(2))
        self.refused(workspace, sinch, "SINCH_KEY")
        assert "wrong-secret" not in workspace.run("preview", status=None).output

    def test_a_region_that_does_not_exist(self, workspace: Workspace, sinch: Sinch) -> None:
        workspace.environment["SINCH_REGION"] = "mars"
        workspace.write(people(2))
        self.refused(workspace, sinch, "The region 'mars' does not exist.", "us, eu, br")

    def test_an_emulator_that_is_not_running(self, workspace: Workspace, sinch: Sinch) -> None:
        workspace.environment["SINCH_EMULATOR_URL"] = "http://127.0.0.1:9"
        workspace.write(people(2))
        self.refused(workspace, sinch, "127.0.0.1:9")

    def test_a_project_that_is_not_set(self, workspace: Workspace, sinch: Sinch) -> None:
        del workspace.environment["SINCH_PROJECT_ID"]
        workspace.write(people(2))
        self.refused(workspace, sinch, "SINCH_PROJECT_ID (or sinch:projectId) is not set.")

    def test_a_key_secret_in_clear_config(self, workspace: Workspace, sinch: Sinch) -> None:
        workspace.run("config", "set", "sinch:keySecret", "emulator", "--plaintext")
        workspace.write(people(2))
        self.refused(workspace, sinch, "sinch:keySecret stands in clear text in the stack config.")
