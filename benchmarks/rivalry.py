"""The usual ways beside ours: what each costs, and what it leaves behind when a single answer is lost on its way."""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from math import ceil
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.emulator import PROJECT, Emulator
from benchmarks.measurement import Measurement, Run, run
from benchmarks.peers.resource_each import PROGRAM
from benchmarks.people import people, write
from benchmarks.project import ONE_SET, ROOT, UP, Project

OURS: Final = "ours, `pulumi up`"
_SCRIPTS: Final = {"SDK loop": "sdk_loop", "batch script": "batch_script"}
_PROGRAMS: Final = {"a Pulumi resource each": PROGRAM, OURS: ONE_SET}
Attempt = Callable[[], Run]
"""Lets a way do its work, be it the first time or again."""


class Rivalry(msgspec.Struct, frozen=True):
    """What a way left behind after one answer was lost.

    Attributes:
        way: The way.
        contacts: How many contacts were to be created.
        attempts: How often it was run until it ended well.
        calls: Calls of all attempts.
        doubled: Contacts that are there more often than once.
        missing: Contacts that are not there.
    """

    way: str
    contacts: int
    attempts: int
    calls: Mapping[str, int]
    doubled: int
    missing: int


def costs(contacts: int, folder: Path, sinch: Emulator) -> Iterator[Measurement]:
    """Measures each way of creating so many contacts in an empty project."""
    for way, attempt in _ways(contacts, folder, sinch):
        sinch.reset()
        yield attempt().measured(way, contacts, sinch.calls())


def losses(contacts: int, folder: Path, sinch: Emulator) -> Iterator[Rivalry]:
    """Loses one answer half-way through the creating calls of each way, and runs it again until it ends well."""
    half = {"create": contacts // 2, "batch_create": ceil(contacts / 1000) // 2}
    for way, attempt in _ways(contacts, folder, sinch):
        sinch.reset()
        sinch.faults(*[{"kind": "lose_response", "operation": kind, "after": after} for kind, after in half.items()])
        attempts = 1
        while attempt().status and attempts < 5:  # who would try more often
            attempts += 1
        found, wanted = sinch.external_ids(), Counter(str(person["external_id"]) for person in people(contacts))
        yield Rivalry(way, contacts, attempts, sinch.calls(), (found - wanted).total(), (wanted - found).total())


def _ways(contacts: int, folder: Path, sinch: Emulator) -> Iterator[tuple[str, Attempt]]:
    some: Sequence[dict[str, object]] = list(people(contacts))
    for number, (way, script) in enumerate(_SCRIPTS.items()):
        write(some, folder / str(number) / "contacts")
        yield way, _script(script, folder / str(number), sinch)
    for number, (way, program) in enumerate(_PROGRAMS.items(), len(_SCRIPTS)):
        project = Project(folder / str(number), sinch, program)
        write(some, project.folder / "contacts")
        yield way, partial(project.pulumi, *UP, fails=True)


def _script(name: str, folder: Path, sinch: Emulator) -> Attempt:
    place = {"PYTHONPATH": str(ROOT), "SINCH_EMULATOR_URL": sinch.url, "SINCH_PROJECT_ID": PROJECT}
    command = (sys.executable, "-m", f"benchmarks.peers.{name}")
    return lambda: run(command, folder, {**os.environ, **place})
