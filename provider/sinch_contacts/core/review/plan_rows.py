"""The rows of a plan document: each change as a reviewer reads it."""

from collections.abc import Iterator, Mapping
from typing import Final

from sinch_contacts.core.contact.contact import FIELDS, Contact, Key, named_fields
from sinch_contacts.core.contact.showing import shown_field, shown_identity, shown_key
from sinch_contacts.core.plan.plan import Change, Operation, Plan
from sinch_contacts.core.record.recorded import Origin
from sinch_contacts.core.review.plan_document import FieldChange, Move, PlanRow

_COSTS: Final = {
    Operation.CREATE: "shares a batch call",
    Operation.DELETE: "shares a batch call",
    Operation.MAKE_ROOM: "shares a batch call",
    Operation.WITHDRAW: "shares a batch call",
    Operation.REPLACE: "shares two batch calls",
    Operation.PATCH: "one call",
    Operation.RENAME: "one call",
    Operation.AWAIT: "calls that look",
    Operation.FORGET: "no call",
}
_ORIGINS: Final = {Origin.CREATED: "created", Origin.ADOPTED: "adopted"}


def plan_rows(plan: Plan, before: Mapping[Key, Contact], *, reveal: bool) -> tuple[PlanRow, ...]:
    """Returns a row for each change, in the order in which they are made.

    Args:
        plan: The plan.
        before: What contacts were, by recorded key, as far as that is known.
        reveal: Show personal data.
    """
    rows = _Rows(before, reveal=reveal)
    return tuple(rows.row(change) for change in plan.changes)


class _Rows:
    def __init__(self, before: Mapping[Key, Contact], *, reveal: bool) -> None:
        self._before = before
        self._reveal = reveal
        self._holders = {identity: key for key, contact in before.items() for identity in contact.channel_identities}

    def row(self, change: Change) -> PlanRow:
        """Returns the row of a change."""
        desired, recorded = change.desired, change.recorded
        renamed = change.operation is Operation.RENAME and recorded is not None
        old = self._before.get(recorded.key if recorded else change.key)
        return PlanRow(
            operation=str(change.operation),
            key=self._key(change.key),
            reason=str(change.reason),
            cost=_COSTS[change.operation],
            renamed_from=self._key(recorded.key) if renamed and recorded else "",
            id=recorded.id if recorded else "",
            origin=_ORIGINS[recorded.origin] if recorded else "",
            file=desired.file if desired else "",
            line=desired.line if desired else 0,
            fields=tuple(self._fields(change, old)),
            moves=tuple(self._moves(change, old)),
        )

    def _fields(self, change: Change, old: Contact | None) -> Iterator[FieldChange]:
        new = change.desired.contact if change.desired else None
        for name in change.fields or _all_fields(old, new):
            before = self._shown(old, name)
            after = self._shown(new, name)
            if before is not None or after is not None or change.fields:
                yield FieldChange(name, before, after)

    def _moves(self, change: Change, old: Contact | None) -> Iterator[Move]:
        if change.desired is None or not self._holders:
            return
        had = old.channel_identities if old else ()
        own = change.recorded.key if change.recorded else change.key
        for identity in change.desired.contact.channel_identities:
            holder = self._holders.get(identity)
            if holder is not None and holder != own and identity not in had:
                yield Move(shown_identity(identity, reveal=self._reveal), self._key(holder))

    def _shown(self, contact: Contact | None, name: str) -> str | None:
        return shown_field(contact, name, reveal=self._reveal) if contact else None

    def _key(self, key: Key) -> str:
        return shown_key(key, reveal=self._reveal)


def _all_fields(old: Contact | None, new: Contact | None) -> tuple[str, ...]:
    """Names the fields of a contact that comes or goes."""
    named = {*(named_fields(old) if old else ()), *(named_fields(new) if new else ())}
    return tuple(name for name in FIELDS if name in named)
