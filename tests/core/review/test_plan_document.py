"""The form of plan documents, which pipelines keep and read."""

import json
from pathlib import Path

import msgspec
from hypothesis import given
from jsonschema import Draft202012Validator

from plan_documents import documents, plan, row
from sinch_contacts.core.review.plan_document import PlanDocument

SCHEMA = json.loads((Path(__file__).parents[3] / "schemas" / "plan.schema.json").read_text())


@given(documents())
def test_any_plan_is_of_the_form_that_the_schema_promises_and_can_be_read_back(document: PlanDocument) -> None:
    text = msgspec.json.encode(document)
    Draft202012Validator(SCHEMA).validate(json.loads(text))
    assert msgspec.json.decode(text, type=PlanDocument) == document
    assert msgspec.json.encode(document) == text


def test_a_row_tells_only_what_there_is_to_tell_and_the_document_tells_everything() -> None:
    found = json.loads(msgspec.json.encode(plan("friends", row("create", "alice"))))
    assert found["rows"] == [{"operation": "create", "key": "alice", "reason": "Git", "cost": "one call"}]
    assert found.keys() == set(PlanDocument.__struct_fields__)
    assert found["version"] == 1


def test_contacts_that_are_awaited_are_counted_under_the_word_that_rows_use() -> None:
    found = json.loads(msgspec.json.encode(plan("friends", row("await", "alice"))))
    assert found["totals"]["await"] == 1
    assert found["totals"].keys() >= {"create", "patch", "rename", "replace", "delete", "forget"}
