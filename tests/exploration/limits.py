"""The limits that ADR 9 states plainly, each as precisely as it can be told, and no other exception."""

from collections.abc import Collection

import msgspec

from exploration.scope import ANOTHER_MACHINE, LATE, NOTHING, QUICK, RESTART, Scope
from exploration.sinch import Sinch, filled
from exploration.state import Past, State
from sinch_contacts.core.contact.contact import ContactId
from sinch_contacts.core.contact.ulid import made_at
from sinch_contacts.core.record.recorded import Origin, Record, Status

_replace = msgspec.structs.replace


def may_be_mistaken(past: Past, made: ContactId, kind: str) -> Past:
    """ADR 9: what somebody makes after a call of ours was lost, equal in every field, is taken for ours."""
    if kind in {"equal", LATE} and "plain" in past.asked:
        return _replace(past, mistakable=past.mistakable | {made})
    return past


def after_outcome(past: Past, record: Record, sinch: Sinch) -> Past:
    """Takes note of what a run took over, and of what it left behind where it took another contact for ours."""
    ids = {entry.id for entry in record.values()}
    theirs = {each.id for each in sinch.stored.values() if each.is_theirs}
    ours = {each.id for each in sinch.remaining()} - theirs - ids
    gone = {each.id for each in sinch.stored.values() if each.gone_at is not None}
    is_mistaken = not past.mistakable.isdisjoint(ids | gone)
    return _replace(
        past, adopted=past.adopted | (theirs & ids), left=past.left - ids | (ours if is_mistaken else frozenset())
    )


def after_record(past: Past, record: Record) -> Past:
    """Takes note of what the state has heard of."""
    ids = {entry.id for entry in record.values()}
    adopted = {entry.id for entry in record.values() if entry.origin is Origin.ADOPTED}
    pending = any(entry.status is Status.CREATING for entry in record.values())
    asked = past.asked if pending else frozenset()
    return _replace(
        past,
        adopted=past.adopted | ((past.unheard | past.lost) & adopted),
        lost=past.lost - ids,
        unheard=past.unheard - ids,
        asked=asked,
    )


def forget_journal(state: State) -> tuple[State, bool]:
    """The journals of which the state has not heard are lost; says as well whether a refresh is needed.

    ADR 9: without a journal, changes and deletions of a killed run are seen by `pulumi refresh` only, and a field
    that it was the first to set stays.
    """
    lines = state.lines()
    recorded = {entry.id: entry for entry in state.record.values() if entry.id}
    ours = {each.id for each in state.there() if not each.is_theirs and each.gone_at is None}
    changes = [line for line in lines if line["type"] == "changing"]
    blurred = {
        line["id"]
        for line in changes
        if "metadata" in line["fields"] and not (line["id"] in recorded and "metadata" in recorded[line["id"]].owned)
    }
    blurred |= {each.id for each in state.there() if each.id in ours - recorded.keys() and each.contact.metadata}
    past = _replace(
        state.past,
        lost=state.past.lost | (ours - recorded.keys()),
        unheard=state.past.unheard - ours,
        blurred=state.past.blurred | blurred,
        losses=state.past.losses + any(line["type"] == "creating" for line in lines),
    )
    path = (*state.path[:-1], f"{state.path[-1]}; its journal is lost")
    elsewhere = _replace(state, journals=(), past=past, path=path, time=state.time + ANOTHER_MACHINE - RESTART)
    return elsewhere, any(line["type"] in {"changing", "deleting"} for line in lines)


def takes_long(state: State, wanted: str, scope: Scope) -> bool:
    """ADR 9: without a journal, what is visible later than the next run has read everything back can leave a copy.

    What was asked for in one form, while the next run wants another, is left alone as any double is. So whoever edits
    files, and loses a journal, takes so long that what was accepted has appeared.
    """
    unseen = [each for each in state.there() if each.id in state.past.lost and each.visible_at > state.time]
    return any(wanted == NOTHING or each.contact != filled(scope.contact(wanted)) for each in unseen)


def excused_copies(scope: Scope, state: State) -> frozenset[ContactId]:
    """Returns contacts of ours that may stay after a clean run."""
    adopted = frozenset[ContactId]() if scope.delete_adopted else state.past.adopted
    return adopted | state.past.left | _nobodys(state) | _out_of_order(state) | _several(state)


def is_told(state: State, kinds: Collection[str]) -> bool:
    """ADR 9: what is there and not as we asked is told, and left alone until the next run, and so is any double.

    Somebody else made it; or, without a journal, a run has changed what is still recorded as being created, where a
    refresh does not look; or several runs have left copies that nobody can prove to be ours, being older than our call.
    """
    is_creating = any(entry.status is Status.CREATING for entry in state.record.values())
    has_other = state.past.left or _has_namesake(state) or (is_creating and state.past.lost) or _several(state)
    return {"FOREIGN", "DOUBLED"}.issuperset(kinds) and bool(has_other)


def is_left(state: State, refusal: str, kinds: Collection[str]) -> bool:
    """ADR 9: a double that is not proved to be a copy of ours is told, and stays until somebody merges it by hand.

    Args:
        state: The moment before.
        refusal: Why the last run refused to do something.
        kinds: Which problems it told.
    """
    unrecorded = {each.id for each in state.there() if not each.is_theirs} - {
        entry.id for entry in state.record.values()
    }
    several = state.past.losses > 1 and len(state.past.lost & unrecorded) > 1
    is_late = any(each.is_theirs and each.visible_at > made_at(each.id) + QUICK for each in state.stored)
    if kinds == {"DOUBLED"} and (several or (is_late and unrecorded)):
        return True
    copies = several or unrecorded & (_out_of_order(state) | state.past.left)
    return "more than once" in refusal and bool(copies or (unrecorded and _has_namesake(state)))


def _has_namesake(state: State) -> bool:
    return any(each.is_theirs and each.contact.external_id != "theirs" for each in state.there())


def _nobodys(state: State) -> frozenset[ContactId]:
    """ADR 9: without a journal, or without a state, what left the files before the next run belongs to nobody."""
    return state.past.lost | state.past.unheard if not state.wanted else frozenset()


def _out_of_order(state: State) -> frozenset[ContactId]:
    """ADR 9: without a journal, work that becomes visible in another order than it was accepted can leave a copy.

    That is so where it becomes visible later than the next run has read everything back: it has made its own by then,
    or has found a namesake, which it took over.
    """
    others = [each for each in state.stored if each.contact.external_id != "theirs"]
    return frozenset(
        lost.id
        for lost in state.stored
        if lost.id in state.past.lost
        and any(
            other.visible_at < lost.visible_at and (other.is_theirs or made_at(other.id) > made_at(lost.id))
            for other in others
        )
    )


def _several(state: State) -> frozenset[ContactId]:
    """ADR 9: likewise where several runs were killed one after the other, and the journals of all of them are lost."""
    return state.past.lost if state.past.losses > 1 else frozenset()
