"""The examples, the root project and the README's commands, run as a newcomer would."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.workspace import BIN, Workspace
from outside import PROJECT, Sinch
from sinch_contacts.sources import load

ROOT = Path(__file__).parents[2]


def shell_blocks() -> list[str]:
    return re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


def test_the_demo_shows_the_main_job_and_leaves_nothing_running() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SINCH_", "PULUMI_"))}
    done = subprocess.run(
        [sys.executable, "examples/demo.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    address = re.search(r"ready at http://127\.0\.0\.1:([0-9]+)", done.stdout)
    assert address
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(address[1]))) != 0, "the emulator still runs"
    told = [re.search(text, done.stdout) for text in (r"\+8 of 8", r"3 unchanged", "alice  changed: display_name")]
    assert all(told)
    assert [match.start() for match in told if match] == sorted(match.start() for match in told if match)
    for personal in ("2025550101", "Alice Example", "alice@example.com", "yara@example.net"):
        assert personal not in done.stdout


def test_the_readmes_first_commands_are_targets_that_make_explains() -> None:
    explained = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in re.findall(r"^make (\w+)", shell_blocks()[0], re.MULTILINE):
        assert f"make {target}" in explained


def test_the_readmes_commands_work_on_a_fresh_copy(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    copy = tmp_path / "copy"
    for name in ("Pulumi.yaml", "Pulumi.local.yaml", "provider/__main__.py", "examples", "schemas"):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, copy / name)
    (copy / ".venv").symlink_to(BIN.parent)
    (copy / "Pulumi.local.yaml").write_text((ROOT / "Pulumi.local.yaml").read_text().replace("8580", port))
    home = tmp_path / "home"
    home.mkdir()
    _, validate, local, _ = shell_blocks()
    assert "pulumi up --yes" in local
    wait = f"until (echo > /dev/tcp/127.0.0.1/{port}) 2>/dev/null; do sleep 0.1; done"
    lines = local.replace("8580", port).splitlines()
    script = "\n".join(["set -e", "trap 'kill %1' EXIT", validate, lines[0], wait, *lines[1:]])
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SINCH_", "PULUMI_"))}
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=copy,
        env={**environment, "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "28 contacts in 4 files: no problems" in done.stdout
    assert "+ 3 created" in done.stdout


def test_a_test_environment_is_seeded_and_emptied(workspace: Workspace, sinch: Sinch) -> None:
    shutil.copy(ROOT / "examples/seeding/__main__.py", workspace.folder / "__main__.py")
    workspace.run("config", "set", "count", "60")
    workspace.up()
    there = sinch.by_external_id()
    assert len(there) == 60
    assert workspace.outputs()["first"] == there["test-person-0001"]["id"]
    preview = workspace.run("preview", "--diff")
    assert "2 unchanged" in preview.output
    workspace.destroy()
    assert sinch.contacts() == []


class TestRootProject:
    @pytest.fixture
    def root(self, make_workspace: Callable[..., Workspace]) -> Workspace:
        workspace = make_workspace()
        (workspace.folder / "provider").mkdir()
        shutil.copy(ROOT / "provider/__main__.py", workspace.folder / "provider/__main__.py")
        project = (ROOT / "Pulumi.yaml").read_text().replace("name: sinch-contacts", "name: scratch")
        (workspace.folder / "Pulumi.yaml").write_text(project)
        shutil.copytree(ROOT / "examples/quickstart", workspace.folder / "quickstart")
        return workspace

    def test_sets_come_from_stack_config(self, root: Workspace, sinch: Sinch) -> None:
        (root.folder / "overlays").mkdir()
        (root.folder / "overlays/test.yaml").write_text("contacts: {press-1: {display_name: Test Desk}}")
        for path, value in (
            ("sinch-contacts:sets.friends.source", "quickstart/friends.yaml"),
            ("sinch-contacts:sets.press.source", "quickstart/press.json"),
            ("sinch-contacts:sets.press.external_id_prefix", "press-"),
            ("sinch-contacts:sets.press.overlays[0]", "overlays/test.yaml"),
        ):
            root.run("config", "set", "--path", path, value)
        root.up()
        expected = len(load(["quickstart/friends.yaml", "quickstart/press.json"], root.folder))
        assert len(sinch.contacts(PROJECT)) == expected
        assert sinch.by_external_id()["press-press-1"]["display_name"] == "Test Desk"
        assert {name: value["contacts"] for name, value in root.outputs().items()} == {"friends": 8, "press": 2}

    def test_a_file_outside_is_read_where_the_config_allows_it(self, root: Workspace, sinch: Sinch) -> None:
        shared = root.folder.parent / "shared"
        shutil.move(root.folder / "quickstart", shared)
        (root.folder / "link").symlink_to(shared)
        friends = {"source": ["../shared/friends.yaml", "link/press.json"], "allow_outside": True}
        (root.folder / "Pulumi.test.yaml").write_text(json.dumps({"config": {"sinch-contacts:sets": {"f": friends}}}))
        root.up()
        assert len(sinch.contacts(PROJECT)) == 10

    def test_a_config_without_sets_says_what_to_set(self, root: Workspace) -> None:
        refused = root.run("preview", status=None)
        assert "The stack config names no contact sets. Run `pulumi config set --path" in refused.output
        assert "Traceback" not in refused.output

    @pytest.mark.parametrize(
        ("sets", "told"),
        [
            ({"friends": {"sources": "x"}}, "The set 'friends' in sinch-contacts:sets has no source."),
            ({"friends": {"source": "x", "on_conflct": "adopt"}}, "Did you mean 'on_conflict'?"),
            ({"friends": {"source": "quickstart/*.yaml", "on_delete": "keep"}}, "on_delete is 'keep'"),
            ({"friends": {"source": "x", "allow_outside": "no"}}, "allow_outside is neither true nor false."),
            ({"friends": {"source": "../x.yaml"}}, "outside the project's folder; move it there, or set allow_outside"),
            (["friends"], "sinch-contacts:sets is not a map of sets."),
        ],
    )
    def test_a_wrong_option_is_named(self, root: Workspace, sets: object, told: str) -> None:
        config = {"config": {"sinch-contacts:sets": sets}}
        (root.folder / "Pulumi.test.yaml").write_text(json.dumps(config))
        refused = root.run("preview", status=None)
        assert told in refused.output
        assert "Traceback" not in refused.output
