"""The life of a set on the real engine: created, left alone, changed, refreshed, destroyed; with the calls it took."""

from collections import Counter
from collections.abc import Iterator, Mapping
from math import ceil
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.emulator import Emulator
from benchmarks.measurement import Measurement
from benchmarks.people import people, renamed, write
from benchmarks.project import DESTROY, REFRESH, UP, Project

BATCH: Final = 1000
PAGE: Final = 20
WRITES: Final = ("batch_create", "batch_delete", "create", "update", "delete")
CREATE: Final = "up, everything is new"
NOTHING: Final = "up, nothing changed"
CHURN: Final = "up, 1 % changed, 1 % new, 1 % gone"
NEAR: Final = "preview --diff, 10 changed side by side"
FAR: Final = "preview --diff, 10 changed far apart"
REFRESHED: Final = "refresh"
GONE: Final = "destroy"


class WentWrong(Exception):
    """Sinch does not hold what the set declares."""


def reads(calls: Mapping[str, int]) -> int:
    """Returns how many calls only look."""
    return sum(count for kind, count in calls.items() if kind not in WRITES)


def least_writes(step: str, contacts: int) -> int:
    """Returns the fewest calls that a step can make to change what it has to change."""
    hundredth = max(1, contacts // 100)
    batches, few = ceil(contacts / BATCH), ceil(hundredth / BATCH)
    return {CREATE: batches, CHURN: hundredth + 2 * few, GONE: batches}.get(step, 0)


def least_reads(step: str, contacts: int) -> int:
    """Returns the fewest calls that can tell what was there before, and that all of it happened.

    That is a page for 20 contacts where all of a project is read. Where few of many come and go, it is a look-up before
    and one after for each of them, or the pages of the project if those are fewer.
    """
    page, hundredth = ceil(contacts / PAGE), max(1, contacts // 100)
    return {CREATE: page, CHURN: min(4 * hundredth, 2 * page), REFRESHED: page, GONE: page}.get(step, 0)


def live(contacts: int, folder: Path, sinch: Emulator) -> Iterator[Measurement]:
    """Lives the life of a set of so many contacts.

    Raises:
        WentWrong: What is at Sinch is not what was declared.
    """
    sinch.reset()
    project = Project(folder, sinch)
    files = folder / "contacts"
    some = list(people(contacts))
    write(some, files)
    yield project.measure("preview, everything is new", contacts, "preview")
    created = project.measure(CREATE, contacts, *UP)
    yield msgspec.structs.replace(created, note=f"state {project.state() / 1e6:.1f} MB")
    _check(sinch, some)
    yield project.measure(NOTHING, contacts, *UP)
    yield project.measure("preview, nothing changed", contacts, "preview")
    changes = {NEAR: [*renamed(some[:10], 1), *some[10:]], FAR: renamed(some, contacts // 10)}
    for step, changed in changes.items():
        write(changed, files)
        yield project.measure(step, contacts, "preview", "--diff", note=lambda text: f"{len(text.splitlines())} lines")
    hundredth = max(1, contacts // 100)
    after = [*renamed(some[hundredth:], 99)[: contacts - hundredth], *people(hundredth, contacts)]
    patches = sum(one is not other for one, other in zip(after, some[hundredth:], strict=False))
    write(after, files)
    yield project.measure(CHURN, contacts, *UP, note=lambda _: f"{patches:,} patches")
    _check(sinch, after)
    yield project.measure(REFRESHED, contacts, *REFRESH)
    yield project.measure("up, nothing changed since the refresh", contacts, *UP)
    yield project.measure(GONE, contacts, *DESTROY)
    _check(sinch, [])


def _check(sinch: Emulator, some: list[dict[str, object]]) -> None:
    found, wanted = sinch.external_ids(), Counter(str(person["external_id"]) for person in some)
    if found != wanted:
        message = f"{(wanted - found).total()} contacts are missing and {(found - wanted).total()} are too many"
        raise WentWrong(message)
