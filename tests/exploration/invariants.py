"""What holds in every moment: of the record, of writes, and of where a clean run leads."""

import msgspec

from exploration.scope import NOTHING, Scope
from exploration.sinch import Sinch, Stored, filled
from exploration.state import Past, State
from sinch_contacts.core.contact.contact import Contact
from sinch_contacts.core.contact.digest import contact_digest
from sinch_contacts.core.contact.observed import observe
from sinch_contacts.core.record.recorded import Origin, Record, Status


def wrong_write(call: str, stored: Stored | None, wanted: str, past: Past) -> str:
    """Says what is wrong with a write to a contact; empty where nothing is.

    What somebody else made is taken over where it is declared, and deleted only once it was taken over and left.
    """
    if stored is None or not stored.is_theirs or stored.id in past.mistakable:
        return ""
    if call == "update" and wanted and stored.contact.external_id != "theirs":
        return ""
    if "delete" in call and not wanted and stored.id in past.adopted:
        return ""
    return f"a {call} of a contact of somebody else"


def wrong_record(scope: Scope, record: Record, sinch: Sinch, past: Past) -> str:
    """Says what is wrong with a record that a run has returned; empty where nothing is."""
    for entry in record.values():
        stored = sinch.stored.get(entry.id)
        if entry.status not in {Status.LIVE, Status.DRIFTED} or entry.id in past.taken:
            continue
        if not stored or not sinch.is_visible(entry.id):
            return "recorded as there, and it is not"
        if stored.gone_at is not None:
            return "recorded as there, and it is on its way out"
        if stored.is_theirs and entry.origin is Origin.CREATED and entry.id not in past.mistakable:
            return "somebody else's contact is recorded as created by us"
        forms = (scope.contact(form) for form in ("plain", "edited"))
        is_known = any(contact_digest(form) == entry.digest == _seen(stored, form) for form in forms)
        if entry.status is Status.LIVE and not is_known:
            return "recorded as what it is not"
    return ""


def wrong_end(scope: Scope, state: State, excused: frozenset[str]) -> str:
    """Says what is wrong after a clean run: there is to be one contact as declared, or none if it left."""
    remaining = {each.id: each for each in state.stored if each.gone_at is None}
    ours = {each.id for each in remaining.values() if not each.is_theirs} - excused
    if state.wanted == NOTHING:
        if state.record:
            return "it left, and is still recorded"
        return "it left, and is still there" if ours else ""
    if [*state.record] != [scope.key] or state.record[scope.key].status is not Status.LIVE:
        return "it is not recorded as there"
    mine = remaining.get(state.record[scope.key].id)
    if mine is None:
        return "it is recorded, and not there"
    lives = mine.contact
    if mine.id in state.past.blurred:
        lives = msgspec.structs.replace(lives, metadata=filled(scope.contact(state.wanted)).metadata)
    if lives != filled(scope.contact(state.wanted)):
        return "it is not as declared"
    return "it is there twice" if ours - {mine.id} else ""


def _seen(stored: Stored, form: Contact) -> str:
    return contact_digest(observe(stored.contact, form))
