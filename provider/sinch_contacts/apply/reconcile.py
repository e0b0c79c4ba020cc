"""Carrying out a plan: reading first, then creating and changing, deleting last.

A failure thus leaves too much rather than too little. Two things are deleted early: a contact that is to be replaced,
and one whose identity moves to another contact.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from sinch_contacts.api.errors import ApiError
from sinch_contacts.api.port import BATCH_SIZE
from sinch_contacts.apply.creation import Creation
from sinch_contacts.apply.deletion import Deletion, see_gone
from sinch_contacts.apply.discovery import Discovery, discover
from sinch_contacts.apply.pending import settle
from sinch_contacts.apply.problems import Incomplete
from sinch_contacts.apply.run import Run, Surroundings
from sinch_contacts.apply.updating import update_all
from sinch_contacts.core.contact import Contact, ContactId, Key
from sinch_contacts.core.desired import DesiredContact
from sinch_contacts.core.plan import Change, Operation, Plan
from sinch_contacts.core.planner import make_plan
from sinch_contacts.core.policy import Policy
from sinch_contacts.core.recorded import Record, RecordedContact, Status, record_of

_NO_CONTACTS: Final[Mapping[Key, Contact]] = {}


class Outcome(msgspec.Struct, frozen=True):
    """What a run left behind.

    Attributes:
        record: What is now confirmed of the set.
        done: How many changes were made at Sinch or settled there.
        incomplete: Why the set is not as desired yet; `None` where it is.
    """

    record: Record
    done: int
    incomplete: Incomplete | None


def reconcile(
    around: Surroundings,
    desired: Sequence[DesiredContact],
    record: Record,
    policy: Policy,
    previous: Mapping[Key, Contact] = _NO_CONTACTS,
) -> Outcome:
    """Makes a set as desired.

    Args:
        around: What the work needs.
        desired: The declared contacts.
        record: What is recorded of the set.
        policy: The rules of the set.
        previous: What was desired when the record was made, where it is known.

    Returns:
        The new record, and whether anything is left to do.

    Raises:
        ContactsError: Something stands in the way, and nothing was changed.
    """
    plan = make_plan(desired, record, policy, previous)
    run = Run(around, record)
    wanted = {row.key for row in desired}
    run.claim(entry.id for entry in record.values() if entry.id and entry.key in wanted)
    creates = [change.desired for change in plan.of(Operation.CREATE) if change.desired]
    found = discover(run, creates, policy, around.target)
    try:
        _carry_out(run, plan, found)
    except ApiError as error:
        run.cause = error
    run.drop(change.key for change in plan.of(Operation.FORGET))
    return outcome(run)


def empty(around: Surroundings, record: Record, policy: Policy) -> Outcome:
    """Takes all contacts of a set away: deletes what the policy lets us delete, and forgets the rest.

    It can be repeated: what is gone already counts as deleted.

    Args:
        around: What the work needs.
        record: What is recorded of the set.
        policy: The rules of the set.

    Returns:
        The record of what is still there; empty where all went well.
    """
    run = Run(around, record)
    plan = make_plan((), record, policy)
    try:
        settle(run, plan.of(Operation.AWAIT))
        run.drop(change.key for change in plan.of(Operation.FORGET))
        if run.cause is None:
            Deletion(run).delete(_recorded(plan, Operation.DELETE))
    except ApiError as error:
        run.cause = error
    return outcome(run)


def outcome(run: Run) -> Outcome:
    """Sums up a run."""
    failed = run.problems or run.cause
    incomplete = Incomplete(run.problems, run.done, run.cause) if failed else None
    return Outcome(record_of(run.record.values()), run.done, incomplete)


def _carry_out(run: Run, plan: Plan, found: Discovery) -> None:
    settlement = settle(run, plan.of(Operation.AWAIT))
    Deletion(run).delete(_recorded(plan, Operation.MAKE_ROOM))
    creates = [*found.absent, *settlement.lost, *see_gone(run, found.leaving)]
    if run.cause is None and creates:
        Creation(run).create(creates)
    for batch in _batches(tuple(plan.of(Operation.REPLACE))):
        if run.cause is None:
            _replace(run, batch)
    patches = [*found.adopted, *settlement.edited, *plan.of(Operation.PATCH, Operation.RENAME)]
    if run.cause is None:
        gone = update_all(run, patches)
        if gone and run.cause is None:
            Creation(run).create(gone)
    if run.cause is None:
        Deletion(run).delete(_recorded(plan, Operation.DELETE))


def _recorded(plan: Plan, operation: Operation) -> list[RecordedContact]:
    return [change.recorded for change in plan.of(operation) if change.recorded]


def _batches(changes: Sequence[Change]) -> list[Sequence[Change]]:
    return [changes[start : start + BATCH_SIZE] for start in range(0, len(changes), BATCH_SIZE)]


def _replace(run: Run, batch: Sequence[Change]) -> None:
    """Deletes a batch, sees it gone, and creates it again; in between its contacts are recorded as to be created."""
    old = [change.recorded for change in batch if change.recorded]
    gone = Deletion(run).delete(old, own_urn=run.around.urn)
    again = [entry for entry in old if entry.id in gone]
    run.note(msgspec.structs.replace(entry, id=ContactId(""), status=Status.PENDING) for entry in again)
    keys = {entry.key for entry in again}
    if keys and run.cause is None:
        Creation(run).create([change.desired for change in batch if change.desired and change.key in keys])
