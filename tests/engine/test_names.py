"""Names that sets may have in a program, and that files have to be named by."""

import json
from pathlib import Path

from engine.test_commands import NOTHING, SOMETHING, command
from engine.workspace import Workspace
from outside import Sinch, people, person

LONG = "客户联系人名单客户联系人名单客户联系人名单客户联系人名单客户"
OF_TEAMS = """
import pulumi
from sinch_contacts import ContactSet

for number, kind in enumerate(["Sales", "Support"]):
    team = pulumi.ComponentResource(f"acme:index:{kind}", kind.lower())
    options = pulumi.ResourceOptions(parent=team)
    ContactSet("customers", source=f"contacts/{kind.lower()}.json", opts=options)
"""


def test_a_set_of_thirty_chinese_characters_lives_and_goes(workspace: Workspace, sinch: Sinch) -> None:
    """Seen: it was created, and could then be neither changed nor destroyed: no folder may have so long a name."""
    workspace.program(f'from sinch_contacts import ContactSet\nContactSet("{LONG}", source="contacts/*.json")\n')
    workspace.environment["SINCH_PLAN_DIR"] = str(workspace.folder / "plans")
    workspace.write(people(3))
    workspace.up()
    workspace.write({**people(2), "person-00001": person(1, display_name="Edited")})
    workspace.run("preview")
    workspace.up()
    assert {contact["display_name"] for contact in sinch.contacts()} == {"Edited", "Person 2 Surname"}
    (plan,) = (workspace.folder / "plans").glob("*.plan.json")
    assert json.loads(plan.read_text())["set"] == LONG
    workspace.destroy()
    assert sinch.contacts() == []


def test_two_sets_of_one_name_under_two_kinds_of_parents_are_told_apart(workspace: Workspace, sinch: Sinch) -> None:
    """Seen: they shared a plan file: no drift was told though there was some, and the report left one out."""
    workspace.program(OF_TEAMS)
    plans = Path(workspace.environment.setdefault("SINCH_PLAN_DIR", str(workspace.folder / "plans")))
    workspace.write(people(2), "sales")
    workspace.write(people(2, first=11), "support")
    workspace.up()
    sales, support = "acme:index:Sales$customers", "acme:index:Support$customers"

    for number in (1, 11):
        there = sinch.by_external_id()[f"person-{number:05d}"]
        sinch.patch(there["id"], {"language": "FR"})
        told = command(workspace, "drift", "--format", "json", status=SOMETHING).stdout
        drifted = {found["set"]: len(found["drift"]) for found in json.loads(told)["sets"]}
        assert drifted == {sales: int(number == 1), support: int(number == 11)}
        sinch.patch(there["id"], {"language": there["language"]})
    command(workspace, "drift", status=NOTHING)

    for key, name in (("person-00001", sales), ("person-00012", support)):
        told = command(workspace, "explain", "--format", "json", key, status=NOTHING).stdout
        assert [found["set"] for found in json.loads(told)] == [name]

    workspace.write(people(3, first=11), "support")
    workspace.run("preview")
    assert len(list(plans.glob("*.plan.json"))) == 2
    told = command(workspace, "report", str(plans), "--format", "text", status=NOTHING).stdout
    assert sales in told
    assert support in told
