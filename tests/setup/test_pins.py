import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pulumi_cli.programs import OLDEST, VERSION, dotted

HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("proxy", "golang", "org"),
        ("sum", "golang", "org"),
        ("npmjs", "org"),
        ("crates", "io"),
    )
]


@pytest.fixture
def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text())


def named(requirement: str) -> str:
    return re.split(r"[<>=!~;\[ ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


@pytest.mark.parametrize("name", ["lock.txt", "go.txt"])
def test_every_locked_package_has_one_version_and_hashes_and_no_address(root: Path, name: str) -> None:
    text = (root / "requirements" / name).read_text()
    assert "://" not in text
    assert "--index" not in text
    for entry in re.split(r"\n(?=[a-z])", text.strip()):
        assert re.match(r"[a-z0-9.-]+==\S+", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]


def test_the_lock_covers_everything_that_the_project_names(root: Path, project: dict[str, Any]) -> None:
    locked = {named(line) for line in (root / "requirements/lock.txt").read_text().splitlines() if "==" in line}
    wanted = [
        *project["project"]["dependencies"],
        *(name for extra in project["project"]["optional-dependencies"].values() for name in extra),
        *project["dependency-groups"]["dev"],
        *project["build-system"]["requires"],
        "editables",
    ]
    assert {named(requirement) for requirement in wanted} <= locked


def test_the_oldest_engine_is_as_old_as_the_oldest_sdk(project: dict[str, Any]) -> None:
    asked = next(name for name in project["project"]["dependencies"] if named(name) == "pulumi")
    assert f">={dotted(OLDEST[:2])}," in asked


def test_the_engine_that_is_built_is_the_one_that_is_named(root: Path) -> None:
    assert f"github.com/pulumi/pulumi/pkg/v3 v{VERSION}" in (root / "scripts/pulumi_cli/cli/go.mod").read_text()


def test_every_dependency_has_its_reason(root: Path, project: dict[str, Any]) -> None:
    told = (root / "docs/dependencies.md").read_text().lower()
    wanted = [
        *project["project"]["dependencies"],
        *(name for extra in project["project"]["optional-dependencies"].values() for name in extra),
        *project["dependency-groups"]["dev"],
    ]
    assert [name for name in map(named, wanted) if f"`{name}`" not in told] == []


def test_no_tracked_file_names_the_host_of_a_package_registry(root: Path) -> None:
    command = ["git", "grep", "-lIiF", *(part for host in HOSTS for part in ("-e", host))]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, ""), done.stdout + done.stderr
