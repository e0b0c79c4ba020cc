"""What the engine asks of a set: diff, create, update, read and delete.

The provider class in front of it only finds the call, and turns errors into what the engine understands.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from sinch_contacts.apply.reconcile import empty, reconcile
from sinch_contacts.apply.refresh import refresh
from sinch_contacts.apply.undo import UndoFolder
from sinch_contacts.core.contact.contact import Contact, Key
from sinch_contacts.core.contact.desired import DesiredSet, desired_set, pack, unpack
from sinch_contacts.core.errors import ContactsError, listing
from sinch_contacts.core.plan.plan import Plan
from sinch_contacts.core.plan.planner import make_plan
from sinch_contacts.core.record.capacity import portable, refuse_too_large
from sinch_contacts.core.record.record_text import decode_record
from sinch_contacts.core.record.recorded import Record
from sinch_contacts.core.review.manifest import make_manifest
from sinch_contacts.core.target import Target
from sinch_contacts.shell.bridge import Call, secret
from sinch_contacts.shell.checking import check, unknown_note
from sinch_contacts.shell.drift import drift_text
from sinch_contacts.shell.explaining import Known, explain
from sinch_contacts.shell.inputs import Inputs, Properties, is_settled, outputs_of, parse_inputs, resource_id
from sinch_contacts.shell.paths import parse_urn
from sinch_contacts.shell.process import Process
from sinch_contacts.shell.review import Planned, Review
from sinch_contacts.shell.reviewers import DestroyReviewer, RunReviewer
from sinch_contacts.shell.settings import Settings

_COMPARED: Final = ("external_id_prefix", "on_delete", "delete_adopted", "protect", "allow_destroy", "transport")
"""Inputs that are recorded as outputs: a change of them is worth an update even where no contact changes."""


class TargetChanged(ContactsError):
    """The set is recorded in another project or region than the one it is now meant for.

    Attributes:
        recorded: Where its contacts are.
        wanted: Where it is meant to be.
    """

    def __init__(self, recorded: Target, wanted: Target, contacts: int) -> None:
        super().__init__(
            f"The {contacts:,} contacts of this set are recorded in {recorded}, and the program now says {wanted}; "
            "nothing was changed.",
            "Go back to the recorded project and region; or empty the set there first (`pulumi destroy`); or declare "
            "the new one as another set.",
        )
        self.recorded = recorded
        self.wanted = wanted


class PartialResult(ContactsError):
    """A creation or an update did a part of its work, which the engine is to record.

    Attributes:
        resource_id: The resource's id.
        outputs: What is confirmed.
    """

    def __init__(self, cause: ContactsError, resource_id: str, outputs: Properties) -> None:
        super().__init__(cause.message, cause.next_step)
        self.resource_id = resource_id
        self.outputs = outputs


class Lifecycle:
    """One call of the engine about one set."""

    def __init__(self, call: Call, process: Process, settings: Settings) -> None:
        self._call = call
        self._process = process
        self._settings = settings

    def check(self, olds: Properties, news: Properties) -> Properties:
        """Completes the inputs; see `shell.checking`."""
        return check(self._call, self._process, self._settings, olds, news)

    def diff(self, olds: Properties, news: Properties) -> bool:
        """Says whether a set needs an update, and tells the plan where the program of this phase has declared the set.

        It calls nothing, unless a contact is to be explained, which is looked up then.

        Raises:
            TargetChanged: The set is meant for another project or region than recorded.
            SetTooLarge: Its record could not be carried.
            ContactsError: The change cannot be planned.
        """
        old, new = parse_inputs(olds), parse_inputs(news)
        if not new.is_located or not new.contacts:
            return True
        known = is_settled(olds, new) and old.protect == new.protect and not self._settings.text("explain")
        planned = self._unchanged(olds, new) if known else self._planned(old, new, _record(olds))
        pending = bool(planned.plan.changes or planned.unknown)
        journals = self._process.journals(self._call, self._settings, new)
        interrupted = bool(journals.unfinished(str(olds.get("run", ""))))
        if interrupted:
            self._call.tell("an earlier run was cut off; `pulumi up` settles what it left")
        if self._process.is_declared(self._call.urn):
            review = Review(self._call, self._process, self._settings, new)
            if pending:
                review.tell(planned.plan, unknown_note(planned.unknown))
            review.judge(msgspec.structs.replace(planned, interrupted=interrupted))
        return pending or interrupted or any(getattr(old, name) != getattr(new, name) for name in _COMPARED)

    def _unchanged(self, olds: Properties, new: Inputs) -> Planned:
        """Plans a set that is as recorded, which takes a look at neither its contacts nor its record."""
        self._process.claims.claim_lazily(new.target, self._call.urn, lambda: _record(olds))
        contacts = int(olds["summary"]["contacts"])
        return Planned(Plan((), contacts), contacts, {}, "state")

    def _planned(self, old: Inputs, new: Inputs, record: Record) -> Planned:
        """Plans a set, and claims what stays of it."""
        _refuse_other_target(old, new, record)
        wanted = unpack(new.contacts)
        if self._process.is_declared(self._call.urn):  # an error here would fail a mere refresh, too
            refuse_too_large(record, wanted.contacts)
        declared = {row.key for row in wanted.contacts} | set(wanted.unknown)
        claims = self._process.claims
        claims.remember_origins(new.target, record)
        staying = (entry.id for entry in record.values() if entry.id and entry.key in declared)
        claims.claim(new.target, self._call.urn, staying)
        known = {key: entry for key, entry in record.items() if key not in wanted.unknown}
        previous = self._previous()
        plan = make_plan(wanted.contacts, known, new.policy, previous)
        if self._process.is_declared(self._call.urn):
            explain(self._call, self._process, self._settings, new, Known(wanted, record, plan, previous))
            Review(self._call, self._process, self._settings, new).tell_idle_protection(declared | record.keys())
        return Planned(plan, len(record), previous, "state", unknown=len(wanted.unknown))

    def create(self, news: Properties) -> tuple[str, Properties]:
        """Creates a set: adopts what is there, creates what is not.

        Returns:
            The resource's id and outputs.

        Raises:
            PartialResult: Only a part of it was created.
        """
        new = parse_inputs(news)
        own_id = resource_id(new, parse_urn(self._call.urn).name)
        return own_id, self._apply(new, new, {}, own_id)

    def update(self, own_id: str, olds: Properties, news: Properties) -> Properties:
        """Brings a recorded set to its desired contacts; returns the outputs.

        Raises:
            PartialResult: Only a part of the work was done.
        """
        old, new = parse_inputs(olds), parse_inputs(news)
        record = _record(olds)
        _refuse_other_target(old, new, record)
        self._process.claims.remember_origins(new.target, record)
        return self._apply(old, new, record, own_id, str(olds.get("run", "")))

    def delete(self, olds: Properties) -> None:
        """Empties a set. It can be repeated: what is gone already counts as deleted.

        Raises:
            DestroyRefused: The last `pulumi up` did not allow that.
            ShardLeftOut: The program declares other shards of the same set.
            Incomplete: Something is left.
        """
        old, record = parse_inputs(olds), _record(olds)
        self._process.refuse_left_out(self._call.urn, old.shards)
        undo = self._process.undo(self._call, self._settings, old)
        reviewer = DestroyReviewer(self._call, self._process, self._settings, old)
        ctx = self._process.context(self._call, self._settings, old, undo=undo, reviewer=reviewer)
        outcome = empty(ctx, record, old.policy, last_run=str(olds.get("run", "")))
        self._tell_undo(undo)
        if outcome.incomplete:
            raise outcome.incomplete

    def read(self, olds: Properties) -> tuple[Properties, Properties | None]:
        """Refreshes a set.

        Returns:
            The outputs, and inputs that say what lives, so that the refresh shows drift contact by contact and the
            next `pulumi up` plans against reality; no inputs where the old ones cannot be reached.
        """
        inputs = self._call.old_inputs()
        old = parse_inputs({"manifest_key": inputs.get("manifest_key", ""), **olds})
        declared = unpack(str(inputs["contacts"])) if inputs.get("contacts") else DesiredSet(())
        ctx = self._process.context(self._call, self._settings, old)
        before = {row.key: row.contact for row in declared.contacts}
        seen = refresh(ctx, _record(olds), before)
        if seen.changed or seen.deleted:
            counts = f"{len(seen.changed):,} changed and {len(seen.deleted):,} deleted"
            self._call.tell(f"drift: {counts} by somebody else; `pulumi up` repairs it")
        drift = drift_text(seen, str(olds.get("drift", "")))
        run = str(olds.get("run", ""))
        outputs = {**olds, **outputs_of(old, seen.record, run, self._process.clock.now(), drift=drift)}
        outputs["settled"] = olds.get("settled", "")  # where the record changed, it is broken
        return outputs, _observed_inputs(inputs, declared, seen.contacts) if inputs else None

    def _apply(self, old: Inputs, new: Inputs, record: Record, own_id: str, last_run: str = "") -> Properties:
        wanted = unpack(new.contacts).contacts
        refuse_too_large(record, wanted)
        previous = self._previous()
        reviewer = RunReviewer(Review(self._call, self._process, self._settings, new), previous)
        undo = self._process.undo(self._call, self._settings, new)
        ctx = self._process.context(
            self._call, self._settings, new, undo=undo, reviewer=reviewer, recorded_prefix=old.external_id_prefix
        )
        outcome = reconcile(ctx, wanted, record, new.policy, previous, last_run=last_run)
        self._tell_undo(undo)
        kept = portable(outcome.record) if outcome.incomplete else outcome.record
        settled = not (outcome.incomplete or make_plan(wanted, kept, new.policy).changes)
        outputs = outputs_of(new, kept, outcome.run, self._process.clock.now(), settled=settled)
        if outcome.incomplete:
            raise PartialResult(outcome.incomplete, own_id, outputs)
        if outcome.rejected:
            self._call.tell(f"{len(outcome.rejected):,} rejected, as max_rejects allows:{listing(outcome.rejected)}")
        return outputs

    def _tell_undo(self, undo: UndoFolder) -> None:
        self._process.forget_old_undo(self._settings)
        if undo.bundle:
            self._call.tell(f"undo: sinch-contacts restore '{undo.bundle}'")

    def _previous(self) -> dict[Key, Contact]:
        """Returns what was desired when the record was made, where the engine's call can be reached."""
        packed = self._call.old_inputs().get("contacts")
        return {row.key: row.contact for row in unpack(packed).contacts} if isinstance(packed, str) and packed else {}


def _observed_inputs(inputs: Mapping[str, object], declared: DesiredSet, contacts: Mapping[Key, Contact]) -> Properties:
    old = parse_inputs(inputs)
    rows = [msgspec.structs.replace(row, contact=contacts[row.key]) for row in declared.contacts if row.key in contacts]
    observed = desired_set(rows)
    manifest = make_manifest(observed, bytes.fromhex(old.manifest_key), reveal=old.reveal)
    return {
        **inputs,
        "contacts": secret(pack(observed)),
        "manifest": manifest,
        "manifest_key": secret(old.manifest_key),
    }


def _record(olds: Properties) -> Record:
    return decode_record(str(olds.get("recorded", "")))


def _refuse_other_target(old: Inputs, new: Inputs, record: Record) -> None:
    if record and old.target != new.target:
        raise TargetChanged(old.target, new.target, len(record))
