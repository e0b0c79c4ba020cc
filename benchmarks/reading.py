"""Measures what reading costs, each way, for sets of which more and more contacts are somebody else's.

`python benchmarks/reading.py` prints the table of docs/reading.md. Calls are counted by the emulator; the seconds are
those that they take at Sinch by the estimate of `core.reading`, with the default settings. Time is virtual.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
import requests

from sinch_contacts.api.client import HttpContactsApi
from sinch_contacts.api.credentials import Credentials
from sinch_contacts.api.settings import ApiSettings
from sinch_contacts.apply.claims import Claims
from sinch_contacts.apply.clock import Interruption
from sinch_contacts.apply.context import Context
from sinch_contacts.apply.journal.folder import JournalFolder
from sinch_contacts.apply.outcome import Outcome
from sinch_contacts.apply.reconcile import empty, reconcile
from sinch_contacts.apply.refresh import refresh
from sinch_contacts.apply.settings import ApplySettings
from sinch_contacts.apply.undo import UndoFolder
from sinch_contacts.core.contact.desired import desired_set
from sinch_contacts.core.plan.policy import Policy
from sinch_contacts.core.plan.reading import Pace, Reading
from sinch_contacts.core.target import Region, Target
from sinch_contacts.emulator.server import running
from sinch_contacts.emulator.settings import EmulatorSettings
from sinch_contacts.sources import from_mapping

CONTACTS: Final = 100
FOREIGN: Final = {"none": 0, "10 %": 11, "50 %": 100, "80 %": 400, "99 %": 9_900}
"""Contacts of somebody else, by their share of all that are there once the set is."""

TARGET: Final = Target("project", Region.EU)
URN: Final = "urn:pulumi:bench::reading::sinch:ContactSet::people"
STEPS: Final = ("creation", "refresh", "deletion")


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self._time = 1_800_000_000.0

    def now(self) -> float:
        """Returns the time."""
        return self._time

    def sleep(self, seconds: float) -> None:
        """Lets it pass."""
        self._time += seconds


class Reads(msgspec.Struct, frozen=True):
    """The reads of one step."""

    pages: int
    lookups: int

    @property
    def seconds(self) -> float:
        """How long they take at Sinch, with the default settings."""
        return Pace().pages_take(self.pages) + Pace().lookups_take(self.lookups)

    def __str__(self) -> str:
        parts = [f"{count:,} {noun}" for count, noun in ((self.pages, "pages"), (self.lookups, "look-ups")) if count]
        return f"{' + '.join(parts)}, {self.seconds:.1f} s"


def main() -> None:
    """Measures and prints."""
    columns = [f"`{reading}`" for reading in (Reading.SCAN, Reading.LOOKUP, Reading.AUTO)]
    print(f"| foreign | {CONTACTS} contacts | {' | '.join(columns)} |")
    print("| --- | --- | --- | --- | --- |")
    for share, foreign in FOREIGN.items():
        measured = [life(reading, foreign) for reading in (Reading.SCAN, Reading.LOOKUP, Reading.AUTO)]
        for step in STEPS:
            print(f"| {share} | {step} | {' | '.join(str(reads[step]) for reads in measured)} |", flush=True)


def life(reading: Reading, foreign: int) -> dict[str, Reads]:
    """Creates, refreshes and deletes a set in a project with foreign contacts; returns the reads of each step."""
    settings = ApplySettings(reading=reading)
    rows = desired_set(from_mapping(people(0, CONTACTS))).contacts
    declared = {row.key: row.contact for row in rows}
    reads: dict[str, Reads] = {}
    with project(foreign) as (url, clock, api), tempfile.TemporaryDirectory() as folder:

        def ctx() -> Context:
            journals = JournalFolder(Path(folder), URN, TARGET, origin=url, secret=b"key", tell=print)
            return Context(
                TARGET,
                api,
                claims=Claims(),
                settings=settings,
                clock=clock,
                progress=lambda _: None,
                urn=URN,
                journals=journals,
                interruption=Interruption(),
                undo=UndoFolder(Path(folder) / "undo", "people", TARGET, 30, clock.now),
            )

        created = _done(reconcile(ctx(), rows, {}, Policy()))
        reads["creation"] = counted(url)
        seen = refresh(ctx(), created.record, declared)
        reads["refresh"] = counted(url)
        _done(empty(ctx(), seen.record, Policy(), last_run=created.run))
        reads["deletion"] = counted(url)
    return reads


@contextmanager
def project(foreign: int) -> Iterator[tuple[str, Clock, HttpContactsApi]]:
    """Serves a project that has foreign contacts already."""
    clock = Clock()
    with running(EmulatorSettings(lag=2.0, now=clock.now, token_lifetime=1e9, requests_per_second=1e9)) as url:
        seeds = [{**person, "external_id": key} for key, person in people(10 * CONTACTS, foreign).items()]
        path = f"{url}/_emulator/contacts?project_id={TARGET.project_id}"
        requests.post(path, json={"contacts": seeds}, timeout=60).raise_for_status()
        own = ApiSettings(emulator_url=url, requests_per_second=1e9)
        key = Credentials("emulator", "emulator")
        with HttpContactsApi(TARGET, key, own, now=clock.now, sleep=clock.sleep, wall=clock.now) as api:
            clock.sleep(3600)
            counted(url)
            yield url, clock, api


def people(first: int, count: int) -> Mapping[str, Any]:
    """Returns contacts by key."""
    return {
        f"person-{number:06d}": {
            "language": "EN_US",
            "channel_identities": [{"channel": "SMS", "identity": f"+1202{number:07d}"}],
        }
        for number in range(first, first + count)
    }


def counted(url: str) -> Reads:
    """Returns the reads since the last time this was asked."""
    calls: dict[str, int] = requests.get(f"{url}/_emulator/stats", timeout=60).json()["requests"]
    requests.post(f"{url}/_emulator/stats/reset", timeout=60).raise_for_status()
    return Reads(calls["list"], calls["find"] + calls["get"])


def _done(outcome: Outcome) -> Outcome:
    if outcome.incomplete:
        raise outcome.incomplete
    return outcome


if __name__ == "__main__":
    main()
