"""Finding or getting a Pulumi CLI with its Python plugins, in this order: PATH, the official installer, a build.

Run by `make setup`. The result is kept for all checkouts of this user, and put into the venv as a small script that
calls it with the venv's Python first on PATH.
"""

import fcntl
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine import build

VERSION = "3.259.0"
OLDEST = (3, 230, 0)
PROGRAMS = ("pulumi", "pulumi-language-python", "pulumi-language-python-exec", "pulumi-resource-pulumi-python")
INSTALL_PATIENCE = 300

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are.

    Attributes:
        venv: The virtual environment's folder of programs.
        cache: The user's cache of this project.
    """

    venv: Path
    cache: Path

    @property
    def engine(self) -> Path:
        """The cached engine of this version and machine."""
        machine = f"{platform.system()}-{platform.machine()}".lower()
        return self.cache / "engine" / f"{VERSION}-{machine}"


def parse_version(text: str) -> tuple[int, ...] | None:
    """Reads what `pulumi version` prints."""
    found = re.search(r"v?([0-9]+)\.([0-9]+)\.([0-9]+)", text)
    return tuple(map(int, found.groups())) if found else None


def on_path(places: Places, search: str, say: Say) -> Path | None:
    """Returns the folder of a Pulumi on PATH that is new enough and has its Python plugins beside it."""
    folders = [folder for folder in search.split(os.pathsep) if folder and Path(folder).resolve() != places.venv]
    there = shutil.which("pulumi", path=os.pathsep.join(folders))
    if there is None:
        say("engine: there is no pulumi on PATH")
        return None
    folder = Path(there).resolve().parent
    printed = subprocess.run([there, "version"], capture_output=True, text=True, check=False).stdout
    version = parse_version(printed)
    if version is None or version < OLDEST:
        say(f"engine: the pulumi on PATH is {printed.strip() or 'silent'}, and {'.'.join(map(str, OLDEST))} is needed")
        return None
    missing = [name for name in PROGRAMS if not (folder / name).exists()]
    if missing:
        say(f"engine: the pulumi on PATH lacks {', '.join(missing)}")
        return None
    return folder


def install(target: Path, python: Path, say: Say) -> bool:
    """Runs the official installer through Pulumi's own automation package; returns whether it worked."""
    say(f"engine: trying the official installer of Pulumi {VERSION}")
    code = (
        "import sys\nfrom pulumi.automation import PulumiCommand\nfrom semver import VersionInfo\n"
        "PulumiCommand.install(root=sys.argv[1], version=VersionInfo.parse(sys.argv[2]))\n"
    )
    try:
        done = subprocess.run(
            [str(python), "-c", code, str(target / "installed"), VERSION],
            capture_output=True,
            text=True,
            check=False,
            timeout=INSTALL_PATIENCE,
        )
    except subprocess.TimeoutExpired:
        say(f"engine: the installer did not end within {INSTALL_PATIENCE} s")
        return False
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        say(f"engine: the installer failed: {lines[-1] if lines else 'no reason given'}")
        return False
    for name in PROGRAMS:
        shutil.move(target / "installed/bin" / name, target / name)
    shutil.rmtree(target / "installed")
    return True


def get(places: Places, environment: Mapping[str, str], say: Say) -> Path:
    """Returns the folder of the cached engine, and makes it first where it is missing.

    Two set-ups at once make it once; one that is interrupted leaves nothing half-done.

    Raises:
        build.BuildFailed: There is no way to an engine.
    """
    places.engine.parent.mkdir(parents=True, exist_ok=True)
    with (places.engine.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if all((places.engine / name).exists() for name in PROGRAMS):
            say(f"engine: Pulumi {VERSION} from the cache")
            return places.engine
        with tempfile.TemporaryDirectory(prefix="making-", dir=places.engine.parent) as folder:
            target = Path(folder) / "engine"
            target.mkdir()
            if not install(target, places.venv / "python", say):
                say(f"engine: building Pulumi {VERSION} from its Go modules, about four minutes the first time")
                build.build(target, VERSION, places.cache, environment, say)
            shutil.rmtree(places.engine, ignore_errors=True)
            target.rename(places.engine)
    return places.engine


def link(places: Places, folder: Path) -> None:
    """Puts scripts into the venv that call the engine with the venv's programs first on PATH."""
    for name in PROGRAMS:
        script = places.venv / name
        script.unlink(missing_ok=True)
        script.write_text(
            "#!/bin/sh\n# Made by `make setup`.\n"
            'here=$(cd "$(dirname "$0")" && pwd)\n'
            f'PATH="$here:{folder}:$PATH" exec "{folder / name}" "$@"\n'
        )
        script.chmod(0o755)


def main() -> None:
    """Sees to it that `.venv/bin/pulumi version` works."""
    started = time.monotonic()
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    places = Places(Path(sys.argv[1]).resolve(), home / "pulumi-sinch-contacts")

    def say(text: str) -> None:
        print(text, flush=True)

    try:
        folder = on_path(places, os.environ.get("PATH", ""), say) or get(places, os.environ, say)
    except build.BuildFailed as failure:
        sys.exit(f"engine: {failure}\nInstall Pulumi {'.'.join(map(str, OLDEST))} or newer by hand, then run `make setup`.")
    link(places, folder)
    version = subprocess.run([places.venv / "pulumi", "version"], capture_output=True, text=True, check=False)
    if version.returncode:
        sys.exit(f"engine: {places.venv / 'pulumi'} does not run: {version.stderr.strip()}")
    say(f"engine: Pulumi {version.stdout.strip()} is ready after {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
