"""Bringing a project under management, as docs/adoption.md tells it."""

import subprocess

from engine.workspace import BIN, Workspace
from outside import Sinch, people, person, reads, writes


def test_a_project_that_was_dumped_is_adopted_and_nothing_is_changed(workspace: Workspace, sinch: Sinch) -> None:
    sinch.seed([{**contact, "external_id": key} for key, contact in people(300).items()])
    sinch.seed([person(number) for number in range(301, 311)])
    before = sinch.contacts()
    dump = [BIN / "sinch-contacts", "dump", "--output", "contacts/all.yaml"]
    done = subprocess.run(
        dump, cwd=workspace.folder, env=workspace.environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    workspace.program('from sinch_contacts import ContactSet\nContactSet("everybody", source="contacts/*.yaml")\n')
    sinch.calls()

    workspace.up()

    calls = sinch.calls()
    assert writes(calls) == {}
    assert reads(calls) > 0
    assert sinch.contacts() == before
    (everybody,) = workspace.sets()
    summary = everybody["outputs"]["summary"]
    assert (summary["contacts"], summary["adopted"]) == (310, 310)

    workspace.up()

    assert sinch.calls() == {}
