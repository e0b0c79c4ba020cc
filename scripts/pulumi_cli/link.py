"""Putting an engine into the venv."""

import shlex
from pathlib import Path

from pulumi_cli.programs import PROGRAMS

SCRIPT = """#!/bin/sh
# Made by `make setup`: runs pulumi with the venv's Python, whether the venv is activated or not.
PATH={programs}:$PATH
PULUMI_SKIP_UPDATE_CHECK=${{PULUMI_SKIP_UPDATE_CHECK:-true}}
export PATH PULUMI_SKIP_UPDATE_CHECK
exec {pulumi} "$@"
"""


def link(programs: Path, engine: Path) -> None:
    """Links the plugins into the venv, and writes a small script that calls the CLI with the venv first on PATH.

    Pulumi takes the first `python3` on PATH, and the language host that we build does not know the `virtualenv`
    option of `Pulumi.yaml`. The plugins are links because Pulumi warns of any that is not the one beside its CLI.

    Args:
        programs: The venv's folder of programs.
        engine: The folder of the engine's programs.
    """
    for name in PROGRAMS:
        (programs / name).unlink(missing_ok=True)
        if name != "pulumi":
            (programs / name).symlink_to(engine / name)
    script = programs / "pulumi"
    script.write_text(SCRIPT.format(programs=shlex.quote(str(programs)), pulumi=shlex.quote(str(engine / "pulumi"))))
    script.chmod(0o755)
