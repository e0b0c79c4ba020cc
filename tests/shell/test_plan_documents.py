"""The plan as a document: whole, stable, masked, and of the form that its schema promises."""

import json
import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from machine.inside import Inside
from outside import people, person
from shell.conftest import Stack
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.review.plan_document import PlanDocument
from sinch_contacts.core.review.refusal import PlanRefused
from sinch_contacts.shell.plan_folder import PlanNotWritten
from sinch_contacts.sources import load

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "plan.schema.json").read_text())


def document(plans: Path, name: str = "friends") -> dict[str, Any]:
    path = plans / f"test.{name}.plan.json"
    found: dict[str, Any] = json.loads(path.read_text())
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(found)
    assert msgspec.json.decode(path.read_bytes(), type=PlanDocument).version == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return found


def rows(plans: Path) -> dict[str, dict[str, Any]]:
    return {row["key"]: row for row in document(plans)["rows"]}


def test_a_first_preview_and_the_up_after_it_write_the_same_plan(stack: Stack, plans: Path) -> None:
    stack.preview(people(3))
    first = document(plans)
    stack.up(people(3))
    assert document(plans) == first
    assert first["compared"] == "Sinch"
    assert first["verdict"] == "allowed"
    assert first["set"] == "friends"
    assert (first["stack"], first["project"], first["sinch_project"], first["region"]) == (
        "test", "scratch", "project", "eu",
    )  # fmt: skip
    assert first["totals"] == {
        "declared": 3, "unchanged": 0, "create": 3, "patch": 0, "rename": 0, "replace": 0, "delete": 0, "forget": 0,
        "await": 0, "adopted": 0, "unknown": 0,
    }  # fmt: skip
    assert first["cost"] == {"batch_calls": 1, "updates": 0, "reads": 1, "seconds": 1}
    assert first["alternative"] is None
    row = first["rows"][0]
    assert row["operation"] == "create"
    assert row["key"] == "person-00001"
    assert row["reason"] == "Git"
    assert (row["file"], row["cost"]) == ("contacts", "shares a batch call")
    assert {field["name"]: field["after"] for field in row["fields"]} == {
        "channel_identities": "SMS:···01", "language": "EN_US", "display_name": "···me", "external_id": "person-00001",
    }  # fmt: skip


@pytest.fixture
def two_who_meet(sinch: Inside, tmp_path: Path) -> tuple[DesiredContact, ...]:
    """Two contacts without a name, and one of somebody else that has the numbers of both."""
    numbers = [person(number)["channel_identities"][0] for number in (1, 2)]
    sinch.seed([{**person(9), "channel_identities": numbers}])
    (tmp_path / "two.json").write_text(json.dumps({"contacts": [person(1), person(2)]}))
    return load(["two.json"], tmp_path)


def test_preview_and_up_make_the_same_plan_of_two_contacts_that_meet_in_one(
    stack: Stack, plans: Path, two_who_meet: tuple[DesiredContact, ...]
) -> None:
    stack.preview(two_who_meet, on_conflict="adopt")
    first = document(plans)
    assert (first["totals"]["create"], first["totals"]["patch"]) == (1, 1)
    assert "plan: +1 ~1 of 2" in stack.told[0]
    stack.up(two_who_meet, on_conflict="adopt")
    assert document(plans) == first


def test_an_approval_that_was_copied_from_such_a_preview_lets_up_through(
    stack: Stack, plans: Path, two_who_meet: tuple[DesiredContact, ...]
) -> None:
    options = {"on_conflict": "adopt", "max_changes": "0"}
    with pytest.raises(PlanRefused) as refused:
        stack.preview(two_who_meet, **options)
    stack.up(two_who_meet, **options, approve=[refused.value.digest])
    assert document(plans)["verdict"] == "approved"


def test_a_change_tells_each_field_before_and_after(stack: Stack, plans: Path) -> None:
    contacts = {"alice": person(1, email="alice@example.com"), "bob": person(2), "carla": person(3)}
    stack.up(contacts)
    stack.preview({**contacts, "alice": person(1, language="DE", metadata="likes jazz"), "dora": person(4)})
    found = document(plans)
    assert found["compared"] == "state"
    assert found["totals"]["unchanged"] == 2
    alice = rows(plans)["alice"]
    assert alice["operation"] == "patch"
    assert alice["origin"] == "created"
    assert alice["id"]
    assert {field["name"]: (field.get("before"), field.get("after")) for field in alice["fields"]} == {
        "email": ("···om", None), "metadata": (None, "···zz"), "language": ("EN_US", "DE"),
    }  # fmt: skip
    assert found["alternative"] == {"batch_calls": 3 - 1, "updates": 0, "reads": 2 - 1, "seconds": 1}
    assert found["on_change"] == "patch"


def test_a_rename_and_a_moved_identity_are_told_as_what_they_are(stack: Stack, plans: Path) -> None:
    stack.up({"alice": person(1), "bob": person(2), "carla": person(3)})
    stack.preview({"alicia": person(1), "carla": person(2)})
    found = rows(plans)
    assert found["alicia"]["operation"] == "rename"
    assert found["alicia"]["renamed_from"] == "alice"
    assert [field["name"] for field in found["alicia"]["fields"]] == ["external_id"]
    assert found["bob"]["operation"] == "make room"
    assert found["carla"]["moves"] == [{"identity": "SMS:···02", "source": "bob"}]
    assert document(plans)["totals"]["delete"] == 1


def test_what_drifted_is_told_as_drift_and_against_what_lives(stack: Stack, sinch: Inside, plans: Path) -> None:
    stack.up(people(3))
    ids = {contact["external_id"]: contact["id"] for contact in sinch.contacts()}
    sinch.meddle("PATCH", ids["person-00001"], {"language": "FR"})
    sinch.meddle("DELETE", ids["person-00002"])
    stack.refresh()
    stack.preview({**people(3), "person-00003": person(3, language="DE")})
    found = rows(plans)
    assert {key: (row["operation"], row["reason"]) for key, row in found.items()} == {
        "person-00001": ("patch", "drift"), "person-00002": ("create", "drift"), "person-00003": ("patch", "Git"),
    }  # fmt: skip
    assert found["person-00001"]["fields"] == [{"name": "language", "before": "FR", "after": "EN_US"}]


def test_what_was_found_is_counted_as_adopted_and_what_differs_is_shown(
    stack: Stack, sinch: Inside, plans: Path
) -> None:
    sinch.seed([{**person(1), "external_id": "person-00001"}])
    sinch.seed([{**person(2), "external_id": "person-00002", "language": "FR"}])
    stack.preview(people(3), on_conflict="adopt")
    first = document(plans)
    assert (first["totals"]["adopted"], first["totals"]["unchanged"]) == (1, 0)
    assert rows(plans)["person-00002"]["fields"] == [{"name": "language", "before": "FR", "after": "EN_US"}]
    assert rows(plans)["person-00002"]["origin"] == "adopted"


def test_a_refused_plan_is_written_with_its_refusals_and_an_approved_one_says_so(stack: Stack, plans: Path) -> None:
    stack.up(people(40))
    with pytest.raises(PlanRefused) as error:
        stack.preview({})
    found = document(plans)
    assert found["verdict"] == "refused"
    assert found["digest"] == error.value.digest
    assert [refusal["rule"] for refusal in found["refusals"]] == ["allow_empty", "max_deletes"]
    assert found["totals"]["delete"] == len(found["rows"]) == 40
    assert found["rows"][0]["fields"][0] == {"name": "channel_identities", "before": "SMS:···01"}
    stack.preview({}, approve=[error.value.digest])
    assert document(plans)["verdict"] == "approved"


def test_nothing_to_do_is_a_plan_too(stack: Stack, plans: Path) -> None:
    stack.up(people(2))
    stack.preview(people(2))
    assert document(plans)["rows"] == []
    assert document(plans)["totals"]["unchanged"] == 2


def test_equal_plans_are_equal_bytes(stack: Stack, plans: Path) -> None:
    stack.up(people(5))
    stack.preview(people(9, first=3), "friends")
    first = (plans / "test.friends.plan.json").read_bytes()
    stack.preview(dict(reversed(people(9, first=3).items())))
    assert (plans / "test.friends.plan.json").read_bytes() == first


def test_a_plan_that_was_not_compared_says_so(stack: Stack, sinch: Inside, plans: Path) -> None:
    sinch.seed([person(9000 + number) for number in range(50)])
    stack.environment["SINCH_PREVIEW_CALLS"] = "1"
    stack.preview(people(30))
    assert document(plans)["compared"] == "nothing"


def test_pending_contacts_are_awaited_and_forgotten_ones_stay(stack: Stack, sinch: Inside, plans: Path) -> None:
    sinch.seed([{**person(1), "external_id": "person-00001"}])
    stack.up(people(2))
    stack.preview({"person-00002": person(2)})
    assert rows(plans)["person-00001"]["operation"] == "forget"
    assert rows(plans)["person-00001"]["cost"] == "no call"


def test_reveal_shows_what_a_mask_hides(stack: Stack, plans: Path) -> None:
    people_ = {
        "+12025550101": person(1, channel_identities=[{"channel": "LINE", "identity": "Uab12", "app_id": "01A"}])
    }
    stack.preview(people_)
    assert "Uab12" not in json.dumps(document(plans))
    assert "2025550101" not in json.dumps(document(plans))
    stack.preview(people_, reveal=True)
    found = document(plans)
    assert found["revealed"] is True
    assert "LINE:01A:Uab12" in json.dumps(found)
    assert rows(plans)["+12025550101"]["fields"][2] == {"name": "display_name", "after": "Person 1 Surname"}


def test_names_of_stacks_and_sets_cannot_lead_out_of_the_folder(stack: Stack, plans: Path) -> None:
    stack.preview(people(1), "../../x")
    (path,) = plans.iterdir()
    assert path.name.startswith("test...%2F..%2Fx=")


def test_a_folder_that_cannot_be_written_is_told(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    stack.environment["SINCH_PLAN_DIR"] = str(tmp_path / "file" / "plans")
    with pytest.raises(PlanNotWritten, match="cannot be written"):
        stack.preview(people(1))


def test_a_field_that_is_declared_empty_is_not_shown_where_its_contact_leaves(stack: Stack, plans: Path) -> None:
    stack.up({"a": person(1, email=""), "b": person(2)})
    stack.preview({"b": person(2)})
    assert "email" not in [field["name"] for field in rows(plans)["a"]["fields"]]


def test_a_plan_says_of_which_run_it_is_as_the_environment_alone_calls_it(stack: Stack, plans: Path) -> None:
    stack.environment["SINCH_PLAN_RUN"] = " 4711 "
    stack.preview(people(1))
    (path,) = plans.iterdir()
    assert json.loads(path.read_text())["run"] == "4711"
