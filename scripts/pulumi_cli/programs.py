"""The programs that make up an engine, and the versions that will do."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

VERSION = "3.259.0"
OLDEST = (3, 230, 0)
PROGRAMS = ("pulumi", "pulumi-language-python", "pulumi-language-python-exec", "pulumi-resource-pulumi-python")
PATIENCE = 60

Say = Callable[[str], None]


class Unavailable(Exception):
    """One way to an engine is closed; the message says why, and the next way is tried."""


def dotted(version: tuple[int, ...]) -> str:
    """Writes a version as people do."""
    return ".".join(map(str, version))


def parse_version(text: str) -> tuple[int, ...] | None:
    """Reads what `pulumi version` prints, such as `v3.259.0`; returns `None` where that is no version."""
    found = re.match(r"v?([0-9]+)\.([0-9]+)\.([0-9]+)\b", text.strip())
    return tuple(map(int, found.groups())) if found else None


def check(folder: Path) -> None:
    """Makes sure that a folder holds an engine that runs, is new enough and has its Python plugins.

    Raises:
        Unavailable: It does not.
    """
    missing = [name for name in PROGRAMS if not os.access(folder / name, os.X_OK)]
    if missing:
        raise Unavailable(f"{folder} lacks {', '.join(missing)}")
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        printed = subprocess.run(
            [folder / "pulumi", "version"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE,
        ).stdout
    except (OSError, subprocess.SubprocessError) as failure:
        raise Unavailable(f"{folder / 'pulumi'} does not run: {failure}") from failure
    version = parse_version(printed)
    if version is None or version < OLDEST:
        raise Unavailable(f"{folder / 'pulumi'} is {printed.strip() or 'silent'}, and {dotted(OLDEST)} is needed")
