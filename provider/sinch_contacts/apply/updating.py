"""Updating contacts one by one: the API has no batch for it."""

from collections.abc import Sequence
from typing import Final

import msgspec

from sinch_contacts.api.errors import Rejected, Uncertain
from sinch_contacts.apply.problems import Kind, problem_of
from sinch_contacts.apply.run import Run
from sinch_contacts.apply.undo import Kept
from sinch_contacts.core.contact.contact import LiveContact, named_fields
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.digest import contact_digest, own_fields
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.plan.plan import Change
from sinch_contacts.core.record.recorded import NOBODY_KNOWS, RecordedContact, Status

_ATTEMPTS: Final = 2
_MOST_DOUBTS: Final = 8
"""After so many patches without a clear answer nothing more is sent: something is wrong over there."""


def update_all(run: Run, changes: Sequence[Change]) -> list[DesiredContact]:
    """Patches contacts side by side and records each as Sinch answers that it now is.

    A patch without a clear answer is sent once more: setting fields to the same values twice does no harm.

    Args:
        run: The run.
        changes: Patches and renames; each has a declared contact, a recorded one and the fields that change.

    Returns:
        The contacts that were not there any more.
    """
    if not changes:
        return []
    _keep(run, changes)
    run.ctx.progress(f"updating {len(changes):,}")
    updating = _Updating(run)
    answers = run.reader.side_by_side(updating.patch, changes)
    gone = [updating.note(change, answer) for change, answer in zip(changes, answers, strict=True)]
    return [row for row in gone if row]


class _Updating:
    """The patches of one run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._doubts: list[Uncertain] = []

    def patch(self, change: Change) -> LiveContact | ContactsError | None:
        """Patches a contact; returns how it then is, `None` where there is none, or why it could not be done."""
        run = self._run
        doubt: Uncertain | None = None
        desired, recorded = _pair(change)
        for _ in range(_ATTEMPTS):
            if run.cause:
                return doubt or run.cause
            try:
                return run.api.update(recorded.id, desired.contact, change.fields)
            except Uncertain as error:
                doubt = error
            except Rejected as error:
                return doubt or error
            except ContactsError as error:
                run.cause = error
        if doubt:
            self._doubts.append(doubt)
            if len(self._doubts) >= _MOST_DOUBTS:
                run.cause = doubt
        return doubt or run.cause

    def note(self, change: Change, answer: LiveContact | ContactsError | None) -> DesiredContact | None:
        """Records what became of a patch; returns the declared contact where it was not there any more."""
        run = self._run
        desired, recorded = _pair(change)
        match answer:
            case None:
                run.drop([recorded.key])
                return desired
            case LiveContact():
                run.drop([recorded.key])
                run.done += 1
                if not run.confirm(desired.key, desired.contact, answer, recorded.origin):
                    run.problems.append(problem_of(Kind.DIFFERENT, desired, f"asked for {', '.join(change.fields)}"))
            case Rejected():
                run.problems.append(problem_of(Kind.REJECTED, desired, answer.detail or answer.message))
            case Uncertain():
                run.note([_doubtful(recorded, change.fields)])
                run.problems.append(problem_of(Kind.FAILED, desired, answer.detail or answer.message))
            case _:
                run.problems.append(problem_of(Kind.NOT_ATTEMPTED, desired))
        return None


def _keep(run: Run, changes: Sequence[Change]) -> None:
    """Keeps the fields that are about to change, for undo; those that nobody knows are read."""
    if not run.ctx.undo.is_on:
        return
    unknown = []
    kept = []
    for change in changes:
        _, recorded = _pair(change)
        contact = run.previous.get(recorded.key)
        known = contact is not None and contact_digest(contact) == recorded.digest
        # Identities that somebody else has added would be overwritten with the others, so they are read.
        if contact and known and {*change.fields} <= {*named_fields(contact)} - {"channel_identities"}:
            kept.append(Kept(recorded.key, recorded.id, contact, change.fields))
        else:
            unknown.append(change)
    live = run.reader.find_ids([_pair(change)[1].id for change in unknown])
    for change in unknown:
        _, recorded = _pair(change)
        if recorded.id in live:
            kept.append(Kept(recorded.key, recorded.id, live[recorded.id].contact, change.fields))
    run.ctx.undo.keep(kept)


def _doubtful(recorded: RecordedContact, fields: Sequence[str]) -> RecordedContact:
    return msgspec.structs.replace(
        recorded,
        status=Status.DRIFTED,
        digest=NOBODY_KNOWS,
        applied=recorded.digest,
        fields=own_fields(recorded.fields, fields),
    )


def _pair(change: Change) -> tuple[DesiredContact, RecordedContact]:
    if change.desired is None or change.recorded is None:
        message = "an update needs a declared and a recorded contact"
        raise ValueError(message)
    return change.desired, change.recorded
