"""The explanation of one contact, where a command asks for it: by the planner that makes all plans."""

import msgspec

from sinch_contacts.apply.reading.reader import Reader
from sinch_contacts.core.contact.contact import Contact, Key, LiveContact
from sinch_contacts.core.contact.desired import DesiredContact, DesiredSet
from sinch_contacts.core.contact.name import name_of
from sinch_contacts.core.contact.normalize import normalize_key
from sinch_contacts.core.plan.plan import Change, Plan
from sinch_contacts.core.plan.reading import Pace
from sinch_contacts.core.record.recorded import Record, RecordedContact
from sinch_contacts.core.review.explanation import (
    UNKNOWN_RULE,
    Explanation,
    rule_of,
    shown_declared,
    shown_live,
    shown_recorded,
)
from sinch_contacts.shell.paths import parse_urn
from sinch_contacts.shell.plan_folder import EXPLANATION, write_document
from sinch_contacts.shell.set_call import SetCall


class PlanBasis(msgspec.Struct, frozen=True):
    """What a plan was made of.

    Attributes:
        wanted: The declared contacts.
        record: The recorded ones.
        plan: The plan.
        before: What was declared when the record was made.
    """

    wanted: DesiredSet
    record: Record
    plan: Plan
    before: dict[Key, Contact]


def explain(set_call: SetCall, basis: PlanBasis) -> None:
    """Writes what is known of the contact that `SINCH_EXPLAIN` names into the plan folder; looks it up at Sinch.

    Args:
        set_call: The call; nothing is done unless its settings name a contact and a folder.
        basis: What the set's plan was made of.
    """
    settings, inputs = set_call.settings, set_call.inputs
    asked = settings.text("explain")
    if not (asked and settings.text("planDir")):
        return
    key = normalize_key(asked)
    reveal = inputs.reveal or bool(settings.text("explainReveal"))
    desired = next((row for row in basis.wanted.contacts if row.key == key), None)
    recorded = basis.record.get(key)
    change = next((found for found in basis.plan.changes if key in _keys(found)), None)
    live = _live(set_call, desired, recorded)
    unknown = key in basis.wanted.unknown
    explanation = Explanation(
        set=parse_urn(set_call.urn).label,
        key=asked,
        declared=shown_declared(desired, reveal=reveal) if desired else None,
        recorded=shown_recorded(recorded) if recorded else None,
        live=tuple(shown_live(found, reveal=reveal) for found in live),
        operation=str(change.operation) if change else "",
        fields=change.fields if change else (),
        protected=inputs.guards.protects(key, recorded),
        rule=UNKNOWN_RULE if unknown else rule_of(key, desired, recorded, change, inputs.policy),
        unknown=unknown,
    )
    write_document(settings, set_call.urn, EXPLANATION, explanation)


def _keys(change: Change) -> tuple[Key, ...]:
    return (change.key, change.recorded.key) if change.recorded else (change.key,)


def _live(
    set_call: SetCall, desired: DesiredContact | None, recorded: RecordedContact | None
) -> tuple[LiveContact, ...]:
    reader = Reader(set_call.api(), Pace(), set_call.phase.clock.now)
    if recorded and recorded.id:
        return tuple(reader.find_ids([recorded.id]).values())
    return reader.look_up((name_of(desired.contact),)) if desired else ()
