"""Finding or getting an engine, in this order: PATH, the user's cache, the official installer, a build.

Run by `make setup` with the venv's folder of programs as its argument.
"""

import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from pulumi_cli import cache
from pulumi_cli.build import Build
from pulumi_cli.install import Installer
from pulumi_cli.link import link
from pulumi_cli.programs import OLDEST, VERSION, Say, Unavailable, check, dotted


class Source(Protocol):
    """A way to an engine."""

    @property
    def name(self) -> str:
        """What is tried, for people."""

    def fill(self, target: Path, say: Say) -> None:
        """Puts the programs into an empty folder, or raises `Unavailable`."""


def on_path(search: str) -> Path:
    """Returns the folder of a Pulumi on PATH that is new enough and has its Python plugins beside it.

    A `pulumi` inside a virtual environment is passed over: it may be the script that `link` put there, which leads
    to that environment's Python.

    Args:
        search: The folders to look in, as in `PATH`.

    Raises:
        Unavailable: There is none that will do.
    """
    folders = [name for name in search.split(os.pathsep) if name and not (Path(name).parent / "pyvenv.cfg").exists()]
    there = shutil.which("pulumi", path=os.pathsep.join(folders))
    if there is None:
        raise Unavailable("there is no pulumi on PATH")
    folder = Path(there).resolve().parent
    check(folder)
    return folder


def usable(folder: Path) -> bool:
    """Tells whether a folder holds an engine that will do."""
    try:
        check(folder)
    except Unavailable:
        return False
    return True


def make(sources: Sequence[Source], target: Path, say: Say) -> None:
    """Fills a folder from the first source that can.

    Raises:
        Unavailable: None can.
    """
    for source in sources:
        say(f"engine: trying {source.name}")
        attempt = target / "attempt"
        attempt.mkdir()
        try:
            source.fill(attempt, say)
            check(attempt)
        except Unavailable as reason:
            say(f"engine: {reason}")
            shutil.rmtree(attempt)
            continue
        for program in attempt.iterdir():
            program.rename(target / program.name)
        attempt.rmdir()
        return
    raise Unavailable("no way to an engine is open")


def find(present: Callable[[], Path], entry: Path, sources: Sequence[Source], say: Say) -> Path:
    """Returns the folder of an engine.

    Args:
        present: Returns the folder of an engine that the user has, or raises `Unavailable`.
        entry: Where the cache keeps the engine that we get.
        sources: Ways to get one, best first.
        say: Takes a line of progress.

    Raises:
        Unavailable: There is no way to an engine.
    """
    try:
        folder = present()
    except Unavailable as reason:
        say(f"engine: {reason}; looking at {entry}")
        return cache.kept(entry, usable, lambda target: make(sources, target, say), say)
    say(f"engine: taking the pulumi on PATH, in {folder}")
    return folder


def main() -> None:
    """Sees to it that `.venv/bin/pulumi version` works."""
    started = time.monotonic()
    programs, search, kept = Path(sys.argv[1]).resolve(), os.environ.get("PATH", ""), cache.home(os.environ)
    entry = kept / "engine" / f"{VERSION}-{platform.system()}-{platform.machine()}".lower()

    def say(text: str) -> None:
        print(text, flush=True)

    try:
        folder = find(lambda: on_path(search), entry, [Installer(), Build(kept, search)], say)
        link(programs, folder)
        check(programs)
    except (Unavailable, OSError) as failure:
        advice = f"Install Pulumi {dotted(OLDEST)} or newer, or Go 1.26 or newer, and run `make setup` again."
        sys.exit(f"engine: {failure}. {advice} docs/engine.md tells more.")
    say(f"engine: {programs / 'pulumi'} is ready after {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
