"""The example in docs/plans.md is what comes out."""

import re
from pathlib import Path

import pytest

from sinch_contacts.core.review.plan_document import PlanDocument
from sinch_contacts.report.markdown import markdown
from sinch_contacts.report.overview import Overview, overview
from sinch_contacts.report.plain import text
from sinch_contacts.report.plan_files import read_plans

PAGE = (Path(__file__).parents[2] / "docs/plans.md").read_text(encoding="utf-8")


def example(language: str) -> str:
    (found,) = re.findall(rf"^(````*){language}\n(.*?)^\1$", PAGE, re.MULTILINE | re.DOTALL)
    return str(found[1])


@pytest.fixture
def view(tmp_path: Path) -> Overview:
    file = tmp_path / "dev.friends.plan.json"
    file.write_text(example("json"), encoding="utf-8")
    return overview(read_plans([str(file)]))


def test_the_examples_are_what_is_rendered(view: Overview) -> None:
    assert markdown(view, 65_000) == example("markdown")
    assert text(view) == example("text")


def test_every_field_of_the_plan_file_is_told() -> None:
    told = PAGE.partition("## The plan file")[2].partition("## The report")[0]
    assert [name for name in PlanDocument.__struct_fields__ if f"`{name}`" not in told] == []
