from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from outside import PROJECT, Sinch
from sinch_contacts.api.client import HttpContactsApi
from sinch_contacts.api.credentials import Credentials
from sinch_contacts.api.settings import ApiSettings
from sinch_contacts.apply.claims import Claims
from sinch_contacts.apply.clock import Interruption
from sinch_contacts.apply.context import Context, Reviewer
from sinch_contacts.apply.journal.folder import JournalFolder
from sinch_contacts.apply.outcome import Outcome
from sinch_contacts.apply.reconcile import empty, reconcile
from sinch_contacts.apply.refresh import Observation, refresh
from sinch_contacts.apply.settings import ApplySettings
from sinch_contacts.apply.undo import Undo
from sinch_contacts.core.contact.contact import Contact, Key
from sinch_contacts.core.contact.desired import DesiredContact, desired_set, with_prefix
from sinch_contacts.core.plan.policy import Policy
from sinch_contacts.core.record.recorded import Record
from sinch_contacts.core.target import Region, Target
from sinch_contacts.emulator.server import running
from sinch_contacts.emulator.settings import EmulatorSettings
from sinch_contacts.sources import from_mapping

TARGET = Target(PROJECT, Region.EU)

ONE_BY_ONE = ApplySettings(confirm_timeout=60, settle_time=600, concurrency=1)

URN = "urn:pulumi:test::scratch::sinch:ContactSet::friends"


class VirtualClock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


class Set:
    """One contact set: its record from run to run."""

    def __init__(self, api: HttpContactsApi, clock: VirtualClock, settings: ApplySettings, journals: Path) -> None:
        self.api = api
        self.journals = journals
        self.interruption = Interruption()
        self.last_run = ""
        self.clock = clock
        self.settings = settings
        self.claims = Claims()
        self.record: Record = {}
        self.declared: dict[Key, Contact] = {}
        self.policy = Policy()
        self.prefix = ""
        self.recorded_prefix: str | None = None
        self.urn = URN
        self.told: list[str] = []
        self.undo: Undo | None = None
        self.reviewer: Reviewer | None = None

    @property
    def secret(self) -> bytes:
        """The secret of the set, which it has from the beginning."""
        return b"key" if self.urn == URN else self.urn.encode()

    def ctx(self) -> Context:
        return Context(
            TARGET,
            self.api,
            claims=self.claims,
            settings=self.settings,
            clock=self.clock,
            progress=self.told.append,
            urn=self.urn,
            prefix=self.prefix,
            recorded_prefix=self.recorded_prefix,
            journals=JournalFolder(
                self.journals, self.urn, TARGET, origin="", secret=self.secret, tell=self.told.append
            ),
            interruption=self.interruption,
            undo=self.undo,
            reviewer=self.reviewer,
        )

    def rows(self, contacts: Mapping[str, Any]) -> tuple[DesiredContact, ...]:
        return with_prefix(desired_set(from_mapping(contacts)), self.prefix).contacts

    def up(self, contacts: Mapping[str, Any], **policy: Any) -> Outcome:
        """Reconciles, in a run of its own, and keeps the record."""
        self.claims = Claims()
        return self.reconcile(contacts, **policy)

    def reconcile(self, contacts: Mapping[str, Any], **policy: Any) -> Outcome:
        """Reconciles in the run that is under way."""
        rows = self.rows(contacts)
        rules = msgspec.structs.replace(self.policy, **policy)
        self.claims.remember_origins(TARGET, self.record)
        outcome = reconcile(self.ctx(), rows, self.record, rules, self.declared, last_run=self.last_run)
        self.record, self.last_run = outcome.record, outcome.run
        self.declared = {row.key: row.contact for row in rows}
        return outcome

    def destroy(self, **policy: Any) -> Outcome:
        """Empties the set, in a run of its own."""
        self.claims = Claims()
        rules = msgspec.structs.replace(self.policy, **policy)
        outcome = empty(self.ctx(), self.record, rules, last_run=self.last_run)
        self.record, self.last_run = outcome.record, outcome.run
        return outcome

    def refresh(self) -> Observation:
        """Refreshes the set."""
        seen = refresh(self.ctx(), self.record, self.declared)
        self.record, self.declared = seen.record, dict(seen.contacts)
        return seen


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def sinch(clock: VirtualClock) -> Iterator[Sinch]:
    # No limit: time stands still between two sleeps, so that any limit would be met, and refused calls be counted.
    settings = EmulatorSettings(lag=2.0, now=clock.now, token_lifetime=1e6, requests_per_second=1e9)
    with running(settings) as url:
        yield Sinch(url)


@pytest.fixture
def make_set(sinch: Sinch, clock: VirtualClock, tmp_path: Path) -> Iterator[Callable[..., Set]]:
    """Makes sets that share a connection."""
    settings = ApiSettings(emulator_url=sinch.url, requests_per_second=1e9, attempts=3)
    key = Credentials("emulator", "emulator")
    with HttpContactsApi(TARGET, key, settings, now=clock.now, sleep=clock.sleep, wall=clock.now) as api:

        def make(**settings: Any) -> Set:
            patience = ApplySettings(**{"confirm_timeout": 60, "settle_time": 600, **settings})
            return Set(api, clock, patience, tmp_path / "journals")

        yield make


@pytest.fixture
def friends(make_set: Callable[..., Set]) -> Set:
    return make_set()
