"""Carrying out a plan: reading first, then creating and changing, deleting last.

A failure thus leaves too much rather than too little. Two things are deleted early: a contact that is to be replaced,
and one whose identity moves to another contact.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Final

import msgspec

from sinch_contacts.apply.context import Context
from sinch_contacts.apply.creation import Creation
from sinch_contacts.apply.deletion import Deletion, see_gone
from sinch_contacts.apply.discovery import Discovery, discover, refuse_taken_names
from sinch_contacts.apply.pending import settle
from sinch_contacts.apply.problems import Incomplete, Kind, PrefixUnsettled, Problem, problem_of
from sinch_contacts.apply.recovery import recover
from sinch_contacts.apply.run import Run
from sinch_contacts.apply.updating import update_all
from sinch_contacts.core.contact.contact import Contact, ContactId, Key
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.limits import BATCH_SIZE
from sinch_contacts.core.plan.plan import Change, Operation, Plan, plan_of
from sinch_contacts.core.plan.planner import make_plan
from sinch_contacts.core.plan.policy import Policy
from sinch_contacts.core.record.recorded import Record, RecordedContact, Status, record_of

_NAME_TAKEN: Final = "another contact of this set still has its name"
_VANISHED: Final = "somebody else deleted it at the same time"
_NO_CONTACTS: Final[Mapping[Key, Contact]] = {}


class Outcome(msgspec.Struct, frozen=True):
    """What a run left behind.

    Attributes:
        record: What is now confirmed of the set.
        run: The run up to which journals are done with; to be recorded with the record.
        done: How many changes were made at Sinch or settled there.
        incomplete: Why the set is not as desired yet; `None` where it is, or is but for rejected contacts that the
            policy tolerates.
        rejected: Contacts that Sinch rejected, where that is tolerated.
    """

    record: Record
    run: str
    done: int
    incomplete: Incomplete | None
    rejected: tuple[Problem, ...] = ()


def reconcile(  # noqa: PLR0913  # the three sets that a three-way comparison has, and what they are bound to
    ctx: Context,
    desired: Sequence[DesiredContact],
    record: Record,
    policy: Policy,
    previous: Mapping[Key, Contact] = _NO_CONTACTS,
    *,
    last_run: str = "",
) -> Outcome:
    """Makes a set as desired.

    Args:
        ctx: What the work needs.
        desired: The declared contacts.
        record: What is recorded of the set.
        policy: The rules of the set.
        previous: What was desired when the record was made, where it is known.
        last_run: The run that made the record; journals of later runs tell what may have been sent since.

    Returns:
        The new record, and whether anything is left to do.

    Raises:
        ContactsError: Something stands in the way, and nothing was changed.
    """
    _refuse_unsettled_prefix(ctx, record)
    with closing(Run(ctx, record, last_run)) as run:
        run.previous = previous
        ctx.journals.forget(last_run)
        recover(run, desired, ctx.journals.unfinished(last_run))
        plan = make_plan(desired, run.record, policy, previous)
        run.journal.plan = plan.digest(ctx.target)
        run.wanted = wanted = {row.key for row in desired}
        run.look_at_the_record()
        run.claim(entry.id for entry in run.record.values() if entry.id and entry.key in wanted)
        creates = [change.desired for change in plan.of(Operation.CREATE) if change.desired]
        refuse_taken_names(run, plan.of(Operation.RENAME))
        recorded = len(run.record)
        found = discover(run, creates, policy)
        _review(run, plan, found, recorded)
        try:
            _carry_out(run, plan, found, policy, recorded)
        except ContactsError as error:
            run.cause = error
        run.drop(change.key for change in plan.of(Operation.FORGET))
        return _outcome(run, policy, len(desired))


def empty(ctx: Context, record: Record, policy: Policy, *, last_run: str = "") -> Outcome:
    """Takes all contacts of a set away: deletes what the policy lets us delete, and forgets the rest.

    It can be repeated: what is gone already counts as deleted. The engine cannot record a half of it; the journal can.

    Args:
        ctx: What the work needs.
        record: What is recorded of the set.
        policy: The rules of the set.
        last_run: The run that made the record.

    Returns:
        The record of what is still there; empty where all went well. The journal stays: the engine may yet die before
        it has recorded that.

    Raises:
        ContactsError: Something stands in the way, and nothing was changed.
    """
    with closing(Run(ctx, record, last_run)) as run:
        ctx.journals.forget(last_run)
        recover(run, (), ctx.journals.unfinished(last_run))
        plan = make_plan((), run.record, policy)
        run.journal.plan = plan.digest(ctx.target)
        ctx.reviewer.judge(plan, len(run.record), {})
        try:
            settle(run, plan.of(Operation.WITHDRAW), policy)
            run.drop(change.key for change in plan.of(Operation.FORGET))
            if run.cause is None:
                Deletion(run).delete(_recorded(plan, Operation.DELETE))
        except ContactsError as error:
            run.cause = error
        return _outcome(run, policy, len(record))


def _refuse_unsettled_prefix(ctx: Context, record: Record) -> None:
    """Sees to it that no contact is under way under a prefix that would be forgotten."""
    if ctx.prefix != ctx.recorded_prefix:
        pending = sum(not entry.id and entry.since > 0 for entry in record.values())
        if pending:
            raise PrefixUnsettled(pending, ctx.recorded_prefix)


def _outcome(run: Run, policy: Policy, contacts: int) -> Outcome:
    run.end()
    rejected = tuple(problem for problem in run.problems if problem.kind is Kind.REJECTED)
    tolerated = policy.tolerates(len(rejected), contacts)
    fails = run.cause or len(rejected) < len(run.problems) or not tolerated
    return Outcome(
        record=record_of(run.record.values()),
        run=run.settled,
        done=run.done,
        incomplete=Incomplete(run.problems, run.done, run.cause) if fails else None,
        rejected=() if fails else rejected,
    )


def _review(run: Run, plan: Plan, found: Discovery, recorded: int) -> None:
    """Has the plan judged as it is now that Sinch was looked at: what is there is adopted, not created."""
    there = {row.key: live.contact for row, (live, *_) in found.there}
    changes = [change for change in plan.changes if change.operation is not Operation.CREATE or change.key not in there]
    equal = len(there) - len(found.adopted)
    run.ctx.reviewer.judge(plan_of([*changes, *found.adopted], plan.unchanged + equal), recorded, there)


def _carry_out(run: Run, plan: Plan, found: Discovery, policy: Policy, recorded: int) -> None:
    settlement = settle(run, plan.of(Operation.AWAIT, Operation.WITHDRAW), policy)
    absent, unsure = ((), found.absent) if settlement.waited else (found.absent, ())
    again = discover(run, [*settlement.lost, *unsure], policy)
    if more := [*again.adopted, *settlement.edited]:
        run.ctx.reviewer.judge_more(plan_of(more, plan.unchanged + len(plan.changes)), recorded)
    Deletion(run).delete(_recorded(plan, Operation.MAKE_ROOM))
    creates = [*absent, *again.absent, *see_gone(run, [*found.leaving, *again.leaving])]
    if run.cause is None and creates:
        Creation(run).create(creates)
    for batch in _batches(tuple(plan.of(Operation.REPLACE))):
        if run.cause is None:
            _replace(run, batch, policy)
    patches = [*found.adopted, *again.adopted, *settlement.edited, *plan.of(Operation.PATCH, Operation.RENAME)]
    if run.cause is None:
        _create_absent(run, [*update_all(run, patches), *found.taken, *again.taken], policy)
    if run.cause is None:
        Deletion(run).delete(_recorded(plan, Operation.DELETE))


def _create_absent(run: Run, rows: Sequence[DesiredContact], policy: Policy) -> None:
    """Creates contacts that turned out to be gone, once it is sure that they are not there under another id."""
    found = discover(run, rows, policy)
    run.problems += [problem_of(Kind.FAILED, row, _VANISHED) for row in update_all(run, found.adopted)]
    run.problems += [problem_of(Kind.FAILED, row, _NAME_TAKEN) for row in found.taken]
    if run.cause is None and found.absent:
        Creation(run).create(found.absent)


def _recorded(plan: Plan, operation: Operation) -> list[RecordedContact]:
    return [change.recorded for change in plan.of(operation) if change.recorded]


def _batches(changes: Sequence[Change]) -> list[Sequence[Change]]:
    return [changes[start : start + BATCH_SIZE] for start in range(0, len(changes), BATCH_SIZE)]


def _replace(run: Run, batch: Sequence[Change], policy: Policy) -> None:
    """Deletes a batch, sees it gone, and creates it again; in between its contacts are recorded as to be created."""
    old = [change.recorded for change in batch if change.recorded]
    gone = Deletion(run).delete(old, own_urn=run.ctx.urn)
    again = [entry for entry in old if entry.id in gone]
    run.note(msgspec.structs.replace(entry, id=ContactId(""), status=Status.CREATING) for entry in again)
    keys = {entry.key for entry in again}
    if keys and run.cause is None:
        _create_absent(run, [change.desired for change in batch if change.desired and change.key in keys], policy)
