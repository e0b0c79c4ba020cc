"""What is told of one contact, and the rule that decides."""

import json
from pathlib import Path
from typing import Any

import pytest

from machine.inside import Inside
from outside import people, person
from shell.conftest import Stack


@pytest.fixture
def told(stack: Stack, tmp_path: Path) -> Any:
    """Previews a set, and returns what is told of one contact."""

    def tell(key: str, contacts: Any, **options: Any) -> dict[str, Any]:
        reveal = options.pop("asked_to_reveal", "")
        asked = {"SINCH_EXPLAIN": key, "SINCH_EXPLAIN_REVEAL": reveal, "SINCH_PLAN_DIR": str(tmp_path / "plans")}
        stack.environment |= asked
        stack.preview(contacts, **options)
        for name in asked:
            del stack.environment[name]
        found: dict[str, Any] = json.loads((tmp_path / "plans" / "test.friends.explanation.json").read_text())
        return found

    return tell


def test_what_is_known_nowhere_is_told_as_such(told: Any) -> None:
    found = told("nobody", people(1))
    assert (found["declared"], found["recorded"], found["live"], found["operation"]) == (None, None, [], "")
    assert found["rule"].startswith("It is neither declared nor recorded")


def test_a_new_contact_is_looked_for(told: Any, sinch: Inside) -> None:
    sinch.seed([{**person(1), "external_id": "person-00001"}])
    found = told("person-00001", people(1))
    assert found["declared"]["where"] == "contacts"
    assert found["live"][0]["where"] == sinch.contacts()[0]["id"]
    assert found["operation"] == "create"
    assert found["rule"].startswith("It is declared and not recorded")


def test_a_recorded_contact_is_told_masked_unless_asked_for(told: Any, stack: Stack, sinch: Inside) -> None:
    stack.up(people(2))
    found = told("person-00001", people(2), protect=["person-*1"])
    assert found["protected"] is True
    (there,) = (contact for contact in sinch.contacts() if contact["external_id"] == "person-00001")
    assert found["recorded"]["id"] == there["id"]
    assert found["recorded"]["origin"] == "created by this set"
    assert found["recorded"]["status"] == "read back as it was declared"
    assert found["recorded"]["owned"] == ["channel_identities", "language", "display_name", "external_id"]
    assert found["rule"] == "It is recorded as it is declared: nothing is done."
    assert "Surname" not in json.dumps(found)
    assert "1202" not in json.dumps(found["declared"])
    revealed = told("person-00001", people(2), asked_to_reveal="1")
    assert revealed["declared"]["fields"]["display_name"] == "Person 1 Surname"
    assert revealed["live"][0]["fields"]["channel_identities"] == "SMS:12020000001"


@pytest.mark.parametrize(
    ("options", "operation", "rule"),
    [
        ({}, "patch", "on_change is `patch`"),
        ({"on_change": "replace"}, "replace", "on_change is `replace`"),
    ],
)
def test_a_change_names_its_fields(told: Any, stack: Stack, options: dict[str, Any], operation: str, rule: str) -> None:
    stack.up(people(2))
    found = told("person-00001", {**people(2), "person-00001": person(1, language="DE")}, **options)
    assert (found["operation"], found["fields"]) == (operation, ["language"])
    assert rule in found["rule"]


def test_an_adopted_contact_is_patched_and_forgotten_whatever_the_set_says(
    told: Any, stack: Stack, sinch: Inside
) -> None:
    sinch.seed([{**person(1), "external_id": "person-00001"}])
    stack.up(people(2))
    changed = told("person-00001", {**people(2), "person-00001": person(1, language="DE")}, on_change="replace")
    assert "adopted contacts are always patched" in changed["rule"]
    left = told("person-00001", {"person-00002": person(2)})
    assert left["operation"] == "forget"
    assert "was adopted, not created" in left["rule"]
    assert "delete_adopted is set" in told("person-00001", {"person-00002": person(2)}, delete_adopted=True)["rule"]


def test_what_leaves_is_told(told: Any, stack: Stack, sinch: Inside) -> None:
    stack.up(people(3))
    assert "we created it" in told("person-00003", people(2))["rule"]
    assert "on_delete is `retain`" in told("person-00003", people(2), on_delete="retain")["rule"]
    for contact in sinch.contacts():
        sinch.meddle("DELETE", contact["id"])
    stack.refresh()
    gone = told("person-00003", people(2))
    assert gone["recorded"]["status"] == "not there when it was looked at: somebody else deleted it"
    assert "was not there when it was looked at" in gone["rule"]
    assert "somebody else deleted it" in told("person-00001", people(2))["rule"]


def test_both_keys_of_a_renamed_contact_know_each_other(told: Any, stack: Stack) -> None:
    stack.up({"old": person(1), "other": person(2)})
    wanted = {"new": person(1), "other": person(2)}
    assert told("old", wanted)["rule"] == "It continues under another key, since its identities are the same: new."
    assert "it keeps its id" in told("new", wanted)["rule"]


def test_room_is_made_for_an_identity(told: Any, stack: Stack) -> None:
    stack.up({"old": person(1), "other": person(2)})
    wanted = {"other": person(1)}
    assert "deleted first" in told("old", wanted)["rule"]


def test_pending_work_is_awaited(told: Any, stack: Stack, sinch: Inside) -> None:
    sinch.faults([{"kind": "delay", "operation": "batch_create", "seconds": 1000.0, "match": "person-00002"}])
    with pytest.raises(Exception, match="not visible yet"):
        stack.up(people(2))
    found = told("person-00002", people(2))
    assert found["operation"] == "await"
    assert found["recorded"]["id"] == ""
    assert "not sent again before the settling time is over" in found["rule"]
