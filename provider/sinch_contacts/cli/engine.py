"""Running Pulumi for a command: there is one planner, the provider's, and only the engine can ask it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import click
import msgspec

from sinch_contacts.cli.screen import failure, say
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.review.plan_document import PlanDocument
from sinch_contacts.shell.paths import CONTACT_SET_TYPE, parse_urn
from sinch_contacts.shell.plan_folder import PLAN

Document = TypeVar("Document")


stack_option = click.option("--stack", default="", help="The stack; by default the selected one.")
project_option = click.option(
    "-C",
    "--cwd",
    "project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="The folder of the Pulumi project.",
)


class EngineFailed(ContactsError):
    """Pulumi is not there, or a command of it failed.

    Attributes:
        output: What it printed.
    """

    def __init__(self, message: str, next_step: str, output: str = "") -> None:
        super().__init__(message, next_step)
        self.output = output

    def told(self) -> click.ClickException:
        """Shows what Pulumi printed; returns the error that ends the command."""
        click.echo(self.output, err=True, nl=False)
        return failure(self)


class Previewed(msgspec.Struct, frozen=True):
    """What a preview left behind.

    Attributes:
        plans: The plans of all sets that could be planned, by set.
        folder: Where further documents of the provider are; it is removed afterwards.
    """

    plans: Sequence[PlanDocument]
    folder: Path

    def documents(self, suffix: str, kind: type[Document]) -> list[Document]:
        """Reads the documents of another kind, sorted by file name."""
        return _documents(self.folder, suffix, kind)


def _documents(folder: Path, suffix: str, kind: type[Document]) -> list[Document]:
    return [msgspec.json.decode(path.read_bytes(), type=kind) for path in sorted(folder.glob(f"*{suffix}"))]


@contextmanager
def previewed(
    project: Path, stack: str, *arguments: str, environment: Mapping[str, str] | None = None
) -> Iterator[Previewed]:
    """Previews a stack, with a private folder for the provider's documents.

    Args:
        project: The folder of the Pulumi project.
        stack: The stack; empty for the selected one.
        arguments: Further arguments of `pulumi preview`.
        environment: Further variables.

    Raises:
        EngineFailed: Pulumi is not there, or failed before any set was planned.
    """
    with TemporaryDirectory(prefix="sinch-contacts-") as folder:
        say("sinch-contacts: running pulumi preview", err=True)
        chosen = ["--stack", stack] if stack else []
        done = _run(project, "preview", *chosen, *arguments, **(environment or {}), SINCH_PLAN_DIR=folder)
        plans = _documents(Path(folder), PLAN, PlanDocument)
        refused = any(plan.verdict == "refused" for plan in plans)
        if done.returncode and not refused:
            raise EngineFailed("pulumi preview failed.", "Mend what it says, and run the command again.", done.stdout)
        yield Previewed(plans, Path(folder))


def recorded_sets(project: Path, stack: str) -> dict[str, int]:
    """Returns the sets that a stack's state records, each with its number of contacts.

    Args:
        project: The folder of the Pulumi project.
        stack: The stack; empty for the selected one.

    Raises:
        EngineFailed: The state cannot be read.
    """
    done = _run(project, "stack", "export", *(["--stack", stack] if stack else []))
    if done.returncode:
        raise EngineFailed("pulumi stack export failed.", "Mend what it says, and run the command again.", done.stdout)
    state = msgspec.json.decode(done.stdout, type=_State)
    return {
        parse_urn(resource.urn).label: int(resource.outputs.summary.contacts)
        for resource in state.deployment.resources
        if resource.type == CONTACT_SET_TYPE
    }


class _Summary(msgspec.Struct, frozen=True):
    contacts: float = 0


class _Outputs(msgspec.Struct, frozen=True):
    summary: _Summary = _Summary()


class _Resource(msgspec.Struct, frozen=True):
    urn: str
    type: str
    outputs: _Outputs = _Outputs()


class _Deployment(msgspec.Struct, frozen=True):
    resources: tuple[_Resource, ...] = ()


class _State(msgspec.Struct, frozen=True):
    deployment: _Deployment


def _run(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  # Pulumi, with arguments of ours
        [_pulumi(), *arguments, "--non-interactive", "--color", "never"],
        cwd=project,
        env={**os.environ, "PATH": _path(), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _path() -> str:
    """Returns the search path, with the programs of this very Python first: Pulumi is to find its provider there."""
    return os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))


def _pulumi() -> str:
    found = shutil.which("pulumi", path=_path())
    if found is None:
        raise EngineFailed("There is no pulumi on PATH.", "Install it, or run `make setup` and use .venv/bin.")
    return found
