"""Everything that is known of one contact, and the rule that decides what becomes of it."""

from collections.abc import Mapping
from typing import Final

import msgspec

from sinch_contacts.core.contact.contact import Contact, Key, LiveContact
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.showing import mask_key, shown_field
from sinch_contacts.core.plan.plan import Change, Operation
from sinch_contacts.core.plan.policy import OnDelete, Policy
from sinch_contacts.core.record.recorded import Origin, RecordedContact, Status
from sinch_contacts.core.record.rules import State, state_of

_ORIGINS: Final = {Origin.CREATED: "created by this set", Origin.ADOPTED: "adopted: it was there before"}
_STATES: Final = {
    State.CREATING: "asked for, and not seen yet",
    State.REPLACING: "seen gone, and to be created again",
    State.LIVE: "read back as it was declared",
    State.KEPT: "asked for, and kept differently by Sinch; it is not asked for again until one side changes",
    State.DRIFTED: "there, but not as it was asked for: somebody else changed it, or Sinch keeps it differently",
    State.DOUBTFUL: "there, but a change of it had no clear answer: nobody knows what it is",
    State.GONE: "not there when it was looked at: somebody else deleted it",
    State.DELETING: "its deletion was asked for, and it was not seen gone yet",
}


class Shown(msgspec.Struct, frozen=True):
    """The fields of a contact as one source tells them, masked unless they are revealed.

    Attributes:
        where: The file and line, or the id at Sinch.
        fields: Texts by field name.
    """

    where: str
    fields: dict[str, str]


class RecordShown(msgspec.Struct, frozen=True):
    """What the state says of a contact.

    Attributes:
        id: Its id at Sinch; empty while it is pending.
        origin: Where it comes from, in words.
        status: How sure that is, in words.
        owned: Names of the fields that are ours.
    """

    id: str
    origin: str
    status: str
    owned: tuple[str, ...]


class Explanation(msgspec.Struct, frozen=True):
    """One contact of one set.

    Attributes:
        set: The set's name.
        key: The contact's key, as it was asked for.
        declared: What the files say; `None` where they do not.
        recorded: What the state says; `None` where nothing is.
        live: What lives at Sinch under its id or name; more than one where there are copies.
        operation: What the plan would do; empty for nothing.
        fields: The fields that would change.
        protected: Whether it is never deleted.
        rule: The rule that decides, in words.
        unknown: Whether it depends on another resource, so that a preview does not know it.
    """

    set: str
    key: str
    declared: Shown | None
    recorded: RecordShown | None
    live: tuple[Shown, ...]
    operation: str
    fields: tuple[str, ...]
    protected: bool
    rule: str
    unknown: bool = False


def shown_declared(desired: DesiredContact, *, reveal: bool) -> Shown:
    """Shows a declared contact."""
    place = f"{desired.file}:{desired.line}" if desired.line else desired.file
    return Shown(place, _fields(desired.contact, reveal=reveal))


def shown_live(live: LiveContact, *, reveal: bool) -> Shown:
    """Shows a live contact."""
    return Shown(live.id, _fields(live.contact, reveal=reveal))


def shown_recorded(entry: RecordedContact) -> RecordShown:
    """Shows a recorded contact."""
    return RecordShown(entry.id, _ORIGINS[entry.origin], _STATES[state_of(entry)], entry.owned)


def rule_of(
    key: Key, desired: DesiredContact | None, recorded: RecordedContact | None, change: Change | None, policy: Policy
) -> str:
    """Says in words which rule decides what becomes of a contact.

    Args:
        key: Its key.
        desired: What is declared of it.
        recorded: What is recorded of it.
        change: What the plan would do.
        policy: The rules of the set.
    """
    if change is None:
        return _UNCHANGED if desired and recorded else _STRANGER
    old = change.recorded
    match change.operation:
        case Operation.RENAME if old and old.key == key:
            rule = f"It continues under another key, since its identities are the same: {mask_key(change.key)}."
        case Operation.CREATE if old:
            rule = "It is declared, and somebody else deleted it: it is created again."
        case Operation.PATCH if old and old.origin is Origin.ADOPTED:
            rule = "It differs from what is declared; adopted contacts are always patched, never replaced."
        case Operation.AWAIT if old and old.status is Status.DELETING:
            rule = "An earlier run asked for its deletion: it is waited for until it is gone, and created again."
        case Operation.DELETE if old and old.status is Status.GONE:
            rule = "It left the set, and was not there when it was looked at: it is deleted, since a view may lag."
        case Operation.FORGET:
            rule = _why_forgotten(policy)
        case other:
            rule = _RULES[other]
    return rule


UNKNOWN_RULE: Final = "It depends on another resource, and is planned once that is made."
_UNCHANGED: Final = "It is recorded as it is declared: nothing is done."
_STRANGER: Final = "It is neither declared nor recorded: this set has nothing to do with it."
_RULES: Final[Mapping[Operation, str]] = {
    Operation.MAKE_ROOM: "It left the set, and its identity is wanted by another contact: it is deleted first.",
    Operation.CREATE: "It is declared and not recorded: it is looked for at Sinch, and created where it is not there; "
    "where it is there and equal, it is adopted.",
    Operation.PATCH: "It differs from what is declared, and on_change is `patch`: the fields that differ are set.",
    Operation.RENAME: "It continues a recorded contact with the same identities: it keeps its id.",
    Operation.REPLACE: "It differs from what is declared, and on_change is `replace`: it is deleted and created again.",
    Operation.AWAIT: "An earlier run asked for it and has not seen it yet: it is waited for, and not sent again before "
    "the settling time is over.",
    Operation.WITHDRAW: "It left the set before it was seen: it is waited for, and deleted when it appears.",
    Operation.DELETE: "It left the set, and we created it (or delete_adopted is set): it is deleted.",
}


def _why_forgotten(policy: Policy) -> str:
    if policy.on_delete is OnDelete.RETAIN:
        return "It left the set, and on_delete is `retain`: it is forgotten, and stays at Sinch."
    return "It left the set, and was adopted, not created: it is forgotten, and stays at Sinch."


def _fields(contact: Contact, *, reveal: bool) -> dict[str, str]:
    shown = {name: shown_field(contact, name, reveal=reveal) for name in Contact.__struct_fields__}
    return {name: text for name, text in shown.items() if text is not None}
