"""The manifest: a set as people read it in a preview, one line per contact.

Pulumi shows a changed text of several lines as a line diff, so a preview of 100,000 contacts shows just the lines that
changed. A line tells the key, the channels with masked identities, the language and a digest; it holds no personal
data, and the digest is keyed, so that nobody can find a phone number by trying all of them.
"""

from typing import Final

from sinch_contacts.core.contact import Contact, Key
from sinch_contacts.core.desired import DesiredContact
from sinch_contacts.core.desired_set import DesiredSet
from sinch_contacts.core.digest import contact_digest, keyed_digest
from sinch_contacts.core.masking import mask_identity, mask_key
from sinch_contacts.core.showing import shown_identity

_DIGEST: Final = 8
_TAG: Final = 4
UNKNOWN: Final = "(known after other resources are made)"
"""Stands for a contact that depends on something a preview does not know."""


def make_manifest(wanted: DesiredSet, key: bytes, *, reveal: bool = False) -> str:
    """Returns the manifest of a set.

    Args:
        wanted: The set.
        key: The secret that keys the digests; with the same secret, equal contacts give equal lines.
        reveal: Show identities, names and addresses as they are, for sets that hold no personal data.

    Returns:
        Lines sorted by the contacts' real keys, each ended by a line break; an empty text for an empty set.
    """
    lines = [(contact.key, _revealed(contact) if reveal else _masked(contact, key)) for contact in wanted.contacts]
    lines += [(unknown, f"{unknown if reveal else _shown(unknown, key)}  {UNKNOWN}") for unknown in wanted.unknown]
    return "".join(f"{line}\n" for _, line in sorted(lines))


def _shown(contact_key: Key, key: bytes) -> str:
    masked = mask_key(contact_key)
    return masked if masked == contact_key else f"{masked}~{keyed_digest(key, contact_key, _TAG)}"


def _masked(desired: DesiredContact, key: bytes) -> str:
    contact = desired.contact
    identities = " ".join(map(mask_identity, contact.channel_identities))
    digest = keyed_digest(key, f"{desired.key}\n{contact_digest(contact)}", _DIGEST)
    return f"{_shown(desired.key, key)}  {identities}  {contact.language}  #{digest}"


def _revealed(desired: DesiredContact) -> str:
    contact = desired.contact
    identities = " ".join(shown_identity(identity, reveal=True) for identity in contact.channel_identities)
    return "  ".join((desired.key, identities, contact.language, *_texts(contact)))


def _texts(contact: Contact) -> list[str]:
    fields = ("display_name", "email", "metadata")
    texts = [f"{name}={value!r}" for name in fields if (value := getattr(contact, name)) is not None]
    if contact.channel_priority is not None:
        texts.append(f"channel_priority={','.join(contact.channel_priority)}")
    return texts
