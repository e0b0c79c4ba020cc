"""What somebody else does: he makes one contact with the name or the number of ours, or deletes ours."""

from collections.abc import Mapping
from typing import Final

import msgspec

from exploration.limits import may_be_mistaken
from exploration.scope import LATE, SLOW, TAKEN, Scope
from exploration.sinch import Sinch
from exploration.state import Past

_NOTHING: Final[Mapping[str, str]] = {}


def acts_of_others(scope: Scope, sinch: Sinch, past: Past) -> Mapping[str, str]:
    """Returns what somebody else may do just now, each with its words; he acts once in a life."""
    if past.taken or any(each.is_theirs for each in sinch.stored.values()):
        return _NOTHING
    is_there = any(each.gone_at is None for each in sinch.visible())
    return {act: _told(act) for act in scope.others if act != TAKEN or is_there}


def act_as_others(scope: Scope, sinch: Sinch, past: Past, act: str) -> Past:
    """Somebody else acts; returns what is known of the past then."""
    if act == TAKEN:
        taken = frozenset(each.id for each in sinch.visible())
        for contact_id in taken:
            sinch.delete(contact_id, 0)
        return msgspec.structs.replace(past, taken=taken)
    made = sinch.create(scope.namesake(act), SLOW if act == LATE else 0, is_theirs=True)
    return may_be_mistaken(past, made.id, act)


def _told(act: str) -> str:
    words = {TAKEN: "somebody else deletes the contact", LATE: "somebody else asks for a contact (equal)"}
    return words.get(act, f"somebody else makes a contact ({act})")
