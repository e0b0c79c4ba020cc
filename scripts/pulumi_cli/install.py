"""The official installer of Pulumi."""

import os
import shutil
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from pulumi_cli.commands import Step
from pulumi_cli.programs import PROGRAMS, VERSION, Say, Unavailable

SCRIPT = "https://get.pulumi.com/install.sh"


@dataclass(frozen=True, slots=True)
class Installer:
    """Runs Pulumi's `install.sh`, as its own automation package does.

    That package asks without any time-out; behind a firewall that swallows packets it would hold up the set-up for
    minutes.

    Attributes:
        address: Where the script is.
        patience: Seconds to wait for the script's server.
        limit: Seconds that the installation may take.
    """

    address: str = SCRIPT
    patience: float = 10.0
    limit: float = 300.0

    @property
    def name(self) -> str:
        """What is tried, for people."""
        return f"the official installer of Pulumi {VERSION}"

    def fill(self, target: Path, say: Say) -> None:
        """Puts the programs into an empty folder.

        Raises:
            Unavailable: The installer cannot be reached, or failed.
        """
        script, root = target / "install.sh", target / "root"
        try:
            with urllib.request.urlopen(self.address, timeout=self.patience) as answer:  # noqa: S310 - our own https
                script.write_bytes(answer.read())
        except OSError as failure:
            reason = failure.reason if isinstance(failure, urllib.error.URLError) else failure
            raise Unavailable(f"the installer cannot be reached: {reason}") from failure
        command = ["sh", str(script), "--no-edit-path", "--install-root", str(root), "--version", VERSION]
        Step("the installer", command, target, os.environ, self.limit).run(say)
        for name in PROGRAMS:
            try:
                shutil.move(root / "bin" / name, target / name)
            except OSError as failure:
                raise Unavailable(f"the installer brought no {name}: {failure}") from failure
        shutil.rmtree(root)
        script.unlink()
