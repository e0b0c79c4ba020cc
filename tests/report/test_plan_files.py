"""Finding and reading plan files."""

import json
import random
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_documents import documents, plan, row, write
from sinch_contacts.core.review.plan_document import PlanDocument
from sinch_contacts.report.plan_files import InvalidPlanFiles, read_plans

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas/plan.schema.json").read_text())


def problems(*paths: Path) -> tuple[str, ...]:
    with pytest.raises(InvalidPlanFiles) as caught:
        read_plans([str(path) for path in paths])
    return caught.value.problems


def changed(folder: Path, **fields: Any) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / f"{'-'.join(fields)}.plan.json"
    file.write_text(json.dumps(msgspec.to_builtins(plan("a", row("create", "x"))) | fields))
    return file


@given(documents())
def test_the_documents_of_these_tests_are_as_the_schema_says(document: PlanDocument) -> None:
    jsonschema.validate(msgspec.json.decode(msgspec.json.encode(document)), SCHEMA)


@given(document=documents())
def test_what_was_written_is_what_is_read(tmp_path_factory: pytest.TempPathFactory, document: PlanDocument) -> None:
    file = tmp_path_factory.getbasetemp() / "written.plan.json"
    file.write_bytes(msgspec.json.encode(document))
    assert read_plans([str(file)]) == (document,)


def test_a_folder_means_its_plan_files_and_each_is_read_once(tmp_path: Path) -> None:
    plans = [plan("b"), plan("a", stack="prod"), plan("a"), plan("a", project="another")]
    (tmp_path / "else").mkdir()
    files = [file for number, each in enumerate(plans) for file in write(tmp_path / f"{number}", each)]
    (tmp_path / "0" / "other.json").write_text("{")
    named = [*map(str, files), str(tmp_path / "0"), str(tmp_path / "else")]
    random.Random(5).shuffle(named)  # noqa: S311  # any order will do
    read = read_plans(named)
    assert [(each.project, each.stack, each.set) for each in read] == [
        ("another", "dev", "a"),
        ("contacts", "dev", "a"),
        ("contacts", "dev", "b"),
        ("contacts", "prod", "a"),
    ]


def test_a_folder_without_plans_is_fine(tmp_path: Path) -> None:
    assert read_plans([str(tmp_path)]) == ()


def test_all_files_that_are_wrong_are_told_at_once(tmp_path: Path) -> None:
    (good,) = write(tmp_path, plan("a"))
    for name, content in {
        "text": b"plan",
        "bytes": b"\xff\xfe",
        "deep": b"[" * 100_000,
        "surrogate": b'"\\ud800"',
        "list": b"[1]",
        "empty": b"",
    }.items():
        (tmp_path / f"{name}.json").write_bytes(content)
    assert problems(good, tmp_path / "missing", *sorted(set(tmp_path.glob("*.json")) - {good})) == (
        f"{tmp_path}/missing: there is no such file",
        f"{tmp_path}/bytes.json: it is not JSON",
        f"{tmp_path}/deep.json: it is not JSON",
        f"{tmp_path}/empty.json: it is not JSON",
        f"{tmp_path}/list.json: it is not a plan: all of it is not as plan.schema.json says",
        f"{tmp_path}/surrogate.json: it is not JSON",
        f"{tmp_path}/text.json: it is not JSON",
    )


def test_what_the_schema_does_not_allow_is_told_with_its_place_and_without_its_value(tmp_path: Path) -> None:
    bad_row = {"operation": "explode", "key": "+12025550101", "reason": "Git", "cost": "none"}
    fine_row = bad_row | {"operation": "create"}
    assert problems(
        changed(tmp_path, rows=[fine_row, bad_row]),
        changed(tmp_path, digest="<script>"),
        changed(tmp_path, totals={}),
        changed(tmp_path, version="1"),
        changed(tmp_path, version=2, rows="later"),
        changed(tmp_path, unknown=1),
    ) == (
        f"{tmp_path}/rows.plan.json: it is not a plan: rows[1].operation is not as plan.schema.json says",
        f"{tmp_path}/digest.plan.json: it is not a plan: digest is not as plan.schema.json says",
        f"{tmp_path}/totals.plan.json: it is not a plan: totals is not as plan.schema.json says",
        f"{tmp_path}/version.plan.json: it is not a plan: version is not as plan.schema.json says",
        f"{tmp_path}/version-rows.plan.json: it is of version 2, and this program reads up to 1; install a later one",
        f"{tmp_path}/unknown.plan.json: it is not a plan: all of it is not as plan.schema.json says",
    )


def test_two_files_of_one_set_are_refused(tmp_path: Path) -> None:
    (one,), (two,) = write(tmp_path / "1", plan("a")), write(tmp_path / "2", plan("a"))
    assert problems(one, two) == (f"{two}: it is of the same set as {one}; take the older of the two away",)


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    loop = tmp_path / "loop.plan.json"
    loop.symlink_to(loop)
    assert problems(tmp_path) == (f"{loop}: it cannot be read (Too many levels of symbolic links)",)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_any_other_json_is_no_plan(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    file = tmp_path_factory.getbasetemp() / "any.plan.json"
    file.write_text(json.dumps(value))
    (problem,) = problems(file)
    assert "it is not a plan" in problem
