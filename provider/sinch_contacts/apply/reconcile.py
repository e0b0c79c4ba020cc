"""Making a set as desired: one procedure, from top to bottom.

Reading comes first, then creating and changing, deleting last. A failure thus leaves too much rather than too little.
Two things are deleted early: a contact that is to be replaced, and one whose identity moves to another contact.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from typing import Final

from sinch_contacts.apply.calls.delete import await_gone, delete, delete_to_replace
from sinch_contacts.apply.calls.update import update_all
from sinch_contacts.apply.conflicts import PrefixUnsettled
from sinch_contacts.apply.context import Addition, Context, Proposal
from sinch_contacts.apply.outcome import Incomplete, Outcome
from sinch_contacts.apply.resolving.creation import create
from sinch_contacts.apply.resolving.discovery import Discoverer, Discovery, as_plan
from sinch_contacts.apply.resolving.recovery import recover
from sinch_contacts.apply.resolving.settlement import settle
from sinch_contacts.apply.run import Run
from sinch_contacts.core.contact.contact import Contact, ContactId, Key
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.limits import BATCH_SIZE
from sinch_contacts.core.plan.plan import Change, Operation, Plan, plan_of
from sinch_contacts.core.plan.planner import is_carried_out, make_plan
from sinch_contacts.core.plan.policy import Policy
from sinch_contacts.core.record.problem import Kind, Problem, problem_of
from sinch_contacts.core.record.recorded import Record, RecordedContact, with_long_digests
from sinch_contacts.core.record.rules import State, state_of

_LEAVING: Final = "another set of this run deletes its namesake, which is still there"
_NAME_TAKEN: Final = "another contact of this set still has its name"
_VANISHED: Final = "somebody else deleted it at the same time"
_NO_CONTACTS: Final[Mapping[Key, Contact]] = {}


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
    with closing(Run(ctx, with_long_digests(record, previous), last_run)) as run:
        recover(run, desired, last_run)
        declared = {row.key for row in desired}
        ctx.claims.claim_staying(ctx.target, ctx.urn, run.states, declared, run.waits.now)
        plan = make_plan(desired, run.states, policy, previous)
        run.journal.plan = plan.digest(ctx.target)
        discoverer = Discoverer(run, policy.on_conflict, declared)
        discoverer.refuse_taken_names(plan.of(Operation.RENAME))
        recorded = len(run.states)
        found = discoverer.look(_rows(plan.of(Operation.CREATE)))
        before = {row.key: live.contact for row, (live, *_) in found.there}
        ctx.reviewer.judge(Proposal(as_plan(plan, found), recorded, before))
        ended_by = None
        try:
            _Work(run, discoverer, plan, policy, previous).carry_out(found, recorded)
        except ContactsError as error:
            ended_by = error
            _tell_left(run, plan)
        _forget(run, plan)
        return _outcome(run, policy, len(desired), last_run, ended_by)


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
        recover(run, (), last_run)
        plan = make_plan((), run.states, policy)
        run.journal.plan = plan.digest(ctx.target)
        ctx.reviewer.judge(Proposal(plan, len(run.states)))
        ended_by = None
        try:
            settle(run, plan.of(Operation.WITHDRAW), policy)
            delete(run, _entries(plan.of(Operation.DELETE)))
        except ContactsError as error:
            ended_by = error
            _tell_left(run, plan)
        _forget(run, plan)
        return _outcome(run, policy, len(record), last_run, ended_by)


class _Work:
    """A plan that is carried out, step by step."""

    def __init__(
        self, run: Run, discoverer: Discoverer, plan: Plan, policy: Policy, previous: Mapping[Key, Contact]
    ) -> None:
        self._run = run
        self._discoverer = discoverer
        self._plan = plan
        self._policy = policy
        self._previous = previous

    def carry_out(self, found: Discovery, recorded: int) -> None:
        """Carries the plan out.

        Args:
            found: What became of the planned creations once Sinch was looked at.
            recorded: How many contacts were recorded before.
        """
        run, plan = self._run, self._plan
        self._discoverer.take(found)
        settled = settle(run, plan.of(Operation.AWAIT, Operation.WITHDRAW), self._policy)
        # A wait is long enough for somebody to make what was not there before.
        absent, unsure = ((), found.absent) if settled.waited else (found.absent, ())
        again = self._discoverer.discover([*settled.lost, *unsure])
        if more := [*again.adopted, *settled.edited]:
            run.ctx.reviewer.judge(Addition(plan_of(more, plan.unchanged + len(plan.changes)), recorded))
        delete(run, _entries(plan.of(Operation.MAKE_ROOM)))
        create(run, [*absent, *again.absent, *self._see_gone([*found.leaving, *again.leaving])])
        for batch in _batches(tuple(plan.of(Operation.REPLACE))):
            gone = delete_to_replace(run, _entries(batch))
            self._create_absent(row for row in _rows(batch) if row.key in gone)
        patches = [*found.adopted, *again.adopted, *settled.edited, *plan.of(Operation.PATCH, Operation.RENAME)]
        missed = update_all(run, patches, self._previous)
        self._create_absent([*missed, *found.taken, *again.taken])
        delete(run, _entries(plan.of(Operation.DELETE)))

    def _create_absent(self, rows: Iterable[DesiredContact]) -> None:
        """Creates contacts that turned out to be gone, once it is sure that they are not there under another id."""
        found = self._discoverer.discover(rows)
        for row in update_all(self._run, found.adopted, self._previous):
            self._run.tell(Kind.FAILED, row, _VANISHED)
        for row in found.taken:
            self._run.tell(Kind.FAILED, row, _NAME_TAKEN)
        create(self._run, found.absent)

    def _see_gone(self, leaving: Sequence[tuple[DesiredContact, ContactId]]) -> list[DesiredContact]:
        """Waits until contacts that another set of this run deletes are gone; tells those that are still there."""
        run, ids = self._run, [contact_id for _, contact_id in leaving]
        left = await_gone(run, ids, "waiting for {:,} contacts that another set deletes", run.waits.confirm_end())
        for row, contact_id in leaving:
            if contact_id in left:
                run.tell(Kind.PENDING, row, _LEAVING)
        return [row for row, contact_id in leaving if contact_id not in left]


def _refuse_unsettled_prefix(ctx: Context, record: Record) -> None:
    """Sees to it that no contact is under way under a prefix that would be forgotten."""
    if ctx.prefix != ctx.recorded_prefix:
        creating = sum(not entry.id and entry.since > 0 for entry in record.values())
        if creating:
            raise PrefixUnsettled(creating, ctx.recorded_prefix)


def _tell_left(run: Run, plan: Plan) -> None:
    """Tells what the end of the work left undone of a plan: not attempted, or asked for and not seen through."""
    told = {problem.key for problem in run.problems}
    for change in plan.changes:
        entry = run.states.get(change.key)
        if change.key in told or change.operation is Operation.FORGET or is_carried_out(change, entry):
            continue
        match state_of(entry):
            case State.CREATING:
                kind = run.states.unseen(change.key)
            case State.DELETING:
                kind = run.states.undeleted(change.key)
            case _:
                kind = Kind.NOT_ATTEMPTED
        row = change.desired
        run.problems.append(problem_of(kind, row) if row else Problem(kind, change.key))


def _forget(run: Run, plan: Plan) -> None:
    for change in plan.of(Operation.FORGET):
        run.states.forgotten(change.key)


def _outcome(run: Run, policy: Policy, contacts: int, last_run: str, ended_by: ContactsError | None) -> Outcome:
    run.end()
    rejected = tuple(problem for problem in run.problems if problem.kind is Kind.REJECTED)
    tolerated = policy.tolerates(len(rejected), contacts)
    fails = ended_by or len(rejected) < len(run.problems) or not tolerated
    return Outcome(
        record=run.states.record,
        run=run.journal_watermark(last_run, ended_by),
        done=run.done,
        incomplete=Incomplete(run.problems, run.done, ended_by) if fails else None,
        rejected=() if fails else rejected,
    )


def _entries(changes: Iterable[Change]) -> list[RecordedContact]:
    return [change.recorded for change in changes if change.recorded]


def _rows(changes: Iterable[Change]) -> list[DesiredContact]:
    return [change.desired for change in changes if change.desired]


def _batches(changes: Sequence[Change]) -> list[Sequence[Change]]:
    return [changes[start : start + BATCH_SIZE] for start in range(0, len(changes), BATCH_SIZE)]
