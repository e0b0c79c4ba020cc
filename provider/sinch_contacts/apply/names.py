"""What a contact is looked for by: its external id, or its first identity where it has none."""

from collections.abc import Iterable

from sinch_contacts.core.contact.contact import Contact, Key, LiveContact
from sinch_contacts.core.contact.normalize import identity_key, normalize_identity
from sinch_contacts.core.record.recorded import RecordedContact


def name_of(contact: Contact) -> str:
    """Returns the name of a declared contact; an external id cannot be taken for an identity."""
    return f"={contact.external_id}" if contact.external_id else identity_key(contact.channel_identities[0])


def names_of(live: LiveContact) -> Iterable[str]:
    """Goes through the names under which a live contact may be wanted."""
    if live.contact.external_id:
        yield f"={live.contact.external_id}"
    for identity in live.contact.channel_identities:
        yield identity_key(normalize_identity(identity))


def asked_names(live: LiveContact) -> Iterable[str]:
    """Returns the names under which a live contact may have been asked for: its external id alone, if it has one."""
    names = tuple(names_of(live))
    return names[:1] if live.contact.external_id else names


def recorded_name(entry: RecordedContact, prefix: str) -> str:
    """Returns the name of a recorded contact.

    Args:
        entry: What is recorded; its key is without the prefix.
        prefix: The prefix of the set's external ids.
    """
    return f"={prefix}{entry.key}" if "external_id" in entry.owned else entry.key


def key_of(name: str, prefix: str) -> Key:
    """Returns the key of what has a name; see `recorded_name`."""
    return Key(name.removeprefix("=").removeprefix(prefix) if name.startswith("=") else name)
