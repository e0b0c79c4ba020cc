"""The script that runs Sinch's own SDKs: what it passes over, and that it says so."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

SDK = "com.sinch.sdk:sinch-sdk-java"
NO_NODE = "clients: NOT RUN: the official Node SDK, because Node 18 or newer and npm are not both on PATH.\n"
NO_JAVA = (
    "clients: NOT RUN: the official Java SDK, because a JDK of version 11 or newer and Maven are not both on PATH.\n"
)
NO_SDK = (
    f"clients: NOT RUN: the official Java SDK, because Maven's registry has no {SDK} of the version in "
    "tests/clients/java/pom.xml.\n"
)


class Machine:
    """A machine on which just the named programs are found, with a checkout of its own."""

    def __init__(self, folder: Path, root: Path) -> None:
        self._programs, self._checkout = folder / "programs", folder / "checkout"
        self._programs.mkdir()
        (self._checkout / "scripts").mkdir(parents=True)
        self._checkout.joinpath("tests").symlink_to(root / "tests")
        shutil.copy(root / "scripts/clients.sh", self._checkout / "scripts")
        self.has(self._checkout / ".venv/bin/python", 'echo "ran $*"')
        for name in ("dirname", "cmp", "cp", "mkdir"):
            (self._programs / name).symlink_to(str(shutil.which(name)))

    def has(self, program: str | Path, does: str = "true") -> None:
        path = self._programs / program
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!{shutil.which('sh')}\n{does}\n")
        path.chmod(0o755)

    def run(self) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(shutil.which("bash")), str(self._checkout / "scripts/clients.sh")],
            env={"PATH": str(self._programs)},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path, root: Path) -> Machine:
    return Machine(tmp_path, root)


def test_languages_that_are_not_there_are_told_as_not_run(machine: Machine) -> None:
    done = machine.run()
    assert (done.returncode, done.stdout, done.stderr) == (0, NO_NODE + NO_JAVA, "")


def test_languages_that_are_too_old_are_told_as_not_run(machine: Machine) -> None:
    machine.has("node", "echo v16.20.2")
    machine.has("npm")
    machine.has("javac", "echo 'invalid flag: --version' >&2; exit 2")
    machine.has("mvn")
    done = machine.run()
    assert (done.returncode, done.stdout, done.stderr) == (0, NO_NODE + NO_JAVA, "")


def test_what_is_there_is_run(machine: Machine) -> None:
    machine.has("node", "echo v18.0.0")
    machine.has("npm")
    machine.has("javac", "echo javac 11.0.2")
    machine.has("mvn")
    done = machine.run()
    assert (done.returncode, done.stderr) == (0, "")
    ran = [line for line in done.stdout.splitlines() if line.startswith("ran ")]
    assert ran == [f"ran -m pytest -v tests/clients/test_{language}.py" for language in ("node", "java")]


@pytest.mark.parametrize(
    "said", [f"Could not find artifact {SDK}:jar:2.1.1 in central", f"{SDK}:jar:2.1.1 was not found in central during"]
)
def test_an_sdk_that_the_registry_does_not_have_is_told_as_not_run(machine: Machine, said: str) -> None:
    machine.has("javac", "echo javac 17.0.15")
    machine.has("mvn", f"echo '[ERROR] {said}'; exit 1")
    done = machine.run()
    assert (done.returncode, done.stdout, done.stderr) == (0, NO_NODE + NO_SDK, "")


def test_whatever_else_goes_wrong_is_a_failure(machine: Machine) -> None:
    machine.has("javac", "echo javac 17.0.15")
    machine.has("mvn", "echo '[ERROR] cannot find symbol'; exit 1")
    done = machine.run()
    assert (done.returncode, done.stderr) == (1, "[ERROR] cannot find symbol\n")
    machine.has("node", "echo v20.20.2")
    machine.has("npm", "exit 7")
    assert machine.run().returncode == 7


def test_every_locked_package_of_node_has_a_version_and_a_hash_and_no_address(root: Path) -> None:
    folder = root / "tests/clients/node"
    packages = json.loads((folder / "package-lock.json").read_text())["packages"]
    wanted = packages.pop("")["dependencies"]
    assert wanted == json.loads((folder / "package.json").read_text())["dependencies"]
    for version in wanted.values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    for name, package in packages.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name


def test_the_java_sdk_and_the_plugins_of_maven_are_pinned_and_come_from_where_maven_looks(root: Path) -> None:
    pom = (root / "tests/clients/java/pom.xml").read_text()
    versions = re.findall(r"</artifactId>\s*<version>(.*?)</version>", pom)
    assert len(versions) == pom.count("<artifactId>") == 5
    assert [version for version in versions[1:] if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    assert "epositor" not in pom
