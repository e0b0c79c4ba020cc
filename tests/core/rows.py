"""Contacts, changes and plans by hand, for tests of what is made of them."""

from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, Key
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.plan.plan import Change, Operation, Plan, Reason, plan_of
from sinch_contacts.core.record.recorded import RecordedContact, record_contact


def sms(number: int) -> ChannelIdentity:
    return ChannelIdentity("SMS", f"1202{number:07d}")


def row(key: str, number: int = 1, **fields: object) -> DesiredContact:
    """Returns a declared contact; its number is that of its line, too."""
    values = {"channel_identities": (sms(number),), "language": "EN", "external_id": key, **fields}
    return DesiredContact(Key(key), Contact(**values), "a.yaml", number)  # type: ignore[arg-type]


def entry(key: str, number: int = 1, **columns: object) -> RecordedContact:
    """Returns what is recorded of a contact that is as `row` declares it."""
    values = {"contact_id": ContactId(f"ID-{key}"), **columns}
    return record_contact(Key(key), row(key, number).contact, **values)  # type: ignore[arg-type]


def change(operation: Operation, key: str, **parts: object) -> Change:
    return Change(operation, Key(key), Reason.GIT, **parts)  # type: ignore[arg-type]


def plan(unchanged: int = 0, **counts: int) -> Plan:
    """Returns a plan of so many changes of each kind, such as `make_room=2`."""
    kinds = {Operation[name.upper()]: count for name, count in counts.items()}
    return plan_of(
        [change(kind, f"{kind}-{number}") for kind, count in kinds.items() for number in range(count)], unchanged
    )
