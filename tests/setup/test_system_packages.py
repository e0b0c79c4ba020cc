"""The script that installs what the tests use beside Python."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts/system_packages.sh"


class Machine:
    """A machine on which just the named programs are found."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def has(self, *programs: str, does: str = "true") -> None:
        for program in programs:
            (self._folder / program).write_text(f"#!/bin/sh\n{does}\n")
            (self._folder / program).chmod(0o755)

    def run(self) -> "subprocess.CompletedProcess[str]":
        bash = shutil.which("bash")
        assert bash
        return subprocess.run(
            [bash, str(SCRIPT)], env={"PATH": str(self._folder)}, capture_output=True, text=True, check=False
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    machine.has("postgres")
    machine.has("id", does="echo 0")
    machine.has("apt-get", does=f'echo "$*" >>{tmp_path}/calls')
    return machine


def test_only_what_is_missing_is_installed(machine: Machine, tmp_path: Path) -> None:
    machine.has("chromium")

    done = machine.run()

    assert (done.returncode, done.stdout) == (0, "system-packages: installing chromium-driver\n")
    update, install = (tmp_path / "calls").read_text().splitlines()
    assert "update" in update.split()
    assert install.split()[-1] == "chromium-driver"
    assert "chromium" not in install.split()


def test_nothing_is_done_where_all_is_there(machine: Machine, tmp_path: Path) -> None:
    machine.has("chromium", "chromedriver")
    done = machine.run()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (tmp_path / "calls").exists()


def test_who_is_not_root_is_told_what_to_install(machine: Machine, tmp_path: Path) -> None:
    machine.has("id", does="echo 1000")
    done = machine.run()
    assert done.returncode == 1
    assert "the tests use chromium chromium-driver. Install them as root" in done.stderr
    assert not (tmp_path / "calls").exists()
