"""What the engine asks of a set: diff, create, update, read and delete.

The provider class in front of it only finds the call, and turns errors into what the engine understands.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from sinch_contacts.apply.reconcile import empty, reconcile
from sinch_contacts.apply.refresh import refresh
from sinch_contacts.core.contact.contact import Contact, Key
from sinch_contacts.core.contact.desired import DesiredSet, desired_set, pack, unpack
from sinch_contacts.core.errors import ContactsError, listing
from sinch_contacts.core.plan.plan import Plan
from sinch_contacts.core.plan.planner import make_plan
from sinch_contacts.core.record.capacity import portable, refuse_too_large
from sinch_contacts.core.record.record_text import decode_record
from sinch_contacts.core.record.recorded import Record, with_long_digests
from sinch_contacts.core.record.states import States
from sinch_contacts.core.review.manifest import make_manifest
from sinch_contacts.core.target import Target
from sinch_contacts.shell.bridge import EngineCall, secret
from sinch_contacts.shell.checking import check
from sinch_contacts.shell.drift import drift_text
from sinch_contacts.shell.explaining import PlanBasis, explain
from sinch_contacts.shell.inputs import Inputs, Properties, is_settled, outputs_of, parse_inputs, resource_id
from sinch_contacts.shell.phase import Phase
from sinch_contacts.shell.place import PLACE, has_moved, place_of
from sinch_contacts.shell.review import DestroyReviewer, PlanUnderReview, Review, UpReviewer, unknown_note
from sinch_contacts.shell.set_call import SetCall
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


class SetResource:
    """The resource of one set, as one call of the engine asks for it."""

    def __init__(self, engine: EngineCall, phase: Phase, settings: Settings) -> None:
        self._engine = engine
        self._phase = phase
        self._settings = settings

    def check(self, olds: Properties, news: Properties) -> Properties:
        """Completes the inputs; see `checking`."""
        return check(self._call(parse_inputs(news)), parse_inputs(olds), news)

    def diff(self, olds: Properties, news: Properties) -> bool:
        """Says whether a set needs an update, and tells the plan where the program of this phase declares the set.

        It calls nothing, unless a contact is to be explained, which is looked up then.

        Raises:
            RecordedElsewhere: The set is recorded at another place.
            TargetChanged: The set is meant for another project or region than recorded.
            SetTooLarge: Its record could not be carried.
            ContactsError: The change cannot be planned.
        """
        old, new = parse_inputs(olds), parse_inputs(news)
        new = msgspec.structs.replace(new, protected_as=old.protected_as)
        moved = has_moved(self._settings, olds)
        if not new.is_located or not new.contacts:
            return True
        set_call = self._call(new)
        is_known = is_settled(olds, new) and old.protect == new.protect and not self._settings.text("explain")
        planned = _plan_unchanged(set_call, olds) if is_known else _plan(set_call, old, _record(olds))
        pending = bool(planned.plan.changes or planned.unknown)
        interrupted = bool(set_call.journals().unfinished(str(olds.get("run", ""))))
        if interrupted:
            self._engine.tell("an earlier run was cut off; `pulumi up` settles what it left")
        if self._phase.is_in_program(set_call.urn):
            review = Review(set_call)
            if pending:
                review.tell(planned.plan, unknown_note(planned.unknown))
            review.judge(msgspec.structs.replace(planned, interrupted=interrupted))
        return pending or interrupted or moved or any(getattr(old, name) != getattr(new, name) for name in _COMPARED)

    def create(self, news: Properties) -> tuple[str, Properties]:
        """Creates a set: adopts what is there, creates what is not.

        Returns:
            The resource's id and outputs.

        Raises:
            PartialResult: Only a part of it was created.
        """
        set_call = self._call(parse_inputs(news))
        own_id = resource_id(set_call.inputs, set_call.name)
        return own_id, _apply(set_call, set_call.inputs, {}, own_id)

    def update(self, own_id: str, olds: Properties, news: Properties) -> Properties:
        """Brings a recorded set to its desired contacts; returns the outputs.

        Raises:
            RecordedElsewhere: The set is recorded at another place.
            PartialResult: Only a part of the work was done.
        """
        has_moved(self._settings, olds)
        old, record = parse_inputs(olds), _record(olds)
        new = msgspec.structs.replace(parse_inputs(news), protected_as=old.protected_as)
        _refuse_other_target(old, new, record)
        self._phase.claims.remember_origins(new.target, record)
        return _apply(self._call(new), old, record, own_id, str(olds.get("run", "")))

    def delete(self, olds: Properties) -> None:
        """Empties a set. It can be repeated: what is gone already counts as deleted.

        Raises:
            RecordedElsewhere: It is recorded at another place.
            DestroyRefused: The last `pulumi up` did not allow that.
            ShardLeftOut: The program declares other shards of the same set.
            Incomplete: Something is left.
        """
        has_moved(self._settings, olds)
        set_call, record = self._call(parse_inputs(olds)), _record(olds)
        self._phase.refuse_left_out(set_call.urn, set_call.inputs.shards)
        undo = set_call.undo()
        ctx = set_call.context(undo=undo, reviewer=DestroyReviewer(set_call))
        outcome = empty(ctx, record, set_call.inputs.policy, last_run=str(olds.get("run", "")))
        set_call.tell_undo(undo)
        if outcome.incomplete:
            raise outcome.incomplete

    def read(self, olds: Properties) -> tuple[Properties, Properties | None]:
        """Refreshes a set.

        Returns:
            The outputs, and inputs that say what lives, so that the refresh shows drift contact by contact and the
            next `pulumi up` plans against reality; no inputs where the old ones cannot be reached.

        Raises:
            RecordedElsewhere: It is recorded at another place.
        """
        has_moved(self._settings, olds)
        inputs = self._engine.old_inputs()
        old = parse_inputs({"manifest_key": inputs.get("manifest_key", ""), **olds})
        declared = unpack(str(inputs["contacts"])) if inputs.get("contacts") else DesiredSet(())
        before = {row.key: row.contact for row in declared.contacts}
        seen = refresh(self._call(old).context(), _record(olds), before)
        if seen.changed or seen.deleted:
            counts = f"{len(seen.changed):,} changed and {len(seen.deleted):,} deleted"
            self._engine.tell(f"drift: {counts} by somebody else; `pulumi up` repairs it")
        drift = drift_text(seen, str(olds.get("drift", "")))
        run = str(olds.get("run", ""))
        outputs = {**olds, **outputs_of(old, seen.record, run, self._phase.clock.now(), drift=drift)}
        outputs[PLACE] = place_of(self._settings)
        outputs["settled"] = olds.get("settled", "")  # where the record changed, it is broken
        return outputs, _observed_inputs(inputs, declared, seen.contacts) if inputs else None

    def _call(self, inputs: Inputs) -> SetCall:
        return SetCall(self._engine, self._phase, self._settings, inputs)


def _plan_unchanged(set_call: SetCall, olds: Properties) -> PlanUnderReview:
    """Plans a set that is as recorded, which takes a look at neither its contacts nor its record."""
    set_call.phase.claims.claim_lazily(set_call.inputs.target, set_call.urn, lambda: _record(olds))
    contacts = int(olds["summary"]["contacts"])
    return PlanUnderReview(Plan((), contacts), contacts, {}, "state")


def _plan(set_call: SetCall, old: Inputs, record: Record) -> PlanUnderReview:
    """Plans a set, and claims what stays of it."""
    new, claims = set_call.inputs, set_call.phase.claims
    _refuse_other_target(old, new, record)
    wanted = unpack(new.contacts)
    in_program = set_call.phase.is_in_program(set_call.urn)
    if in_program:  # an error here would fail a mere refresh, too
        refuse_too_large(record, wanted.contacts)
    declared = {row.key for row in wanted.contacts} | set(wanted.unknown)
    claims.remember_origins(new.target, record)
    previous = _previous(set_call)
    states = States(with_long_digests(record, previous))
    claims.claim_staying(new.target, set_call.urn, states, declared, lambda: int(set_call.phase.clock.now()))
    known = {key: entry for key, entry in states.items() if key not in wanted.unknown}
    plan = make_plan(wanted.contacts, known, new.policy, previous)
    if in_program:
        explain(set_call, PlanBasis(wanted, record, plan, previous))
        Review(set_call).tell_idle_protection(declared | record.keys())
    return PlanUnderReview(plan, len(record), previous, "state", unknown=len(wanted.unknown))


def _apply(set_call: SetCall, old: Inputs, record: Record, own_id: str, last_run: str = "") -> Properties:
    """Brings a set to its desired contacts; returns the outputs."""
    new = set_call.inputs
    wanted = unpack(new.contacts).contacts
    refuse_too_large(record, wanted)
    previous = _previous(set_call)
    undo = set_call.undo()
    reviewer = UpReviewer(set_call, previous)
    ctx = set_call.context(undo=undo, reviewer=reviewer, recorded_prefix=old.external_id_prefix)
    outcome = reconcile(ctx, wanted, record, new.policy, previous, last_run=last_run)
    set_call.tell_undo(undo)
    kept = portable(outcome.record) if outcome.incomplete else outcome.record
    settled = not (outcome.incomplete or make_plan(wanted, kept, new.policy).changes)
    protected_as = new.guards.protected_after(record, kept)
    new = msgspec.structs.replace(new, protected_as=protected_as)
    outputs = outputs_of(new, kept, outcome.run, set_call.phase.clock.now(), settled=settled)
    outputs[PLACE] = place_of(set_call.settings)
    if outcome.incomplete:
        raise PartialResult(outcome.incomplete, own_id, outputs)
    if outcome.rejected:
        told = f"{len(outcome.rejected):,} rejected, as max_rejects allows:{listing(outcome.rejected)}"
        set_call.engine.tell(told)
    return outputs


def _previous(set_call: SetCall) -> dict[Key, Contact]:
    """Returns what was desired when the record was made, where the engine's call can be reached."""
    packed = set_call.engine.old_inputs().get("contacts")
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
