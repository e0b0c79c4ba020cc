"""Turns of a life that chance hardly takes: each leads to rules of the table that random faults seldom meet.

Each begins in good order, goes wrong in one way, and leaves it to the rest of the life to come out well.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from machine.inside import Died, Inside, Nth
from machine.people import NAMELESS, SLOTS, Person
from sinch_contacts.apply.outcome import Outcome
from sinch_contacts.core.plan.policy import OnChange, OnDelete, Policy
from sinch_contacts.core.record.problem import Kind
from sinch_contacts.core.record.recorded import Record
from sinch_contacts.core.record.rules import State, state_of

INTRUDER = "12028888888"
"""The number of whoever makes a contact with the name of one of ours."""

OTHER_SET = "urn:pulumi:test::scratch::sinch:ContactSet::others"
"""A set of the same program, which claims what it is given."""


class TargetedRules(RuleBasedStateMachine):
    """Rules that the machine of lives has beside its random ones."""

    sinch: Inside
    wanted: dict[int, Person]
    record: Record
    policy: Policy
    prefix: str
    batches: bool
    keys: dict[int, bool]
    claimed: set[str]
    is_quiet: bool
    drifted: bool
    check_a_clean_run: Callable[[], None]
    set_faults: Callable[[list[Mapping[str, Any]]], None]
    run: Callable[[Any], Outcome | None]
    be_cut_off: Callable[..., None]
    destroy_at: Callable[..., None]
    edit: Callable[[dict[int, Person]], None]

    def begin_with(self, slot: int) -> Person:
        """Brings everything into good order, with a contact that is declared; returns what it is."""
        self.check_a_clean_run()
        if slot not in self.wanted:
            self.wanted = {**self.wanted, slot: Person(slot, renamed=self.keys.get(slot, False))}
            self.check_a_clean_run()
        self.is_quiet = False
        return self.wanted[slot]

    def begin_without(self, slot: int) -> Person:
        """Brings everything into good order, without a contact; returns what it is declared as from now on."""
        person = self.begin_with(slot)
        self.wanted = {other: one for other, one in self.wanted.items() if other != slot}
        self.check_a_clean_run()
        self.is_quiet = False
        self.wanted = {**self.wanted, slot: person}
        return person

    def kinds(self, outcome: Outcome | None) -> set[Kind]:
        """Returns what was told."""
        assert outcome
        return {problem.kind for problem in outcome.incomplete.problems} if outcome.incomplete else set()

    @precondition(lambda self: self.prefix and self.batches)
    @rule(slot=st.integers(0, SLOTS - 1), stays=st.booleans())
    def see_an_older_copy(self, slot: int, *, stays: bool) -> None:
        """A run on another machine, of which nobody knows, has asked for the same contact a few seconds before."""
        self.begin_without(slot)
        self.set_faults([])
        try:
            self.run(("killed", Nth("create_batch"), True))
        except Died:
            self.be_cut_off([], keeps_journal=False)
        # One deletion in the middle of the removal is dropped, so that two are there until the next run.
        drop = {"kind": "drop_item", "operation": "batch_delete", "match": "", "times": 1}
        self.set_faults([drop] if stays else [])
        assert self.kinds(self.run(None)) <= {Kind.DOUBLED}

    @precondition(lambda self: self.batches)
    @rule(slot=st.integers(NAMELESS, SLOTS - 1), lost=st.booleans())
    def see_a_namesake(self, slot: int, *, lost: bool) -> None:
        """Somebody else makes a contact of that name while ours is under way, and takes it away again later."""
        row = self.begin_without(slot).row(self.prefix)
        late = {"kind": "delay", "operation": "batch_create", "match": "", "times": 1, "seconds": 100.0}
        gone = {"kind": "error_before", "operation": "batch_create", "times": 1}
        self.set_faults([gone if lost else late])
        body = {
            "channel_identities": [{"channel": "SMS", "identity": INTRUDER}],
            "language": "EN",
            "external_id": row.contact.external_id,
        }
        api = self.sinch.api
        self.sinch.api = Intruder(api, lambda: self.sinch.seed([body]))  # type: ignore[assignment]
        try:
            assert self.kinds(self.run(None)) == {Kind.FOREIGN}
        finally:
            self.sinch.api = api
        self.set_faults([])
        for contact in self.sinch.contacts():
            if contact["channel_identities"][0]["identity"] == INTRUDER:
                self.sinch.meddle("DELETE", contact["id"])
        self.sinch.sleep(10)

    @precondition(lambda self: self.batches)
    @rule(slot=st.integers(0, SLOTS - 1))
    def delete_what_was_pending(self, slot: int) -> None:
        """A destroy that is killed deletes what is recorded as being created, and the contact is wanted again."""
        self.begin_without(slot)
        self.set_faults([{"kind": "delay", "operation": "batch_create", "match": "", "times": 1, "seconds": 100.0}])
        self.run(None)
        self.sinch.sleep(200)
        self.destroy_at(Nth("delete_batch"))

    @precondition(lambda self: self.batches)
    @rule(slot=st.integers(0, SLOTS - 1), edited=st.booleans())
    def keep_what_was_not_deleted(self, slot: int, *, edited: bool) -> None:
        """A deletion is dropped by Sinch, and the contact is wanted again."""
        person = self.begin_with(slot)
        self.set_faults([{"kind": "drop_item", "operation": "batch_delete", "match": "", "times": 1}])
        self.wanted = {other: one for other, one in self.wanted.items() if other != slot}
        assert self.kinds(self.run(None)) == {Kind.UNDELETED}
        self.wanted = {**self.wanted, slot: replace(person, name=1 - person.name) if edited else person}

    @rule(slot=st.integers(0, SLOTS - 1))
    def give_to_another_set(self, slot: int) -> None:
        """Another set of the program claims a contact that leaves this one, and deletes it later."""
        key = self.begin_with(slot).row(self.prefix).key
        contact_id = self.record[key].id
        self.claimed = {contact_id}
        self.wanted = {other: one for other, one in self.wanted.items() if other != slot}
        self.set_faults([])
        assert self.kinds(self.run(None)) == set()
        assert contact_id in {contact["id"] for contact in self.sinch.contacts()}
        self.sinch.meddle("DELETE", contact_id)

    @rule(slot=st.integers(0, SLOTS - 1))
    def retain_what_leaves(self, slot: int) -> None:
        """A contact leaves the set while contacts are retained, and somebody deletes it later."""
        key = self.begin_with(slot).row(self.prefix).key
        contact_id = self.record[key].id
        self.wanted = {other: one for other, one in self.wanted.items() if other != slot}
        self.set_faults([])
        policy, self.policy = self.policy, msgspec.structs.replace(self.policy, on_delete=OnDelete.RETAIN)
        assert self.kinds(self.run(None)) == set()
        self.policy = policy
        assert contact_id in {contact["id"] for contact in self.sinch.contacts()}
        self.sinch.meddle("DELETE", contact_id)

    @rule(slot=st.integers(0, SLOTS - 1))
    def keep_it_differently(self, slot: int) -> None:
        """Sinch drops the metadata of a contact, which is told once, and somebody sets them by hand later."""
        self.wanted = {**self.wanted, slot: replace(self.begin_without(slot), metadata="gold")}
        self.set_faults([{"kind": "keep_differently", "times": 1}])
        assert self.kinds(self.run(None)) == {Kind.DIFFERENT}
        assert self.kinds(self.run(None)) == set()
        entry = self.record[self.wanted[slot].row(self.prefix).key]
        assert state_of(entry) is State.KEPT
        self.sinch.meddle("PATCH", entry.id, {"metadata": "gold"})
        self.drifted = True

    @precondition(lambda self: self.policy.on_change is OnChange.PATCH)
    @rule(slot=st.integers(0, SLOTS - 1))
    def patch_what_is_gone(self, slot: int) -> None:
        """Somebody else deletes a contact, nobody refreshes, and it is edited."""
        person = self.begin_with(slot)
        entry = self.record[person.row(self.prefix).key]
        self.set_faults([])
        self.sinch.meddle("DELETE", entry.id)
        self.wanted = {**self.wanted, slot: replace(person, name=1 - person.name)}
        assert self.kinds(self.run(None)) == set()

    @precondition(lambda self: self.policy.on_change is OnChange.PATCH)
    @rule(slot=st.integers(0, SLOTS - 1), applied=st.booleans())
    def patch_without_an_answer(self, slot: int, *, applied: bool) -> None:
        """Neither a patch nor its repetition is answered."""
        person = self.begin_with(slot)
        kind = "error_after" if applied else "error_before"
        self.set_faults([{"kind": kind, "operation": "update", "times": 2}])
        self.wanted = {**self.wanted, slot: replace(person, name=1 - person.name, metadata="gold")}
        assert self.kinds(self.run(None)) == {Kind.FAILED}

    @precondition(lambda self: self.policy.on_change is OnChange.REPLACE)
    @rule(slot=st.integers(0, SLOTS - 1))
    def die_in_a_replacement(self, slot: int) -> None:
        """A run dies after the second half of a replacement was asked for."""
        person = self.begin_with(slot)
        self.wanted = {**self.wanted, slot: replace(person, name=1 - person.name)}
        self.set_faults([])
        try:
            self.run(("killed", Nth("create_batch" if self.batches else "create"), True))
        except Died:
            self.be_cut_off([], keeps_journal=True)

    @rule(slot=st.integers(0, SLOTS - 1))
    def leave_an_orphan(self, slot: int) -> None:
        """A run dies after it has asked for a contact, which leaves the files before the next one."""
        person = self.begin_without(slot)
        self.set_faults([])
        try:
            self.run(("killed", Nth("create_batch" if self.batches else "create"), True))
        except Died:
            self.be_cut_off([], keeps_journal=True)
        self.edit({other: one for other, one in self.wanted.items() if other != person.slot})


class Intruder:
    """A port through which somebody else makes a contact just before ours are asked for."""

    def __init__(self, api: Any, make: Callable[[], None]) -> None:
        self._api = api
        self._make: Callable[[], None] | None = make

    def __getattr__(self, name: str) -> Any:
        if name == "create_batch" and self._make:
            self._make()
            self._make = None
        return getattr(self._api, name)
