"""`make mutants` on a small project: what it changes, and when it is content."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

RULES = '''"""Rules of a state machine."""

from enum import Enum
from functools import cache

LIMIT: int = 10


class Status(Enum):
    LIVE = "live"
    GONE = "gone"


class States:
    @cache
    def may_go(self, status: Status, count: int) -> str:
        """Tells it."""
        match status:
            case Status.LIVE if count > LIMIT:
                return f"{count:,} go"
        return Status.GONE.value
'''
TESTS = """
import rules

STATES = rules.States()


def test_a_contact_may_go():
    assert STATES.may_go(rules.Status.LIVE, 1000) == "1,000 go"
    assert STATES.may_go(rules.Status.LIVE, 11) == "11 go"
    assert STATES.may_go(rules.Status.LIVE, 10) == "gone"
    assert STATES.may_go(rules.Status.GONE, 11) == "gone"
    assert rules.Status("live") is rules.Status.LIVE
"""
WITHOUT_CACHE = """
[[equivalent]]
module = "rules"
function = "States.may_go"
line = "@cache"
operator = "decorator"
change = "without cache"
reason = "It only saves time."
"""


class Project:
    """A project with one module, its test and its list of equivalent mutants."""

    def __init__(self, folder: Path, scripts: Path) -> None:
        self.folder = folder
        self._scripts = scripts
        self.write("provider/rules.py", RULES)
        self.write("tests/conftest.py", "from hypothesis import settings\n\nsettings.register_profile('mutants')")
        self.write("tests/test_rules.py", TESTS)
        self.write("tests/mutants/modules.toml", 'rules = ["tests/test_rules.py"]')
        self.write("tests/mutants/equivalent.toml", WITHOUT_CACHE)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run(self) -> subprocess.CompletedProcess[str]:
        paths = os.pathsep.join([str(self._scripts), str(self.folder / "provider")])
        return subprocess.run(
            [sys.executable, "-m", "mutants"],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": paths},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def result(self) -> list[dict[str, str]]:
        rows: list[dict[str, str]] = json.loads((self.folder / "test-artefacts/mutants.json").read_text())
        return rows


@pytest.fixture
def project(tmp_path: Path, root: Path) -> Project:
    return Project(tmp_path, root / "scripts")


def test_a_decorated_method_is_changed_in_each_place_and_so_are_texts_and_constants(
    project: Project,
) -> None:
    run = project.run()
    assert run.returncode == 0, run.stdout + run.stderr
    assert [(row["function"], row["operator"], row["change"]) for row in project.result] == [
        ("", "constant", "10 to 9"),
        ("", "constant", "10 to 11"),
        ("Status", "constant", "'live' to 'XX'"),
        ("Status", "constant", "'gone' to 'XX'"),
        ("States.may_go", "member", "LIVE to GONE"),
        ("States.may_go", "condition", "never count > LIMIT"),
        ("States.may_go", "condition", "always count > LIMIT"),
        ("States.may_go", "operator", "Gt to GtE"),
        ("States.may_go", "operator", "Gt to LtE"),
        ("States.may_go", "statement", "without it"),
        ("States.may_go", "format", "without f','"),
        ("States.may_go", "constant", "' go' to 'XX'"),
        ("States.may_go", "statement", "without it"),
        ("States.may_go", "member", "GONE to LIVE"),
        ("States.may_go", "decorator", "without cache"),
    ]
    assert run.stdout.splitlines()[1].split()[:5] == ["rules", "15", "14", "1", "0"]
    assert (project.folder / "provider/rules.py").read_text() == RULES


def test_a_mutant_that_survives_is_told_as_it_can_be_listed(project: Project) -> None:
    project.write("tests/mutants/equivalent.toml", "")
    project.write("provider/rules.py", f"import sys\n\n{RULES}")  # lines move, and names of mutants do not
    run = project.run()
    assert run.returncode == 1
    assert "A mutant survives." in run.stdout
    assert WITHOUT_CACHE.strip().removesuffix('\nreason = "It only saves time."') in run.stdout


def test_a_listed_mutant_that_is_killed_or_gone_is_told(project: Project) -> None:
    killed = WITHOUT_CACHE.replace("@cache", "LIMIT: int = 10").replace("decorator", "constant")
    killed = killed.replace("without cache", "10 to 9").replace("States.may_go", "")
    project.write("tests/mutants/equivalent.toml", WITHOUT_CACHE + killed + WITHOUT_CACHE.replace("may_go", "may_come"))
    run = project.run()
    assert run.returncode == 1
    assert "A mutant is listed as equivalent, and is killed." in run.stdout
    assert "A mutant is listed as equivalent, and is there no more." in run.stdout


def test_a_listed_mutant_has_a_reason(project: Project) -> None:
    project.write("tests/mutants/equivalent.toml", WITHOUT_CACHE.replace("It only saves time.", ""))
    run = project.run()
    assert run.returncode == 1
    assert "A mutant is listed without a reason" in run.stderr


@pytest.mark.parametrize(
    ("tests", "told"),
    [
        ("def test_nothing(): pass", "end with 99"),
        ("import rules\n\ndef test_wrong(): assert not rules.LIMIT", "fail on the module as it is"),
        ("import rules", "end with 5"),
    ],
)
def test_tests_that_say_nothing_of_a_module_are_no_tests_of_it(project: Project, tests: str, told: str) -> None:
    project.write("tests/test_rules.py", tests)
    run = project.run()
    assert run.returncode == 1
    assert told in run.stderr


def test_the_modules_of_this_project_and_their_tests_are_there() -> None:
    """Seen: two had moved, and nothing told so before an hour of other tests had passed."""
    root = Path(__file__).parents[2]
    modules = tomllib.loads((root / "tests/mutants/modules.toml").read_text())
    paths = [root / "provider" / Path(*module.split(".")).with_suffix(".py") for module in modules]
    paths += [root / path for tests in modules.values() for path in tests]
    assert [str(path) for path in paths if not path.is_file()] == []
