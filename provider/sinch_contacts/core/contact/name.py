"""The name of a contact: what it is looked for by. A name is its external id, or its first identity where it has none.

An external id stands behind a `=`, so that it cannot be taken for an identity such as `SMS:12025550001`. A name proves
nothing by itself: somebody else's contact may have the same.
"""

from collections.abc import Iterable
from typing import Final, NewType

from sinch_contacts.core.contact.channels import APP_SCOPED_CHANNELS
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, Key, LiveContact
from sinch_contacts.core.contact.normalize import identity_key, normalize_identity

Name = NewType("Name", str)
"""What a contact is looked for by."""

_EXTERNAL: Final = "="


def name_of(contact: Contact) -> Name:
    """Returns the name of a declared contact."""
    if contact.external_id:
        return Name(f"{_EXTERNAL}{contact.external_id}")
    return Name(identity_key(contact.channel_identities[0]))


def names_of(live: LiveContact) -> Iterable[Name]:
    """Goes through the names under which a live contact may be wanted."""
    if live.contact.external_id:
        yield Name(f"{_EXTERNAL}{live.contact.external_id}")
    for identity in live.contact.channel_identities:
        yield Name(identity_key(normalize_identity(identity)))


def asked_names(live: LiveContact) -> tuple[Name, ...]:
    """Returns the names under which a live contact may have been asked for: its external id alone, if it has one."""
    names = tuple(names_of(live))
    return names[:1] if live.contact.external_id else names


def name_of_key(key: Key, prefix: str, *, external: bool) -> Name:
    """Returns the name of what has a key.

    Args:
        key: A key, without the prefix.
        prefix: The prefix of the set's external ids.
        external: Whether the contact has an external id.
    """
    return Name(f"{_EXTERNAL}{prefix}{key}" if external else key)


def key_of(name: Name, prefix: str) -> Key:
    """Returns the key of what has a name; see `name_of_key`."""
    return Key(name.removeprefix(_EXTERNAL).removeprefix(prefix) if name.startswith(_EXTERNAL) else name)


def external_id_of(name: Name) -> str:
    """Returns the external id that a name is; empty where it is an identity."""
    return name.removeprefix(_EXTERNAL) if name.startswith(_EXTERNAL) else ""


def identity_of(name: Name) -> ChannelIdentity:
    """Returns the normalised identity that a name is; see `identity_key`."""
    channel, _, rest = name.partition(":")
    app, _, identity = rest.partition(":") if channel in APP_SCOPED_CHANNELS else ("", "", rest)
    return ChannelIdentity(channel, identity, app)
