"""Contacts as people see them: masked, unless a set reveals what it holds."""

from typing import Final

from sinch_contacts.core.contact import ChannelIdentity, Contact, Key
from sinch_contacts.core.masking import mask, mask_identity, mask_key

_SHOWN_AS_IT_IS: Final = frozenset({"language", "channel_priority"})


def shown_key(key: Key, *, reveal: bool) -> str:
    """Returns a key, masked where it looks personal."""
    return key if reveal else mask_key(key)


def shown_identity(identity: ChannelIdentity, *, reveal: bool) -> str:
    """Returns an identity, such as `SMS:···01`."""
    if not reveal:
        return mask_identity(identity)
    app = f"{identity.app_id}:" if identity.app_id else ""
    return f"{identity.channel}:{app}{identity.identity}"


def shown_field(contact: Contact, name: str, *, reveal: bool) -> str | None:
    """Returns a field of a contact as one text; `None` where it is not set."""
    value = getattr(contact, name)
    if not value:
        return None
    if name == "channel_identities":
        return " ".join(shown_identity(identity, reveal=reveal) for identity in value)
    if name in _SHOWN_AS_IT_IS:
        return value if isinstance(value, str) else " ".join(value)
    if name == "external_id":
        return shown_key(value, reveal=reveal)
    return str(value) if reveal else mask(value)
