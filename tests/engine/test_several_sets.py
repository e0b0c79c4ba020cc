"""Sets that meet: moved contacts, renamed and replaced sets, two stacks, double claims."""

from collections.abc import Callable

from engine.conftest import EmulatorClock
from engine.workspace import Workspace
from outside import Sinch, people, person, writes

TWO_SETS = """
from sinch_contacts import ContactSet

ContactSet("first", source="contacts/first.json")
ContactSet("second", source="contacts/second.json")
"""


def test_a_contact_moves_from_one_set_to_another_and_back_and_is_never_lost(workspace: Workspace, sinch: Sinch) -> None:
    workspace.program(TWO_SETS)
    everybody = people(6)
    for first in (4, 2, 4):
        keys = sorted(everybody)
        workspace.write({key: everybody[key] for key in keys[:first]}, "first")
        workspace.write({key: everybody[key] for key in keys[first:]}, "second")
        workspace.up()
        assert sinch.by_external_id().keys() == everybody.keys()
        assert [resource["outputs"]["summary"]["contacts"] for resource in workspace.sets()] == [first, 6 - first]
    workspace.destroy()
    assert sinch.contacts() == []


def test_a_renamed_set_keeps_its_contacts(workspace: Workspace, sinch: Sinch) -> None:
    workspace.write(people(5))
    workspace.up()
    before = sinch.by_external_id()
    sinch.calls()
    workspace.program('from sinch_contacts import ContactSet\nContactSet("buddies", source="contacts/*.json")\n')

    workspace.up()

    assert sinch.by_external_id() == before
    assert writes(sinch.calls()) == {}


def test_a_replaced_set_keeps_its_contacts(workspace: Workspace, sinch: Sinch) -> None:
    workspace.write(people(5))
    workspace.up()
    before = sinch.by_external_id()
    sinch.calls()

    workspace.up("--replace", workspace.sets()[0]["urn"])

    assert sinch.by_external_id() == before
    assert writes(sinch.calls()) == {}


def test_a_replaced_set_with_a_prefix_still_owns_its_contacts(
    workspace: Workspace, sinch: Sinch, clock: EmulatorClock
) -> None:
    workspace.one_set(', external_id_prefix="qa-"')
    workspace.write(people(5))
    workspace.up()
    clock.let_an_hour_pass()
    workspace.up("--replace", workspace.sets()[0]["urn"])
    assert len(sinch.contacts()) == 5

    workspace.destroy()

    assert sinch.contacts() == []


def test_two_sets_that_want_the_same_contact_are_refused_before_any_call(workspace: Workspace, sinch: Sinch) -> None:
    workspace.program(TWO_SETS)
    workspace.write(people(3), "first")
    workspace.write({"person-00003": person(3)}, "second")

    refused = workspace.run("preview", status=None)

    assert "1 contact of this set also belong" in refused.output
    assert "person-00003" in refused.output
    assert "Traceback" not in refused.output


def test_two_stacks_share_a_project_by_prefix(make_workspace: Callable[..., Workspace], sinch: Sinch) -> None:
    one, two = make_workspace("one", "test"), make_workspace("two", "other")
    one.one_set(', external_id_prefix="one-"')
    two.one_set(', external_id_prefix="two-"')
    one.write({"alice": person(1)})
    two.write({"alice": person(2)})
    one.up()
    two.up()
    assert sinch.by_external_id().keys() == {"one-alice", "two-alice"}

    one.destroy()

    assert sinch.by_external_id().keys() == {"two-alice"}


def test_a_changed_prefix_renames_the_contacts_in_place(workspace: Workspace, sinch: Sinch) -> None:
    workspace.one_set(', external_id_prefix="qa-"')
    workspace.write(people(2))
    workspace.up()
    before = {contact["id"] for contact in sinch.contacts()}
    workspace.one_set(', external_id_prefix="test-"')

    workspace.up()

    assert sinch.by_external_id().keys() == {"test-person-00001", "test-person-00002"}
    assert {contact["id"] for contact in sinch.contacts()} == before


def test_another_project_is_refused(workspace: Workspace, sinch: Sinch) -> None:
    workspace.write(people(2))
    workspace.up()
    workspace.environment["SINCH_PROJECT_ID"] = "other-project"

    refused = workspace.run("preview", status=None)

    assert (
        "recorded in project test-project (eu), and the program now says project other-project (eu)" in refused.output
    )
    assert len(sinch.contacts()) == 2
    assert sinch.contacts("other-project") == []
