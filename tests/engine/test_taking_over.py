"""A project that exists is taken over: dumped, adopted, partly let go, partly deleted, and put back."""

import re
from collections.abc import Callable

from engine.test_commands import command
from engine.workspace import Workspace
from outside import Sinch, people, person, writes

CONTACTS = 5000
PROGRAM = """import pulumi
from sinch_contacts import ContactSet

ContactSet("friends", source="contacts/all.jsonl"{})
"""


def test_five_thousand_contacts_are_adopted_let_go_deleted_and_put_back(
    make_workspace: Callable[..., Workspace], sinch: Sinch
) -> None:
    workspace = make_workspace(SINCH_REQUESTS_PER_SECOND="5000")
    sinch.seed([{**person(number), "external_id": f"person-{number:05d}"} for number in range(CONTACTS)])
    file = workspace.folder / "contacts" / "all.jsonl"

    command(workspace, "dump", "--output", str(file), status=0)
    workspace.program(PROGRAM.format(""))
    sinch.calls()
    workspace.up()
    assert writes(sinch.calls()) == {}
    (recorded,) = workspace.sets()
    assert recorded["outputs"]["summary"]["adopted"] == CONTACTS

    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[50:]))
    workspace.up()
    assert writes(sinch.calls()) == {}
    assert len(sinch.contacts()) == CONTACTS, "what was adopted is forgotten, not deleted"

    workspace.program(PROGRAM.format(', delete_adopted=True, max_deletes="10"'))
    file.write_text("".join(lines[100:]))
    refused = workspace.up(status=None)
    assert "would delete 50 of 4,950 contacts" in refused.output
    digest = re.findall(r"`approve: ([0-9a-f]+)`", refused.output)[0]
    workspace.program(PROGRAM.format(f', delete_adopted=True, max_deletes="10", approve="{digest}"'))
    done = workspace.up()
    assert writes(sinch.calls()) == {"batch_delete": 1}
    assert len(sinch.contacts()) == CONTACTS - 50

    bundle = re.findall(r"undo: sinch-contacts restore '([^']+)'", done.output)[0]
    restored = command(workspace, "restore", "--yes", bundle, status=0)
    assert "50 were created again" in restored.stdout
    assert len(sinch.by_external_id()) == CONTACTS


def test_a_state_older_than_two_runs_doubles_nothing_and_adopts_what_they_made(
    workspace: Workspace, sinch: Sinch
) -> None:
    workspace.write(people(5))
    workspace.up()
    backup = workspace.folder / "backup.json"
    backup.write_text(workspace.export())
    contacts = people(8)
    del contacts["person-00001"]
    contacts["person-00002"]["email"] = "new@example.org"
    workspace.write(contacts)
    workspace.up()
    contacts["person-00050"] = person(50)
    workspace.write(contacts)
    workspace.up()
    truth = sinch.contacts()

    workspace.run("stack", "import", "--file", str(backup))
    workspace.up()

    assert sinch.contacts() == truth
    workspace.destroy()
    left = {"person-00006", "person-00007", "person-00008"}
    assert sinch.by_external_id().keys() == left
