"""The manifest: a set as people read it in a preview, one line per contact.

A line tells the key, the channels with masked identities, the language and a digest; it holds no personal data, and the
digest is keyed, so that nobody can find a phone number by trying all of them.

The text is a JSON object whose names are the lines, and whose values are empty. Pulumi shows a changed JSON text entry
by entry, without context, and shows no entry that is empty and the same: a preview of 100,000 contacts prints two lines
for each that changes, one for each that comes or goes, and nothing else (docs/adr/0017-manifest-of-entries.md).
"""

from typing import Final

import msgspec

from sinch_contacts.core.contact.contact import Contact, Key
from sinch_contacts.core.contact.desired import DesiredContact, DesiredSet
from sinch_contacts.core.contact.digest import contact_digest, keyed_digest
from sinch_contacts.core.contact.showing import mask_identity, mask_key, shown_identity, shown_text

_DIGEST: Final = 8
_TAG: Final = 4
_IDENTITIES: Final = 3
_LONGEST: Final = 140
"""Characters of a line, about as many as a masked one has at most: Pulumi makes all lines as wide as the widest."""

_encode: Final = msgspec.json.encode
UNKNOWN: Final = "(known after other resources are made)"
"""Stands for a contact that depends on something a preview does not know."""


def make_manifest(wanted: DesiredSet, key: bytes, *, reveal: bool = False) -> str:
    """Returns the manifest of a set.

    Args:
        wanted: The set.
        key: The secret that keys the digests; with the same secret, equal contacts give equal lines.
        reveal: Show identities, names and addresses as they are, for sets that hold no personal data.

    Returns:
        A JSON object, a line for each contact, sorted by the contacts' real keys.
    """
    lines = [
        (contact.key, _revealed(contact, key) if reveal else _masked(contact, key), "") for contact in wanted.contacts
    ]
    lines += [(unknown, unknown if reveal else _shown(unknown, key), UNKNOWN) for unknown in wanted.unknown]
    entries = ",\n".join(f"{_text(_visible(line))}:{_text(value)}" for _, line, value in sorted(lines))
    return f"{{\n{entries}\n}}" if entries else "{}"


def _text(value: str) -> str:
    return _encode(value).decode()


def _visible(line: str) -> str:
    """Returns a line that no screen obeys, and that Pulumi does not take for a name of its own and leaves out."""
    shown = shown_text(line)
    return f" {shown}" if shown.startswith("__") else shown


def _shown(contact_key: Key, key: bytes) -> str:
    masked = mask_key(contact_key)
    return masked if masked == contact_key else f"{masked}~{keyed_digest(key, contact_key, _TAG)}"


def _masked(desired: DesiredContact, key: bytes) -> str:
    identities = desired.contact.channel_identities
    masked = " ".join(map(mask_identity, identities[:_IDENTITIES]))
    more = f" +{len(identities) - _IDENTITIES}" if len(identities) > _IDENTITIES else ""
    return f"{_shown(desired.key, key)}  {masked}{more}  {desired.contact.language}  #{_digest(desired, key)}"


def _revealed(desired: DesiredContact, key: bytes) -> str:
    contact = desired.contact
    identities = " ".join(shown_identity(identity, reveal=True) for identity in contact.channel_identities)
    line = "  ".join((desired.key, identities, contact.language, *_texts(contact)))
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…  #{_digest(desired, key)}"


def _digest(desired: DesiredContact, key: bytes) -> str:
    return keyed_digest(key, f"{desired.key}\n{contact_digest(desired.contact)}", _DIGEST)


def _texts(contact: Contact) -> list[str]:
    fields = ("display_name", "email", "metadata")
    texts = [f"{name}={value!r}" for name in fields if (value := getattr(contact, name)) is not None]
    if contact.channel_priority is not None:
        texts.append(f"channel_priority={','.join(contact.channel_priority)}")
    return texts
