"""A scratch Pulumi project on the real engine."""

import copy
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

BIN = Path(sys.executable).parent
OLDEST = BIN.parent / "oldest" / "bin"
"""Programs of a venv with the oldest SDK that is supported."""
_NOT_HANDED_ON = ("SINCH_", "PULUMI_", "COVERAGE_")
"""Beginnings of the names of environment variables."""

ONE_SET = """import pulumi
from sinch_contacts import ContactSet

friends = ContactSet("friends", source="contacts/*.json"{})
"""


class Result(msgspec.Struct, frozen=True):
    """What a Pulumi command did.

    Attributes:
        status: Its exit status.
        output: What it printed, on both streams.
    """

    status: int
    output: str


class Workspace:
    """A Pulumi project with one stack in a local backend.

    Attributes:
        folder: Where the project lives.
        environment: What its commands find in the environment.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], backend: Path, programs: Path = BIN) -> None:
        """Writes a project with one set, without a stack.

        Args:
            folder: Where the project is to live.
            environment: Further environment variables.
            backend: A folder for the state.
            programs: The folder of the Python that runs program and provider.
        """
        self.folder = folder
        self._pulumi = (BIN / "pulumi-language-python").resolve().parent / "pulumi"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(_NOT_HANDED_ON)},
            "PATH": os.pathsep.join((str(programs), str(BIN), os.environ["PATH"])),
            "PULUMI_BACKEND_URL": f"file://{backend}",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            **environment,
        }
        (folder / "contacts").mkdir(parents=True)
        (folder / "Pulumi.yaml").write_text("name: scratch\nruntime: python\n")
        self.program(ONE_SET.format(""))

    def elsewhere(self, folder: Path) -> "Workspace":
        """Returns a checkout of the project on another machine, which shares nothing with this one but the backend.

        Args:
            folder: Where the other machine has its files.
        """
        other = copy.copy(self)
        other.folder = folder / "project"
        shutil.copytree(self.folder, other.folder)
        own = {"PULUMI_HOME": str(folder / "home"), "SINCH_JOURNAL_DIR": str(folder / "journals")}
        other.environment = {**self.environment, **own}
        other.run("stack", "select", "test")
        return other

    def program(self, text: str) -> None:
        """Writes the program."""
        (self.folder / "__main__.py").write_text(text)

    def one_set(self, arguments: str = "", more: str = "") -> None:
        """Writes a program with one set of all contact files.

        Args:
            arguments: Further keyword arguments, each with a comma in front.
            more: Further lines.
        """
        self.program(ONE_SET.format(arguments) + more)

    def write(self, contacts: Mapping[str, Any], name: str = "all") -> None:
        """Writes a contact file."""
        (self.folder / "contacts" / f"{name}.json").write_text(json.dumps({"contacts": contacts}, indent=1))

    def run(self, *arguments: str, status: int | None = 0) -> Result:
        """Runs a Pulumi command.

        Args:
            arguments: Its arguments.
            status: The exit status that it must have; `None` for any but 0.
        """
        command = [str(self._pulumi), *arguments, "--non-interactive", "--color", "never"]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False, timeout=300
        )
        output = done.stdout + done.stderr
        good = done.returncode != 0 if status is None else done.returncode == status
        assert good, f"pulumi {' '.join(arguments)} ended with {done.returncode}:\n{output}"
        return Result(done.returncode, output)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts a Pulumi command in a process group of its own, and leaves it running."""
        return subprocess.Popen(
            [str(self._pulumi), *arguments, "--non-interactive", "--color", "never"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def processes(self, command: str = "") -> list[int]:
        """Returns the ids of processes that work in the project, and whose command line has a text in it."""
        found: list[int] = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if (process / "cwd").readlink() == self.folder.resolve() and line and command in line:
                    found.append(int(process.name))
        return found

    def up(self, *arguments: str, status: int | None = 0) -> Result:
        """Runs `pulumi up` without its preview."""
        return self.run("up", "--yes", "--skip-preview", *arguments, status=status)

    def destroy(self, *arguments: str, status: int | None = 0) -> Result:
        """Runs `pulumi destroy` without its preview."""
        return self.run("destroy", "--yes", "--skip-preview", *arguments, status=status)

    def refresh(self, *arguments: str, status: int | None = 0) -> Result:
        """Runs `pulumi refresh` without its preview."""
        return self.run("refresh", "--yes", "--skip-preview", *arguments, status=status)

    def export(self, *arguments: str) -> str:
        """Returns the state as text."""
        return self.run("stack", "export", *arguments).output

    def outputs(self, *arguments: str) -> dict[str, Any]:
        """Returns the stack's outputs."""
        outputs: dict[str, Any] = json.loads(self.run("stack", "output", "--json", *arguments).output)
        return outputs

    def sets(self) -> Sequence[dict[str, Any]]:
        """Returns the contact sets as the state holds them, with secrets in clear, sorted by name."""
        state = json.loads(self.export("--show-secrets"))
        found = [
            resource
            for resource in state["deployment"].get("resources", [])
            if resource["type"] == "pulumi-python:dynamic/sinch:ContactSet"
        ]
        return sorted(found, key=lambda resource: str(resource["urn"]))
