"""The planner: from what is desired and what is recorded to the plan.

It is pure. What lives at Sinch enters through the record: a refresh writes down what drifted and what is gone, and
discovery, just before the plan is carried out, turns a creation into an adoption where the contact is already there.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, Key
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.digest import (
    Fingerprint,
    contact_digest,
    field_digests,
    identities_digest,
    parse_field_digests,
    recorded_forms,
)
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.plan.plan import Change, Operation, Plan, Reason, plan_of
from sinch_contacts.core.plan.policy import OnChange, OnDelete, Policy
from sinch_contacts.core.record.recorded import NOBODY_KNOWS, Origin, Record, RecordedContact, Status

_NO_CONTACTS: Final[Mapping[Key, Contact]] = {}


class AmbiguousRename(ContactsError):
    """Several recorded contacts share all identities, so nobody can say which of them a new key continues.

    Attributes:
        keys: The keys of those recorded contacts.
    """

    def __init__(self, keys: tuple[Key, ...]) -> None:
        super().__init__(
            f"{len(keys)} recorded contacts with the same identities lost their keys, and a new key claims them.",
            "Remove the old keys in one `pulumi up`, and add the new one in the next.",
        )
        self.keys = keys


def make_plan(
    desired: Sequence[DesiredContact],
    record: Record,
    policy: Policy,
    previous: Mapping[Key, Contact] = _NO_CONTACTS,
) -> Plan:
    """Plans what leads from the record to what is desired.

    Args:
        desired: The declared contacts, each key once.
        record: What is recorded of the set.
        policy: The rules of the set.
        previous: What was desired when the record was made, where it is known; it shows which identities move.

    Returns:
        The plan; without changes where the two are the same.

    Raises:
        AmbiguousRename: A new key could continue more than one recorded contact.
    """
    wanted = {contact.key: contact for contact in desired}
    renames = _renames(wanted, record)
    changes: list[Change] = []
    unchanged = 0
    for key, contact in wanted.items():
        recorded = record.get(key)
        change = renames.get(key) or (_declared(contact, recorded, policy) if recorded else _create(contact))
        if change:
            changes.append(change)
        else:
            unchanged += 1
    continued = {change.recorded.key for change in renames.values() if change.recorded}
    changes += [leave(record[key], policy) for key in record if key not in wanted and key not in continued]
    return plan_of(_make_room(changes, previous), unchanged)


def _create(contact: DesiredContact) -> Change:
    return Change(Operation.CREATE, contact.key, Reason.GIT, contact)


def is_carried_out(change: Change, recorded: RecordedContact | None) -> bool:
    """Says whether a change has come to its end, by what is now recorded under its key."""
    if recorded and change.desired:
        return _reason(change.desired, recorded) is None
    return (recorded or change.desired) is None


def _declared(contact: DesiredContact, recorded: RecordedContact, policy: Policy) -> Change | None:
    reason = _reason(contact, recorded)
    match recorded.status:
        case _ if reason is None:
            return None
        case Status.CREATING | Status.DELETING:
            return Change(Operation.AWAIT, contact.key, reason, contact, recorded)
        case Status.GONE:
            return Change(Operation.CREATE, contact.key, reason, contact, recorded)
    may_replace = policy.on_change is OnChange.REPLACE and recorded.origin is Origin.CREATED
    operation = Operation.REPLACE if may_replace else Operation.PATCH
    fields = differing_fields(contact.contact, recorded.fingerprint)
    return Change(operation, contact.key, reason, contact, recorded, fields)


def _reason(contact: DesiredContact, recorded: RecordedContact) -> Reason | None:
    """Returns where the difference of a declared contact comes from; `None` where there is none."""
    digest = contact_digest(contact.contact)
    match recorded.status:
        case Status.CREATING | Status.DELETING:
            return Reason.PENDING
        case Status.LIVE:
            return None if recorded.was(digest) else Reason.GIT
        case Status.DRIFTED if recorded.is_as(digest):
            return None
    return Reason.DRIFT if recorded.was(digest) else Reason.BOTH


def patch_of(row: DesiredContact, found: RecordedContact) -> Change | None:
    """Returns the patch of a contact that was found, and is not as declared; `None` where it is."""
    if found.status is not Status.DRIFTED:
        return None
    fields = differing_fields(row.contact, found.fingerprint)
    return Change(Operation.PATCH, row.key, Reason.GIT, row, found, fields)


def differing_fields(contact: Contact, recorded: Fingerprint) -> tuple[str, ...]:
    """Names the fields of a contact that differ from what is recorded, cleared ones among them.

    The short digests of fields can agree by chance. Where they all do although the contacts differ, every owned field
    is named: setting a field to what it is does no harm.
    """
    new = parse_field_digests(field_digests(contact))
    old = parse_field_digests(recorded.fields)
    every = ("channel_identities", *(old | new))
    if recorded.digest == NOBODY_KNOWS:
        return every
    fields = [name for name in old | new if old.get(name) != new.get(name)]
    if recorded.identities not in recorded_forms(identities_digest(contact.channel_identities)):
        fields.insert(0, "channel_identities")
    return tuple(fields) or every


def leave(recorded: RecordedContact, policy: Policy) -> Change:
    """Plans what becomes of a recorded contact that is not declared any more."""
    if recorded.status is Status.CREATING:
        operation = Operation.FORGET if policy.on_delete is OnDelete.RETAIN else Operation.WITHDRAW
        return Change(operation, recorded.key, Reason.GIT, None, recorded)
    # What was seen gone is deleted all the same: a view that lagged may have said so.
    ours = recorded.origin is Origin.CREATED or policy.delete_adopted
    operation = Operation.DELETE if ours and policy.on_delete is OnDelete.DELETE else Operation.FORGET
    reason = Reason.BOTH if recorded.status is Status.GONE else Reason.GIT
    return Change(operation, recorded.key, reason, None, recorded)


def _renames(wanted: Mapping[Key, DesiredContact], record: Record) -> dict[Key, Change]:
    """Pairs new keys with settled contacts whose keys left the set, where all identities are the same."""
    lost: defaultdict[str, list[RecordedContact]] = defaultdict(list)
    for key, recorded in record.items():
        if key not in wanted and recorded.is_live:
            lost[recorded_forms(recorded.identities)[1]].append(recorded)
    renames: dict[Key, Change] = {}
    if not lost:
        return renames
    for key, contact in sorted(wanted.items()):
        if key in record:
            continue
        forms = recorded_forms(identities_digest(contact.contact.channel_identities))
        namesakes = lost.get(forms[1], [])
        candidates = [entry for entry in namesakes if entry.identities in forms]
        if len(candidates) > 1:
            raise AmbiguousRename(tuple(candidate.key for candidate in candidates))
        if candidates:
            recorded = candidates.pop()
            namesakes.remove(recorded)
            reason = Reason.BOTH if recorded.status is Status.DRIFTED else Reason.GIT
            fields = differing_fields(contact.contact, recorded.fingerprint)
            renames[key] = Change(Operation.RENAME, key, reason, contact, recorded, fields)
    return renames


def _make_room(changes: list[Change], previous: Mapping[Key, Contact]) -> Iterator[Change]:
    """Puts a deletion first where an identity of the deleted contact is wanted elsewhere."""
    if not previous:
        yield from changes
        return
    wanted: Counter[ChannelIdentity] = Counter()
    for change in changes:
        if change.desired:
            wanted.update(change.desired.contact.channel_identities)
    for change in changes:
        old = previous.get(change.key)
        moves = change.operation is Operation.DELETE and old and any(wanted[item] for item in old.channel_identities)
        yield msgspec.structs.replace(change, operation=Operation.MAKE_ROOM) if moves else change
