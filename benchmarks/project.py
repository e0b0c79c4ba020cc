"""A scratch Pulumi project with one stack in a local backend."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.emulator import PROJECT, Emulator
from benchmarks.measurement import Measurement, Run, run

ROOT: Final = Path(__file__).parents[1]
BIN: Final = Path(sys.executable).parent
ONE_SET: Final = (
    'from sinch_contacts import ContactSet\n\nContactSet("all", source="contacts/all.jsonl", allow_destroy=True)\n'
)
EMPTY: Final = "import pulumi\n"
UP: Final = ("up", "--yes", "--skip-preview")
REFRESH: Final = ("refresh", "--yes", "--skip-preview")
DESTROY: Final = ("destroy", "--yes", "--skip-preview")


class CommandFailed(Exception):
    """A Pulumi command that was to go well did not."""


class Project:
    """A Pulumi project.

    Attributes:
        folder: Where it is; its contact files are in `contacts`.
    """

    def __init__(self, folder: Path, sinch: Emulator, program: str = ONE_SET, **environment: str) -> None:
        """Writes a project and makes its stack."""
        self.folder = folder
        self._sinch = sinch
        (folder / "contacts").mkdir(parents=True)
        (folder / "state").mkdir()
        (folder / "Pulumi.yaml").write_text("name: bench\nruntime: python\n")
        (folder / "__main__.py").write_text(program)
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("SINCH_", "PULUMI_"))},
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PULUMI_BACKEND_URL": f"file://{folder}/state",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "SINCH_EMULATOR_URL": sinch.url,
            "SINCH_PROJECT_ID": PROJECT,
            "SINCH_REGION": "eu",
            "SINCH_REQUESTS_PER_SECOND": "100000",
            "XDG_STATE_HOME": str(folder / "own"),
            **environment,
        }
        self.pulumi("stack", "init", "bench")

    def pulumi(self, *arguments: str, fails: bool = False) -> Run:
        """Runs a Pulumi command.

        Raises:
            CommandFailed: It failed, where that was not expected.
        """
        command = (str(BIN / "pulumi"), *arguments, "--non-interactive", "--color", "never")
        done = run(command, self.folder, self._environment)
        if done.status and not fails:
            raise CommandFailed(f"pulumi {' '.join(arguments)}: {done.output}")
        return done

    def measure(
        self, step: str, contacts: int, *arguments: str, note: Callable[[str], str] = lambda _: ""
    ) -> Measurement:
        """Runs a Pulumi command and measures it, with the calls that reached Sinch.

        Args:
            step: What to call it.
            contacts: The size of the set.
            arguments: The command's arguments.
            note: Makes a note of what it printed.
        """
        self._sinch.calls()
        done = self.pulumi(*arguments)
        return done.measured(step, contacts, self._sinch.calls(), note(done.output))

    def state(self) -> int:
        """Returns the bytes of the stack's state."""
        return max((path.stat().st_size for path in (self.folder / "state").rglob("bench.json")), default=0)
