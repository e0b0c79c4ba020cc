"""The state machine: a set's whole life under faults, with everything below Pulumi as it is.

The client, the application of plans, the journal and the emulator are real; time is virtual, and the network is a
function call. What the engine would do is modelled here: it keeps the record and the inputs of runs that return, and
forgets those of runs that die.
"""

import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from machine.coverage import watched
from machine.ill_luck import ends, faults
from machine.inside import TARGET, Died, Inside, Mortal, Nth, Place
from machine.people import NAMELESS, SLOTS, Person, name_of, people, seen_in, sets, wanted_of
from machine.targeted import OTHER_SET, TargetedRules
from sinch_contacts.apply.claims import Claims
from sinch_contacts.apply.clock import Interruption
from sinch_contacts.apply.context import Context
from sinch_contacts.apply.journal.folder import JournalFolder
from sinch_contacts.apply.outcome import Outcome
from sinch_contacts.apply.reconcile import empty, reconcile
from sinch_contacts.apply.refresh import refresh
from sinch_contacts.apply.settings import ApplySettings
from sinch_contacts.apply.undo import Kept
from sinch_contacts.core.contact.contact import Contact, ContactId, Key
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.plan.policy import OnChange, OnConflict, Policy
from sinch_contacts.core.record.recorded import Record, Status
from sinch_contacts.emulator.settings import Shape

SETTLE_TIME = 600.0
LAG = 6.0
ANOTHER_MACHINE = 3.0
"""Seconds that pass at least before a run begins on another machine; less than the lag, so that copies arise."""

PATIENCE = ApplySettings(confirm_timeout=60, settle_time=SETTLE_TIME, concurrency=1)
URN = "urn:pulumi:test::scratch::sinch:ContactSet::friends"
WRITES = {"batch_create", "batch_delete", "create", "update", "delete"}


End = tuple[str, int | Place, bool] | None
"""How a run ends early: `killed`, `stopped` or `unrecorded`; where; and whether the last call is carried out."""


class Keeper:
    """Keeps what contacts were, and sees to it that they lived like that; some may have gone while others were read."""

    is_on = True

    def __init__(self, sinch: Inside) -> None:
        self._sinch = sinch

    def keep(self, contacts: Sequence[Kept]) -> None:
        there = {contact["id"]: contact for contact in self._sinch.contacts()}
        for entry in contacts:
            for name in () if entry.fields or entry.id not in there else ("display_name", "metadata", "external_id"):
                assert getattr(entry.contact, name) == there[entry.id][name]


class ContactSetMachine(TargetedRules):
    """One set, its stack's state, and the project that it lives in."""

    @initialize(
        prefix=st.sampled_from(["", "qa-"]),
        on_change=st.sampled_from(OnChange),
        wanted=sets,
        batches=st.booleans(),
        unified=st.booleans(),
        errors=st.sampled_from(get_args(Shape)),
    )
    def begin(  # noqa: PLR0913  # what a life begins with
        self,
        prefix: str,
        on_change: OnChange,
        wanted: dict[int, Person],
        errors: Shape,
        *,
        batches: bool,
        unified: bool,
    ) -> None:
        self.luck = ExitStack()
        self.luck.enter_context(watched())
        # Ids and tokens come from the run's own seed, so that a life can be lived again.
        self.luck.enter_context(patch("secrets.randbits", random.getrandbits))
        self.luck.enter_context(patch("secrets.token_hex", lambda size: f"{random.getrandbits(8 * size):0{2 * size}x}"))
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        self.sinch = Inside(LAG, errors)
        self.urn = URN
        self.sinch.unify(on=unified)
        self.prefix = prefix
        self.policy = Policy(OnConflict.ADOPT, on_change, delete_adopted=True)
        self.wanted = wanted
        self.batches = batches
        self.record: Record = {}
        self.declared: dict[Key, Contact] = {}
        self.last_run = ""
        self.drifted = False
        self.is_cut_off = self.is_edited = self.is_lost = self.is_delayed = self.is_contradicted = False
        self.is_quiet = True
        self.foreign: dict[str, dict[str, Any]] = {}
        self.taken: set[str] = set()
        self.claimed: set[str] = set()
        self.offered: set[str] = set()
        self.forgotten: set[str] = set()
        self.keys: dict[int, bool] = {}
        self.told: list[str] = []
        self.add_foreign(0)

    def teardown(self) -> None:
        if hasattr(self, "sinch"):
            try:
                self.check_a_clean_run()
            finally:
                self.luck.close()
                self.sinch.close()
                shutil.rmtree(self.folder)

    @rule(wanted=sets)
    def edit_all(self, wanted: dict[int, Person]) -> None:
        self.edit(wanted)

    @rule(person=people)
    def edit_one(self, person: Person) -> None:
        self.edit({**self.wanted, person.slot: person})

    @rule(slot=st.integers(0, SLOTS - 1))
    def remove_one(self, slot: int) -> None:
        self.edit({other: person for other, person in self.wanted.items() if other != slot})

    @rule(seconds=st.sampled_from([1.0, 30.0, SETTLE_TIME]))
    def wait(self, seconds: float) -> None:
        self.sinch.sleep(seconds)

    @rule(skew=st.sampled_from([0.0, 3600.0, -3600.0, 86_400.0, -86_400.0]))
    def set_the_clock(self, skew: float) -> None:
        """The next runs are on a machine whose clock is wrong."""
        self.sinch.set_clock(skew)

    @rule()
    def rename_the_stack(self) -> None:
        self.urn = self.urn.replace("test", "renamed") if "test" in self.urn else URN

    @rule(number=st.integers(1, 3))
    def add_foreign(self, number: int) -> None:
        """Somebody else makes contacts, one of them with a phone number that we use as well."""
        before = {contact["id"] for contact in self.sinch.contacts()}
        self.sinch.seed(
            [
                {
                    "channel_identities": [{"channel": "SMS", "identity": f"1202000000{NAMELESS + number}"}],
                    "language": "EN",
                    "external_id": f"theirs-{len(before)}",
                }
            ]
        )
        self.foreign |= {contact["id"]: contact for contact in self.sinch.contacts() if contact["id"] not in before}

    @precondition(lambda self: self.is_quiet and not self.prefix)
    @rule(person=people)
    def make_what_we_may_want(self, person: Person) -> None:
        """Somebody else makes a contact that we may want to adopt later."""
        row = person.row(self.prefix)
        numbers = {identity.identity for identity in row.contact.channel_identities}
        taken = any(
            row.contact.external_id == contact["external_id"]
            or numbers & {identity["identity"] for identity in contact["channel_identities"]}
            for contact in self.sinch.contacts()
        )
        wanted = self.wanted.get(person.slot)
        if taken or person.shares or (wanted and wanted.renamed != person.renamed):
            return
        body = {
            "channel_identities": [{"channel": "SMS", "identity": f"1202000000{person.slot}"}],
            "language": "EN",
            "display_name": f"Name {person.name}",
            "external_id": row.contact.external_id or "",
        }
        before = {contact["id"] for contact in self.sinch.contacts()}
        self.sinch.seed([body])
        self.offered |= {contact["id"] for contact in self.sinch.contacts()} - before
        self.keys[person.slot] = person.renamed

    @precondition(lambda self: self.record)
    @rule(place=st.integers(0, SLOTS - 1), deleted=st.booleans())
    def meddle(self, place: int, *, deleted: bool) -> None:
        """Somebody else changes or deletes a contact of ours."""
        entries = [entry for entry in self.record.values() if entry.id]
        if not entries:
            return
        entry = entries[place % len(entries)]
        self.sinch.faults([])
        if deleted:
            self.taken.add(entry.id)
            self.sinch.meddle("DELETE", entry.id)
        else:
            self.sinch.meddle("PATCH", entry.id, {"display_name": "Theirs"})
        self.drifted = True

    @rule(rules=faults, end=ends, keeps_journal=st.booleans())
    def up(self, rules: list[Mapping[str, Any]], end: tuple[str, int, bool] | None, *, keeps_journal: bool) -> None:
        """A run under faults, which may be killed or stopped, or end well and its engine die before it tells so."""
        self.is_quiet = False
        self.set_faults(rules)
        state = self.record, self.declared, self.last_run
        try:
            self.run(end)
        except ContactsError:
            pass  # it failed before it changed anything, and the engine keeps the state as it was
        except Died:
            self.be_cut_off(rules, keeps_journal=keeps_journal)
        else:
            # Without a state nobody knows whether what an earlier one created, and saw, was to stay.
            if end and end[0] == "unrecorded" and state[2]:
                self.record, self.declared, self.last_run = state
                self.be_cut_off(rules, keeps_journal=keeps_journal)

    def be_cut_off(self, rules: list[Mapping[str, Any]], *, keeps_journal: bool) -> None:
        """The state is as it was before the run, and the next run may be on another machine."""
        self.is_cut_off = True
        # What a run asked for may be under way still when the journals of several runs are lost together.
        self.is_delayed |= any(fault["kind"] == "delay" for fault in rules)
        if self.prefix and not keeps_journal:
            self.lose_journal(in_order=not self.is_delayed)

    @precondition(lambda self: self.last_run)
    @rule(rules=faults, end=ends)
    def destroy(self, rules: list[Mapping[str, Any]], end: tuple[str, int, bool] | None) -> None:
        """A deletion of the whole set under faults; the engine keeps the state as it was unless all went well."""
        self.is_quiet = False
        self.set_faults(rules)
        self.empty(end)

    def destroy_at(self, place: Place) -> None:
        """A deletion of the whole set that takes its time, and is killed at a call that is carried out."""
        self.set_faults([{"kind": "delay", "operation": "batch_delete", "match": "", "times": 1, "seconds": 50.0}])
        self.empty(("killed", place, True))

    def empty(self, end: End) -> None:
        try:
            outcome = empty(self.ctx(end), self.record, self.policy, last_run=self.last_run)
        except (Died, ContactsError):  # it failed before it changed anything, and the engine keeps the state as it was
            return
        if outcome.incomplete is None:
            assert outcome.record == {}
            self.record, self.declared, self.last_run = {}, {}, ""

    @rule()
    def check_a_clean_run(self) -> None:
        self.set_faults([])
        if self.drifted:
            self.refresh()
        outcome = self.run(None)
        assert outcome
        assert outcome.incomplete is None, str(outcome.incomplete)
        self.check_that_all_is_as_desired()
        self.sinch.calls()
        again = self.run(None)
        assert again
        assert again.incomplete is None
        assert not WRITES & self.sinch.calls().keys()
        self.sinch.sleep(SETTLE_TIME)
        self.is_contradicted = False
        self.check_that_all_is_as_desired()
        self.is_quiet = True
        self.is_cut_off = self.is_edited = self.is_lost = self.is_delayed = False

    def check_that_all_is_as_desired(self) -> None:
        """What is declared lives and is recorded, and nothing else of ours is there.

        Where reads by id and look-ups all lagged by more than a contact's age, it counted as gone while its deletion,
        which was accepted, was still under way.
        """
        recorded = {entry.id for entry in self.record.values()}
        rows = [person.row(self.prefix) for person in self.wanted.values()]
        names = {row.contact.external_id or row.key for row in rows}
        live = [
            contact
            for contact in self.sinch.contacts()
            if contact["id"] not in self.foreign
            and not (self.is_contradicted and contact["gone_at"])
            and (contact["id"] not in self.offered - recorded or name_of(contact) in names)
        ]
        named = {row.contact.external_id or row.key for row in rows if row.contact.metadata is not None}
        assert Counter(
            seen_in(contact, unowned=contact["id"] in self.offered | self.forgotten and name_of(contact) not in named)
            for contact in live
        ) == Counter(wanted_of(row) for row in rows)
        assert recorded == {contact["id"] for contact in live}

    def check_the_record(self) -> None:
        """What the state says to live does, unless somebody else has deleted it; what is not ours is as it was."""
        there = {contact["id"]: contact for contact in self.sinch.contacts()}
        for entry in self.record.values():
            if entry.status is not Status.LIVE or entry.id in self.taken:
                continue
            if self.is_contradicted and entry.id not in there:
                self.drifted = True  # what was just deleted, both views still showed; a refresh sees it
            else:
                assert entry.id in there, f"{entry.key} is recorded, and not there"
                assert there[entry.id]["gone_at"] is None, f"{entry.key} is recorded, and on its way out"
        for contact_id, contact in self.foreign.items():
            assert there[contact_id] == contact, "a contact of somebody else was touched"

    def run(self, end: End) -> Outcome | None:
        rows = [person.row(self.prefix) for person in self.wanted.values()]
        ctx = self.ctx(end)
        ctx.claims.remember_origins(TARGET, self.record)
        ctx.claims.claim(TARGET, OTHER_SET, map(ContactId, self.claimed))
        self.claimed = set()
        outcome = reconcile(ctx, rows, self.record, self.policy, self.declared, last_run=self.last_run)
        created = not self.last_run
        self.record, self.last_run = outcome.record, outcome.run
        if outcome.incomplete is None or created:
            self.declared = {row.key: row.contact for row in rows}
        self.check_the_record()
        return outcome

    def ctx(self, end: End) -> Context:
        interruption = Interruption()

        def die() -> None:
            raise Died

        kind, at, applied = end or ("", 0, False)
        place = Nth("", at + 1) if isinstance(at, int) else at
        end_it = die if kind == "killed" else interruption.ask
        api = Mortal(self.sinch.api, place if end else None, end_it, applied=applied)
        return Context(
            TARGET,
            api,
            claims=Claims(),
            settings=PATIENCE,
            clock=self.sinch,
            progress=self.told.append,
            urn=self.urn,
            journals=JournalFolder(self.folder, self.urn, TARGET, origin="", secret=b"key", tell=self.told.append),
            interruption=interruption,
            undo=Keeper(self.sinch),
            prefix=self.prefix,
        )

    def refresh(self) -> None:
        seen = refresh(self.ctx(None), self.record, self.declared)
        self.record, self.declared = seen.record, dict(seen.contacts)
        self.drifted = False

    def lose_journal(self, *, in_order: bool) -> None:
        """The next run is on another machine: it looks at Sinch alone.

        Where contacts were created and nothing else, in an orderly way, that is enough. Changes and deletions that
        nobody wrote down are seen by a refresh, once what was accepted has become visible; and contacts that were
        created, and are not wanted any more, belong to nobody.
        """
        journals = "".join(path.read_text() for path in self.folder.rglob("*.jsonl"))
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        self.sinch.sleep(ANOTHER_MACHINE)
        if not in_order or self.is_edited or "deleting" in journals or "changing" in journals:
            self.sinch.sleep(SETTLE_TIME)
            self.set_faults([])
            self.refresh()
        recorded = {entry.id for entry in self.record.values()}
        owners = {entry.id for entry in self.record.values() if "metadata" in entry.owned}
        held = {int(key[1:]): key.startswith("b") for key in self.record}
        held |= {slot: person.renamed for slot, person in self.wanted.items()}
        for contact in self.sinch.contacts():
            if contact["metadata"] and contact["id"] in recorded - owners:
                self.forgotten.add(contact["id"])  # nobody knows any more that the lost run has set it
            if contact["id"] not in self.foreign.keys() | recorded:
                self.offered.add(contact["id"])
                name = contact["external_id"].removeprefix(self.prefix)
                self.keys[int(name[1:])] = held.get(int(name[1:]), name.startswith("b"))
        self.is_lost = True

    def edit(self, wanted: dict[int, Person]) -> None:
        """Edits the files, which takes so long that what was accepted before has appeared."""
        if self.is_lost:
            self.sinch.sleep(SETTLE_TIME)
            self.is_lost = False
        self.is_edited = self.is_cut_off
        # Whoever has been offered a contact under one key does not rename another one to that key.
        keys = self.keys
        self.wanted = {slot: replace(person, renamed=keys.get(slot, person.renamed)) for slot, person in wanted.items()}

    def set_faults(self, rules: list[Mapping[str, Any]]) -> None:
        self.is_contradicted |= {"get", "find"} <= {fault["operation"] for fault in rules if fault["kind"] == "stale"}
        denied = [] if self.batches else [{"kind": "deny_batch", "times": None}]
        self.sinch.faults([*denied, *rules])
