"""Calls that change contacts, one by one: the API has no batch for it."""

from collections.abc import Mapping, Sequence
from typing import Final

from sinch_contacts.api.errors import Rejected, Uncertain
from sinch_contacts.apply.calls.singles import Failure, NotAttempted, call_each
from sinch_contacts.apply.run import Run
from sinch_contacts.apply.undo import Kept
from sinch_contacts.core.contact.contact import Contact, Key, LiveContact, named_fields
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.digest import contact_digest
from sinch_contacts.core.plan.plan import Change
from sinch_contacts.core.record.problem import Kind
from sinch_contacts.core.record.recorded import RecordedContact

_FURTHER_PASSES: Final = 3
_EXCHANGED = (
    "; where contacts exchange identities of which Sinch lets each be there once, give one of them another identity "
    "first, in a run of its own"
)


def update_all(run: Run, changes: Sequence[Change], previous: Mapping[Key, Contact]) -> list[DesiredContact]:
    """Patches contacts side by side and records each as Sinch answers that it now is.

    A patch without a clear answer is sent once more, after all others: setting the same values twice does no harm. So
    are refused patches of identities for as long as others go through, which may have given up what these take.

    Args:
        run: The run.
        changes: Patches and renames; each has a declared contact, a recorded one and the fields that change.
        previous: What was declared when the record was made, where it is known.

    Returns:
        The contacts that were not there any more.

    Raises:
        ContactsError: Something ended the work; what was not attempted is told.
    """
    if not changes:
        return []
    _keep(run, changes, previous)
    run.ctx.progress(f"updating {len(changes):,}")
    patches = _Patches(run)
    try:
        patches.send(changes)
    finally:
        patches.tell()
    return patches.missed


class _Patches:
    """Patches of one run.

    Attributes:
        missed: Declared contacts that were not there any more.
    """

    def __init__(self, run: Run) -> None:
        self.missed: list[DesiredContact] = []
        self._run = run
        self._unclear: dict[Key, tuple[Change, Uncertain]] = {}
        self._refused: dict[Key, tuple[Change, Rejected]] = {}
        self._moved = 0

    def send(self, changes: Sequence[Change]) -> None:
        """Patches contacts, those without a clear answer once more, and those that others may have made room for."""
        self._pass(changes)
        self._pass([change for change, _ in self._unclear.values()])
        moved = 0
        for _ in range(_FURTHER_PASSES):
            if moved == self._moved:
                break
            moved = self._moved
            self._pass([change for change, _ in self._refused.values() if _moves(change)])

    def tell(self) -> None:
        """Tells the patches that had no clear answer, and those that were refused."""
        for change, doubt in self._unclear.values():
            self._run.tell(Kind.FAILED, _pair(change)[0], doubt.detail or doubt.message)
        several = sum(_moves(change) for change, _ in self._refused.values()) > 1
        for change, refusal in self._refused.values():
            way_out = _EXCHANGED if several and _moves(change) else ""
            self._run.tell(Kind.REJECTED, _pair(change)[0], (refusal.detail or refusal.message) + way_out)

    def _pass(self, changes: Sequence[Change]) -> None:
        call_each(self._run.reader, self._update, changes, self._take)

    def _take(self, change: Change, answer: LiveContact | Failure | None) -> None:
        """Records what became of a patch."""
        run = self._run
        desired, recorded = _pair(change)
        first, refusal = self._unclear.pop(change.key, None), self._refused.pop(change.key, None)
        match answer:
            case Uncertain():
                run.states.patch_unanswered(recorded.key, change.fields)
                self._unclear[change.key] = first or (change, answer)
            case Rejected() | NotAttempted() if first:
                self._unclear[change.key] = first
            case NotAttempted() if refusal:
                self._refused[change.key] = refusal
            case None:
                run.states.patch_missed(recorded.key)
                self.missed.append(desired)
            case LiveContact():
                run.done += 1
                self._moved += _moves(change)
                run.states.patched(recorded.key, desired.key, answer, desired.contact, change.fields)
                if run.states[desired.key].lives_otherwise:
                    run.tell(Kind.DIFFERENT, desired, f"asked for {', '.join(change.fields)}")
            case Rejected():
                self._refused[change.key] = (change, answer)
            case NotAttempted():
                run.tell(Kind.NOT_ATTEMPTED, desired)

    def _update(self, change: Change) -> LiveContact | None:
        desired, recorded = _pair(change)
        origin = self._run.recovered.orphans.get(recorded.id, "")
        return self._run.api.update(recorded.id, desired.contact, change.fields, origin)


def _keep(run: Run, changes: Sequence[Change], previous: Mapping[Key, Contact]) -> None:
    """Keeps the fields that are about to change, for undo; those that nobody knows are read."""
    if not run.ctx.undo.is_on:
        return
    unknown = []
    kept = []
    for change in changes:
        _, recorded = _pair(change)
        contact = previous.get(recorded.key)
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


def _moves(change: Change) -> bool:
    return "channel_identities" in change.fields


def _pair(change: Change) -> tuple[DesiredContact, RecordedContact]:
    if change.desired is None or change.recorded is None:
        message = "an update needs a declared and a recorded contact"
        raise ValueError(message)
    return change.desired, change.recorded
