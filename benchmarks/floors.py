"""A preview of a set that has not changed, beside the same preview with an idle provider and one of an empty program.

The three take turns, and the best of each counts: what else a machine does at the time strikes all alike.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.emulator import Emulator
from benchmarks.idle import PROGRAM
from benchmarks.measurement import Measurement
from benchmarks.people import people, write
from benchmarks.project import EMPTY, ONE_SET, UP, Project

OURS: Final = "preview, nothing changed, side by side"
IDLE: Final = "preview, nothing changed, idle provider"
FLOOR: Final = "preview, empty program"
_ROUNDS: Final = 3


def compare(contacts: int, folder: Path, sinch: Emulator) -> Iterator[Measurement]:
    """Measures the three previews."""
    sinch.reset()
    programs = {OURS: ONE_SET, IDLE: PROGRAM, FLOOR: EMPTY}
    projects = {
        name: Project(folder / str(number), sinch, text) for number, (name, text) in enumerate(programs.items())
    }
    some = list(people(contacts))
    for project in projects.values():
        write(some, project.folder / "contacts")
        project.pulumi(*UP)
    rounds = [
        {name: project.measure(name, contacts, "preview") for name, project in projects.items()} for _ in range(_ROUNDS)
    ]
    for name in projects:
        each = [measured[name] for measured in rounds]
        yield msgspec.structs.replace(
            min(each, key=lambda measured: measured.seconds), cpu=min(measured.cpu for measured in each)
        )
