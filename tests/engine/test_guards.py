"""The most important guards on the real engine: a pull request turns red, an approval lets one plan through."""

import json
import re

import pytest

from engine.workspace import Workspace
from outside import Sinch, people, person, writes


def digest_in(output: str) -> str:
    found = re.search(r"`approve: ([0-9a-f]{33})`", output)
    assert found, output
    return found.group(1)


def test_a_plan_is_refused_approved_by_digest_and_applied_and_the_approval_is_for_no_other_plan(
    workspace: Workspace, sinch: Sinch
) -> None:
    workspace.environment["SINCH_PLAN_DIR"] = "plans"
    workspace.write(people(40))
    workspace.up()
    sinch.calls()
    workspace.write(people(15))

    preview = workspace.run("preview", status=None)
    assert "would delete 25 of 40 contacts, 62.5 %; the limit for this size is 50 % (max_deletes)" in preview.output
    assert "Traceback" not in preview.output
    plan = json.loads((workspace.folder / "plans" / "test.friends.plan.json").read_text())
    assert (plan["verdict"], plan["totals"]["delete"]) == ("refused", 25)
    digest = digest_in(preview.output)
    assert digest == plan["digest"]
    assert digest_in(workspace.up(status=None).output) == digest
    assert writes(sinch.calls()) == {}

    workspace.one_set(f', approve="{digest}"')
    workspace.write(people(14))
    refused = workspace.run("preview", status=None)
    assert digest_in(refused.output) != digest

    workspace.write(people(15))
    assert f"approved: the plan with the digest {digest}" in workspace.run("up", "--yes").output
    assert sinch.by_external_id().keys() == people(15).keys()


def test_a_set_that_is_declared_empty_by_mistake_is_refused(workspace: Workspace, sinch: Sinch) -> None:
    workspace.write(people(3))
    workspace.up()
    workspace.write({})

    assert "would leave nothing of 3 recorded contacts" in workspace.run("preview", status=None).output
    assert "would leave nothing of 3 recorded contacts" in workspace.up(status=None).output
    assert len(sinch.contacts()) == 3

    workspace.one_set(", allow_empty=True")
    workspace.up()
    assert sinch.contacts() == []


def test_a_large_set_that_falls_out_of_the_program_keeps_its_contacts(workspace: Workspace, sinch: Sinch) -> None:
    workspace.environment["SINCH_REQUESTS_PER_SECOND"] = "2000"
    workspace.write(people(1001))
    workspace.up()
    workspace.program("")

    dropped = workspace.up(status=None)
    assert "1,001 contacts would be deleted, and 1,000 is the limit" in dropped.output
    assert "Traceback" not in dropped.output
    assert len(sinch.contacts()) == 1001
    assert "1,001 contacts would be deleted" in workspace.destroy(status=None).output

    workspace.one_set(", allow_destroy=True")
    workspace.up()
    workspace.destroy()
    assert sinch.contacts() == []


@pytest.mark.parametrize("sets", ["ab", "ba"])
def test_a_protected_contact_does_not_leave_its_set_for_another_one(
    workspace: Workspace, sinch: Sinch, sets: str
) -> None:
    more = {"a": ', protect=["board-*"]', "b": ""}
    workspace.program(
        "from sinch_contacts import ContactSet\n"
        + "".join(f'ContactSet("{name}", source="contacts/{name}.json"{more[name]})\n' for name in sets)
    )
    workspace.write({"board-1": person(1), "x": person(2)}, "a")
    workspace.write({"y": person(3)}, "b")
    workspace.up()
    before = sinch.contacts()

    workspace.write({"x": person(2)}, "a")
    workspace.write({"y": person(3), "board-1": person(1)}, "b")

    for refused in (workspace.run("preview", status=None), workspace.up(status=None)):
        assert "would delete 1 protected contacts (board-1)" in refused.output
    assert sinch.contacts() == before
