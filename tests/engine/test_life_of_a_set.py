"""The life of a set on the real engine: created, left alone, changed, refreshed, destroyed."""

import re
from pathlib import Path

from engine.conftest import EmulatorClock
from engine.workspace import Workspace
from outside import Sinch, people, person, reads, writes


def test_up_creates_all_contacts_with_one_batch_call_and_the_next_up_calls_nothing(
    workspace: Workspace, sinch: Sinch
) -> None:
    workspace.write(people(30))

    workspace.up()
    calls = sinch.calls()
    assert writes(calls) == {"batch_create": 1}
    assert reads(calls) <= 2 + 1 + 10
    assert {key: contact["display_name"] for key, contact in sinch.by_external_id().items()} == {
        key: contact["display_name"] for key, contact in people(30).items()
    }

    again = workspace.run("up", "--yes")
    assert sinch.calls() == {}
    assert "2 unchanged" in again.output


def test_a_preview_writes_nothing_and_says_what_would_be_created(workspace: Workspace, sinch: Sinch) -> None:
    workspace.write(people(25))

    result = workspace.run("preview")

    assert "plan: +25 of 25 · 1 batch call" in result.output
    assert writes(sinch.calls()) == {}


def test_the_first_preview_tells_what_is_at_sinch_already(workspace: Workspace, sinch: Sinch) -> None:
    sinch.seed([{**person(1), "external_id": "person-00001"}])
    workspace.write(people(3))

    result = workspace.run("preview")

    assert "plan: +2 of 3 · 1 batch call, ~1 s · 1 of them found at Sinch and adopted" in result.output


def test_a_first_preview_that_would_cost_too_many_calls_says_that_it_did_not_look(
    workspace: Workspace, sinch: Sinch
) -> None:
    sinch.seed([{**person(9000 + number), "external_id": f"other-{number}"} for number in range(100)])
    workspace.environment["SINCH_PREVIEW_CALLS"] = "2"
    workspace.write(people(30))

    assert "plan: up to +30, not compared with Sinch" in workspace.run("preview").output


def test_a_preview_shows_just_the_contacts_that_change_and_no_personal_data(workspace: Workspace, sinch: Sinch) -> None:
    contacts = people(200)
    workspace.write(contacts)
    workspace.up()
    sinch.calls()
    contacts["person-00050"] = person(50, display_name="Renamed Surname")
    contacts["person-00100x"] = person(5000)
    del contacts["person-00150"]
    workspace.write(contacts)

    result = workspace.run("preview", "--diff")

    assert sinch.calls() == {}
    assert "plan: +1 ~1 -1 of 201 · 2 batch calls, 1 update" in result.output
    changed = [line for line in result.output.splitlines() if re.match(r"\s*[-+] person-", line)]
    assert len(changed) == 4
    assert len(result.output.splitlines()) < 60
    assert "Surname" not in result.output
    assert not re.search(r"[0-9]{7}", re.sub(r"#[0-9a-f]{8}|[0-9a-f]{8}-[0-9a-f-]+", "", result.output))


def test_a_change_an_addition_and_a_removal_are_made_and_ids_are_kept(workspace: Workspace, sinch: Sinch) -> None:
    contacts = people(5)
    workspace.write(contacts)
    workspace.up()
    before = sinch.by_external_id()
    sinch.calls()
    contacts["person-00002"]["display_name"] = "Other Name"
    contacts["person-00006"] = person(6)
    del contacts["person-00005"]
    workspace.write(contacts)

    workspace.up()

    assert writes(sinch.calls()) == {"batch_create": 1, "update": 1, "batch_delete": 1}
    after = sinch.by_external_id()
    assert after.keys() == contacts.keys()
    assert after["person-00002"]["display_name"] == "Other Name"
    assert {key: after[key]["id"] for key in after if key in before} == {
        key: before[key]["id"] for key in before if key in after
    }


def test_a_field_taken_out_of_the_file_is_cleared_at_sinch(workspace: Workspace, sinch: Sinch) -> None:
    workspace.write({"alice": person(1, email="alice@example.com", metadata="note")})
    workspace.up()
    workspace.write({"alice": person(1, metadata="note")})

    workspace.up()

    alice = sinch.by_external_id()["alice"]
    assert (alice["email"], alice["metadata"]) == ("", "note")


def test_a_changed_key_keeps_the_contacts_id(workspace: Workspace, sinch: Sinch) -> None:
    workspace.write({"alice": person(1)})
    workspace.up()
    before = sinch.by_external_id()["alice"]["id"]
    sinch.calls()
    workspace.write({"alicia": person(1)})

    workspace.up()

    assert writes(sinch.calls()) == {"update": 1}
    assert {key: contact["id"] for key, contact in sinch.by_external_id().items()} == {"alicia": before}


def test_on_change_replace_gives_a_changed_contact_a_new_id(workspace: Workspace, sinch: Sinch) -> None:
    workspace.one_set(', on_change="replace"')
    workspace.write(people(3))
    workspace.up()
    before = sinch.by_external_id()
    contacts = people(3)
    contacts["person-00002"]["display_name"] = "Other Name"
    workspace.write(contacts)

    workspace.up()

    after = sinch.by_external_id()
    assert after["person-00002"]["display_name"] == "Other Name"
    assert after["person-00002"]["id"] != before["person-00002"]["id"]
    assert after["person-00001"]["id"] == before["person-00001"]["id"]


def test_refresh_finds_what_somebody_changed_and_up_repairs_just_that(workspace: Workspace, sinch: Sinch) -> None:
    workspace.write(people(30))
    workspace.up()
    there = sinch.by_external_id()
    sinch.patch(there["person-00003"]["id"], {"display_name": "Mallory"})
    sinch.delete(there["person-00007"]["id"])
    sinch.calls()

    refreshed = workspace.refresh("--diff")
    assert "drift: 1 changed and 1 deleted by somebody else" in refreshed.output
    assert writes(sinch.calls()) == {}
    assert "person-00003  changed: display_name" in refreshed.output
    assert "person-00007  deleted" in refreshed.output
    assert "person-00004" not in refreshed.output

    repaired = workspace.up()
    assert writes(sinch.calls()) == {"update": 1, "batch_create": 1}
    assert "plan: +1 ~1 of 30" in repaired.output
    assert {key: contact["display_name"] for key, contact in sinch.by_external_id().items()} == {
        key: contact["display_name"] for key, contact in people(30).items()
    }
    workspace.up()
    assert sinch.calls() == {}


def test_refresh_without_drift_changes_nothing(workspace: Workspace, sinch: Sinch) -> None:
    workspace.write(people(30))
    workspace.up()
    sinch.calls()

    assert "1 unchanged" in workspace.refresh().output.replace("2 unchanged", "1 unchanged")
    workspace.up()
    assert writes(sinch.calls()) == {}


def test_destroy_empties_the_set_and_only_the_set(workspace: Workspace, sinch: Sinch) -> None:
    sinch.seed([{**person(999), "external_id": "foreign"}])
    workspace.write(people(30))
    workspace.up()
    sinch.calls()

    workspace.destroy()

    assert sinch.by_external_id().keys() == {"foreign"}
    assert writes(sinch.calls()) == {"batch_delete": 1}
    workspace.destroy()
    assert sinch.calls() == {}


def test_an_adopted_contact_survives_its_removal_and_destroy(
    workspace: Workspace, sinch: Sinch, clock: EmulatorClock
) -> None:
    sinch.seed([{**person(number), "external_id": f"person-{number:05d}"} for number in (1, 2)])
    clock.let_an_hour_pass()
    workspace.write(people(3))
    workspace.up()
    assert writes(sinch.calls()) == {"batch_create": 1}
    contacts = people(3)
    del contacts["person-00001"]
    workspace.write(contacts)
    workspace.up()
    assert sinch.by_external_id().keys() == people(3).keys()

    workspace.destroy()

    assert sinch.by_external_id().keys() == {"person-00001", "person-00002"}


def test_a_contact_that_is_there_and_differs_stops_the_run_before_anything_is_written(
    workspace: Workspace, sinch: Sinch, clock: EmulatorClock
) -> None:
    sinch.seed([{**person(1, display_name="Production"), "external_id": "person-00001"}])
    clock.let_an_hour_pass()
    workspace.write(people(3))

    refused = workspace.run("preview", status=None)
    assert "1 contacts of this set are already in project test-project (eu)" in refused.output
    assert "contacts/all.json:3: person-00001: differs in display_name" in refused.output
    workspace.up(status=None)
    assert writes(sinch.calls()) == {}

    workspace.one_set(', on_conflict="adopt"')
    workspace.up()
    assert sinch.by_external_id()["person-00001"]["display_name"] == "Person 1 Surname"


def test_a_replacement_with_an_edit_is_refused_and_told_to_be_an_edit(
    workspace: Workspace, sinch: Sinch, clock: EmulatorClock, tmp_path: Path
) -> None:
    """Where no journal is left, as on another machine, nothing but the old resource knows whose the contacts are."""
    workspace.write(people(3))
    workspace.up()
    clock.let_an_hour_pass()
    before = sinch.contacts()
    workspace = workspace.elsewhere(tmp_path / "other")
    workspace.write({**people(3), "person-00001": {**person(1), "display_name": "Anna"}})
    (found,) = workspace.sets()
    refused = workspace.up("--replace", found["urn"], status=None)
    assert "they are its own: run `pulumi up` without it" in refused.output
    assert sinch.contacts() == before
    workspace.up()
    assert sinch.by_external_id()["person-00001"]["display_name"] == "Anna"


def test_on_delete_retain_leaves_contacts_at_sinch(workspace: Workspace, sinch: Sinch) -> None:
    workspace.one_set(', on_delete="retain"')
    workspace.write(people(3))
    workspace.up()
    workspace.write(people(2))
    workspace.up()
    workspace.destroy()
    assert sinch.by_external_id().keys() == people(3).keys()
    assert "batch_delete" not in sinch.calls()


def test_ids_are_outputs_and_known_in_a_preview_that_changes_nothing(workspace: Workspace, sinch: Sinch) -> None:
    workspace.one_set(more='pulumi.export("first", friends.ids["person-00001"])\n')
    workspace.write(people(2))
    workspace.up()

    assert workspace.outputs() == {"first": sinch.by_external_id()["person-00001"]["id"]}
    assert "first" not in re.findall(r"[~+-] first", workspace.run("preview", "--diff").output)
