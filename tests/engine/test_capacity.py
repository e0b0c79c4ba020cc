"""The largest set: what of it was done arrives in the state when a run fails, and a larger one is refused."""

import json
from collections.abc import Iterable
from pathlib import Path

import msgspec

from engine.stubbed import REJECTED
from engine.workspace import Workspace
from ordinary import ordinary_contacts
from outside import Sinch
from sinch_contacts.core.contact.contact import Contact
from sinch_contacts.core.record.capacity import LARGEST_RECORD
from sinch_contacts.core.record.record_text import decode_record

TESTS = Path(__file__).parents[1]
STUBBED = """import sinch_contacts.contact_set
from engine.stubbed import StubbedProvider

sinch_contacts.contact_set.ContactSetProvider = StubbedProvider
sinch_contacts.contact_set.ContactSet("friends", source="contacts/*.jsonl")
"""
FULL = """from pulumi.dynamic import Resource
from engine.full import FullProvider

class Full(Resource):
    pass

Full(FullProvider(), "full", {"recorded": None})
"""


def write(workspace: Workspace, contacts: Iterable[Contact]) -> None:
    lines = b"\n".join(map(msgspec.json.encode, contacts))
    (workspace.folder / "contacts" / "all.jsonl").write_bytes(lines)


def ordinary(count: int) -> list[Contact]:
    return [row.contact for row in ordinary_contacts(count)]


def test_140_000_contacts_that_fail_half_way_are_all_recorded(workspace: Workspace) -> None:
    workspace.environment["PYTHONPATH"] = str(TESTS)
    workspace.program(STUBBED)
    *good, last = ordinary(140_001)
    write(workspace, [*good, msgspec.structs.replace(last, metadata=REJECTED)])

    failed = workspace.up(status=None)

    assert "1 rejected" in failed.output
    (state,) = workspace.sets()
    record = decode_record(json.loads(state["outputs"]["recorded"]["plaintext"]))
    assert record.keys() == {contact.external_id for contact in good}
    assert all(entry.id and entry.is_live for entry in record.values())
    assert state["outputs"]["summary"]["contacts"] == 140_000


def test_the_largest_record_and_a_long_message_are_carried_together(workspace: Workspace) -> None:
    workspace.environment["PYTHONPATH"] = str(TESTS)
    workspace.program(FULL)

    workspace.up(status=None)

    resources = json.loads(workspace.export("--show-secrets"))["deployment"]["resources"]
    (recorded,) = [resource["outputs"]["recorded"] for resource in resources if resource.get("id") == "full"]
    assert len(json.loads(recorded["plaintext"])) == LARGEST_RECORD


def test_a_set_beyond_the_limit_is_refused_in_the_preview_and_nothing_is_sent(
    workspace: Workspace, sinch: Sinch
) -> None:
    workspace.program('from sinch_contacts import ContactSet\nContactSet("friends", source="contacts/*.jsonl")\n')
    write(workspace, ordinary(2))
    workspace.up()
    sinch.calls()
    write(workspace, ordinary(150_000))

    def refused(*command: str) -> None:
        output = workspace.run(*command, status=None).output
        assert "The 150,000 contacts of this set" in output
        assert f"{LARGEST_RECORD:,} are what Pulumi can keep" in output
        assert "Spread the contacts with the set's option `shards: 2`" in output
        assert "Traceback" not in output
        assert sinch.calls() == {}

    refused("preview")
    workspace.run("stack", "init", "new")
    refused("up", "--yes", "--skip-preview")
