"""Sets in shards: created side by side, changed one at a time, resharded, and spread over stacks."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from engine.workspace import BIN, Workspace
from outside import Sinch, people, person, writes

PROGRAM = """import pulumi
from sinch_contacts import ShardedContactSet

customers = ShardedContactSet("customers", shards={}, source="contacts/*.json")
pulumi.export("ids", customers.ids)
pulumi.export("summary", customers.summary)
"""

IN_PYTHON = """import pulumi
from outside import people, person
from pulumi.dynamic import CreateResult, Resource, ResourceProvider
from sinch_contacts import ShardedContactSet


class Slow(ResourceProvider):
    def create(self, props):
        return CreateResult("slow", {"name": "Late"})


class Late(Resource):
    name: pulumi.Output[str]


late = Late(Slow(), "late", {"name": None})
some = {**people(9), "late": person(99, display_name=late.name)}
whole = late.name.apply(lambda name: {f"whole-{number}": person(200 + number) for number in range(5)})
for name, contacts in (("customers", some), ("whole", whole)):
    pulumi.export(name, ShardedContactSet(name, shards=2, contacts=contacts).ids)
"""


def shards(workspace: Workspace) -> dict[str, str]:
    """What is recorded of each shard, by its name."""
    return {resource["urn"].rpartition("::")[2]: json.dumps(resource["outputs"]) for resource in workspace.sets()}


def reshard(workspace: Workspace, count: int) -> None:
    """Brings a stack to another number of shards, as the documents say."""
    old, new = (workspace.folder / f"{name}-{count}.json" for name in ("old", "new"))
    workspace.run("stack", "export", "--show-secrets", "--file", str(old))
    command = [BIN / "sinch-contacts", "reshard", old, "--set", "customers", "--to", str(count), "--output", new]
    subprocess.run(command, check=True, timeout=60)
    workspace.run("stack", "import", "--file", str(new))
    assert "plaintext" not in workspace.export(), "secrets are encrypted again"
    workspace.program(PROGRAM.format(count))


def test_shards_are_created_side_by_side_and_a_new_contact_touches_one(workspace: Workspace, sinch: Sinch) -> None:
    workspace.program(PROGRAM.format(4))
    workspace.write(people(300))

    workspace.up()

    assert writes(sinch.calls()) == {"batch_create": 4}
    there = sinch.by_external_id()
    assert there.keys() == people(300).keys()
    outputs = workspace.outputs()
    assert outputs["ids"] == {key: contact["id"] for key, contact in there.items()}
    assert outputs["summary"]["contacts"] == 300
    before = shards(workspace)
    assert list(before) == ["customers-00", "customers-01", "customers-02", "customers-03"]

    workspace.write(people(301))
    updated = workspace.up()

    assert "~ 1 updated" in updated.output
    assert "4 unchanged" in updated.output
    assert writes(sinch.calls()) == {"batch_create": 1}
    after = shards(workspace)
    assert sum(before[name] != after[name] for name in before) == 1

    workspace.environment["SINCH_SHARD"] = "1"
    refused = workspace.up(status=None)
    assert "'customers-00' is one of 4 shards of a set" in refused.output
    assert "Traceback" not in refused.output
    assert (len(sinch.contacts()), sinch.calls()) == (301, {})


def test_resharding_there_and_back_leaves_nothing_to_do(workspace: Workspace, sinch: Sinch) -> None:
    workspace.program(PROGRAM.format(1))
    workspace.write(people(120))
    workspace.up()
    before = workspace.outputs()
    sinch.calls()

    for count in (4, 1):
        reshard(workspace, count)
        again = workspace.run("up", "--yes", "--expect-no-changes", "--diff")
        assert again.output.count(f"{count + 1} unchanged") == 2
        assert len(workspace.sets()) == count
    assert workspace.outputs() == before
    assert sinch.calls() == {}


def test_problems_of_all_shards_are_told_at_once(workspace: Workspace, sinch: Sinch) -> None:
    workspace.program(PROGRAM.format(4))
    workspace.write({**people(40), "twin-1": person(1), "twin-2": person(2)})

    refused = workspace.run("preview", status=None)

    for number in (1, 2):
        assert f"belongs to person-0000{number} in contacts/all.json:" in refused.output
    assert sinch.calls() == {}


def test_a_matrix_of_two_stacks(make_workspace: Callable[..., Workspace], sinch: Sinch) -> None:
    stacks = [make_workspace(f"job-{number}", f"shard-{number}", SINCH_SHARD=str(number)) for number in (0, 1)]
    for stack in stacks:
        stack.program(PROGRAM.format(2))
        stack.write(people(60))
        stack.up()
    assert writes(sinch.calls()) == {"batch_create": 2}
    assert sinch.by_external_id().keys() == people(60).keys()
    assert [list(shards(stack)) for stack in stacks] == [["customers-00"], ["customers-01"]]
    assert sum(stack.outputs()["summary"]["contacts"] for stack in stacks) == 60

    for stack in stacks:
        stack.write(people(61))
        stack.up()
    assert writes(sinch.calls()) == {"batch_create": 1}

    one, other = stacks
    urn = other.sets()[0]["urn"]
    one.run("state", "move", "--source", "shard-1", "--dest", "shard-0", "--yes", urn)
    one.environment["SINCH_SHARD"] = ""
    one.up("--expect-no-changes")
    assert list(shards(one)) == ["customers-00", "customers-01"]
    assert sinch.calls() == {}


def test_stack_config_names_shards_without_python(workspace: Workspace, sinch: Sinch) -> None:
    workspace.program("from sinch_contacts.program import main\nmain()\n")
    workspace.write(people(40))
    options = {"source": "contacts/*.json", "shards": 4, "shard": "0-2"}
    config = {"config": {"sinch-contacts:sets": {"customers": options}}}
    (workspace.folder / "Pulumi.test.yaml").write_text(json.dumps(config))

    preview = workspace.run("preview")

    assert [f"customers-0{number}" in preview.output for number in range(4)] == [True, True, True, False]
    del options["shards"]
    (workspace.folder / "Pulumi.test.yaml").write_text(json.dumps(config))
    refused = workspace.run("preview", status=None)
    assert "The set 'customers' in sinch-contacts:sets has a shard, and no shards." in refused.output


def test_contacts_that_depend_on_other_resources_are_spread_as_well(workspace: Workspace, sinch: Sinch) -> None:
    workspace.environment["PYTHONPATH"] = str(Path(__file__).parents[1])
    workspace.program(IN_PYTHON)

    preview = workspace.run("preview").output
    planned = dict(re.findall(r"ContactSet (\S+)  (plan: [^\n]*)", preview))
    assert sorted(planned) == ["customers-00", "customers-01"]
    assert sum("1 known after other resources are made" in told for told in planned.values()) == 1

    workspace.up()
    there = {key: contact["id"] for key, contact in sinch.by_external_id().items()}
    assert workspace.outputs()["customers"] | workspace.outputs()["whole"] == there
    assert there.keys() == {*people(9), "late", *(f"whole-{number}" for number in range(5))}
