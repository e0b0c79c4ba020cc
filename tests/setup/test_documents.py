"""Documents name what there is: files, commands, folders of tests, rules."""

import importlib
import re
import tomllib
from pathlib import Path

import pytest
from click import Context

from sinch_contacts.cli.main import main
from sinch_contacts.core.record.rules import TABLE
from sinch_contacts.core.record.states import States
from sinch_contacts.shell.paths import CONTACT_SET_TYPE

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "provider" / "sinch_contacts"
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "tests/**/*.md", "examples/**/*.md")
    for path in ROOT.glob(pattern)
    if ".venv" not in path.parts
)
LINK = re.compile(r"\]\(([^)#\s]+)?(?:#([^)\s]+))?\)")
CODE = re.compile(r"`([^`\n]+)`")
FILE = re.compile(r"(?:[\w.-]+/)*[\w.-]*\w/?")
FENCE = re.compile(r"^ *```.*?^ *```", re.DOTALL | re.MULTILINE)


def prose(name: str) -> str:
    return FENCE.sub("", (ROOT / name).read_text())


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for target, anchor in LINK.findall(FENCE.sub("", path.read_text())):
        if "://" in target:
            continue
        there = (path.parent / target).resolve() if target else path
        assert there.exists(), target
        assert there.is_relative_to(ROOT), target
        assert not anchor or anchor in anchors(there), f"{target}#{anchor}"


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/architecture.md", "docs/lifecycle.md"])
def test_files_that_are_named_are_there(name: str) -> None:
    labels = re.findall(r"\[`([^`]+)`\]\(", prose(name))
    places = (ROOT, PACKAGE, PACKAGE / "apply", PACKAGE / "sources/formats", PACKAGE / "core")
    for text in CODE.findall(prose(name)):
        if (
            text not in labels
            and FILE.fullmatch(text)
            and (text.endswith((".py", ".md", ".toml", ".json")) or "/" in text)
        ):
            found = any((place / text).exists() or place.joinpath(f"{text}.py").exists() for place in places)
            assert found or any(PACKAGE.rglob(text)), text


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_targets_of_make_that_are_named_exist(path: Path) -> None:
    if path.is_relative_to(ROOT / "examples"):
        return
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"^(?:sudo )?make ([a-z-]+)|`(?:sudo )?make ([a-z-]+)", path.read_text(), re.MULTILINE)) <= {
        pair for target in targets for pair in ((target, ""), ("", target))
    }


def test_every_folder_of_tests_is_told_with_its_time() -> None:
    rows = re.findall(r"^\| (`[^|]+) \|[^|]+\| (about [^|]+) \|$", prose("CONTRIBUTING.md"), re.MULTILINE)
    told = {folder for folders, _time in rows for folder in CODE.findall(folders)}
    assert told == {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name != "__pycache__"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_prose_ends_at_column_100(path: Path) -> None:
    lines = [line.strip() for line in FENCE.sub("", path.read_text()).splitlines()]
    assert [line for line in lines if len(line) > 100 and " " in line and line[0] != "|"] == []


def test_every_document_is_reached_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")):
        assert path.name == "README.md" or f"]({path.relative_to(ROOT)})" in readme, path


def test_every_decision_is_in_the_list_of_decisions() -> None:
    listed = re.findall(r"^\| \[(\d+)\]\((.+?)\) \| (.+) \|$", prose("docs/adr/README.md"), re.MULTILINE)
    written = sorted((ROOT / "docs/adr").glob("0*.md"))
    assert [(number, name) for number, name, _title in listed] == [
        (str(index), path.name) for index, path in enumerate(written, 1)
    ]
    for number, name, title in listed:
        assert (ROOT / "docs/adr" / name).read_text().startswith(f"# {number}. {title}\n")


def test_the_changelog_tells_the_commands_the_rules_and_the_version_of_today() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    (row,) = re.findall(r"^- `sinch-contacts`: (.*?)\.$", changelog, re.MULTILINE | re.DOTALL)
    assert set(CODE.findall(row)) == set(main.list_commands(Context(main))) - {"completion"}
    assert f"One table of {len(TABLE)} rules" in changelog
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert version == "0.1.0" or f"## {version} - " in changelog, "a released version has a section of its own"


def test_what_is_promised_never_to_change_is_as_it_was() -> None:
    promises = prose("CHANGELOG.md")
    assert CONTACT_SET_TYPE == "pulumi-python:dynamic/sinch:ContactSet"
    assert importlib.import_module("sinch_contacts.provider").ContactSetProvider.__module__ == "sinch_contacts.provider"
    assert f"`{CONTACT_SET_TYPE}`" in promises
    assert "`sinch_contacts.provider.ContactSetProvider`" in promises


def test_the_rules_that_contributors_are_sent_to_are_methods_of_states() -> None:
    assert "A method of `States`" in prose("CONTRIBUTING.md")
    assert len(TABLE) == sum(hasattr(method, "__wrapped__") for method in vars(States).values())
