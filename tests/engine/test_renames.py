"""Stacks and resources that are renamed or moved with Pulumi's own commands, also after a run that was killed."""

import os
import signal
import time
from collections.abc import Callable

import pytest

from engine.workspace import Workspace
from outside import Sinch, people, person, writes

Rename = Callable[[Workspace], None]


def rename_the_stack(workspace: Workspace) -> None:
    workspace.run("stack", "rename", "production")


def rename_the_resource(workspace: Workspace) -> None:
    urn = workspace.sets()[0]["urn"]
    workspace.run("state", "rename", urn, "buddies", "--yes")
    workspace.program('from sinch_contacts import ContactSet\nContactSet("buddies", source="contacts/*.json")\n')


def give_an_alias(workspace: Workspace) -> None:
    alias = 'opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="friends")])'
    workspace.program(
        f'import pulumi\nfrom sinch_contacts import ContactSet\nContactSet("pals", source="contacts/*.json", {alias})\n'
    )


RENAMES = pytest.mark.parametrize("rename", [rename_the_stack, rename_the_resource, give_an_alias])


@RENAMES
def test_a_renamed_set_goes_on_and_touches_nothing(workspace: Workspace, sinch: Sinch, rename: Rename) -> None:
    workspace.write(people(5))
    workspace.up()
    before = sinch.contacts()
    sinch.calls()

    rename(workspace)
    workspace.up()

    assert writes(sinch.calls()) == {}
    assert sinch.contacts() == before
    workspace.destroy()
    assert sinch.contacts() == []


@RENAMES
def test_what_a_killed_run_left_is_found_under_the_new_name(
    make_workspace: Callable[..., Workspace], sinch: Sinch, rename: Rename
) -> None:
    workspace = make_workspace(SINCH_SETTLE_TIME="3")
    workspace.write(people(5))
    workspace.up()
    changed = people(8)
    del changed["person-00001"]
    changed["person-00002"]["email"] = "first@example.org"
    workspace.write(changed)
    kill_while_it_waits(workspace, sinch)
    rename(workspace)

    workspace.write(people(5))
    workspace.up()

    assert sinch.by_external_id().keys() == people(5).keys()
    assert {contact["email"] for contact in sinch.contacts()} == {""}
    workspace.destroy()
    assert sinch.contacts() == []


def kill_while_it_waits(workspace: Workspace, sinch: Sinch) -> None:
    """Kills a run that has asked for contacts, and waits for those that take long to appear."""
    sinch.calls()
    sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 4.0, "times": None})
    up = workspace.start("up", "--yes", "--skip-preview")
    deadline = time.monotonic() + 60
    while not {"batch_create", "update"} <= sinch.counted().keys():
        assert time.monotonic() < deadline, f"the run did not come so far: {sinch.counted()}"
        time.sleep(0.05)
    for process in (up.pid, *workspace.processes("pulumi.dynamic"), *workspace.processes("pulumi-language-python")):
        os.kill(process, signal.SIGKILL)
    up.communicate(timeout=60)
    workspace.run("cancel", "--yes")
    sinch.faults()


def test_a_set_that_moved_to_another_stack_is_safe_from_the_one_that_it_left(
    make_workspace: Callable[..., Workspace], sinch: Sinch
) -> None:
    old = make_workspace()
    old.write(people(5))
    old.up()
    before = sinch.contacts()
    new = make_workspace("two", "other")
    new.write(people(5))
    urn = old.sets()[0]["urn"]
    old.run(
        "state", "move", "--source", "organization/scratch/test", "--dest", "organization/scratch/other", urn, "--yes"
    )

    sinch.calls()
    new.up()
    assert writes(sinch.calls()) == {}
    old.write({"person-00099": person(99)})
    old.up()
    old.destroy()
    assert sinch.contacts() == before
    new.destroy()
    assert sinch.contacts() == []
