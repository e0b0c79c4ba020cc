"""Digests: whether two contents are the same, without keeping the contents.

A contact has one digest over all its named fields and one over its identities, both so long that nobody can find two
contacts that share one (132 bits). Each further field has a short one (18 bits), which only serves to tell *which*
field differs once the long one has said that one does. So 140,000 recorded contacts stay small, and no edit is
overlooked.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from typing import Final

import msgspec

from sinch_contacts.core.contact.contact import FIELDS, ChannelIdentity, Contact, named_fields

LONG: Final = 22
"""Characters of a digest by which equality is decided, six bits each."""

_EARLIER: Final = 10
"""Likewise in records up to version 2 and journals of version 1, where two such contacts can be found in minutes."""

_SHORT: Final = 3
FIELD_DIGEST_LENGTH: Final = 1 + _SHORT
"""Characters of a field's digest: its letter and a short digest."""

_UNKNOWN: Final = "_" * _SHORT
_LETTERS: Final = dict(zip(FIELDS, "ilpnexm", strict=True))
_NAMES: Final = {letter: name for name, letter in _LETTERS.items()}
_encode = msgspec.json.Encoder(order="deterministic").encode


def _text(value: object, length: int) -> str:
    return urlsafe_b64encode(hashlib.sha256(_encode(value)).digest())[:length].decode()


def content_digest(content: bytes) -> str:
    """Returns 64 hexadecimal digits that stand for any content."""
    return hashlib.sha256(content).hexdigest()


def contact_digest(contact: Contact) -> str:
    """Returns 22 characters that stand for all named fields of a normalised contact, its identities in any order."""
    identities = contact.channel_identities
    if len(identities) > 1:
        contact = msgspec.structs.replace(contact, channel_identities=tuple(sorted(identities)))
    return _text(contact, LONG)


def identities_digest(identities: tuple[ChannelIdentity, ...]) -> str:
    """Returns 22 characters that stand for a set of normalised identities, in any order."""
    return _text(sorted(identities), LONG)


def recorded_forms(digest: str) -> tuple[str, str]:
    """Returns the texts as which a long digest may be recorded: as it is, and as earlier versions wrote it."""
    return digest, digest[:_EARLIER]


def field_digests(contact: Contact) -> str:
    """Returns four characters for each named field but the identities: the field's letter and a short digest."""
    return "".join(
        _LETTERS[name] + _text(getattr(contact, name), _SHORT)
        for name in named_fields(contact)
        if name != "channel_identities"
    )


def parse_field_digests(text: str) -> dict[str, str]:
    """Reads what `field_digests` wrote: short digests by field name."""
    step = FIELD_DIGEST_LENGTH
    return {_NAMES[text[at]]: text[at + 1 : at + step] for at in range(0, len(text), step)}


def own_fields(text: str, further: Iterable[str]) -> str:
    """Adds fields that are ours from now on to what `field_digests` wrote.

    Args:
        text: What it wrote.
        further: Names of the fields; nobody knows what is in them.
    """
    digests = {name: _UNKNOWN for name in further if name != "channel_identities"} | parse_field_digests(text)
    return "".join(_LETTERS[name] + digests[name] for name in FIELDS if name in digests)


class Fingerprint(msgspec.Struct, frozen=True, gc=False):
    """What stands for the named fields of a contact: enough to see whether it changed, and in what.

    Attributes:
        digest: Stands for all named fields; see `contact_digest`.
        identities: Stands for the identities; see `identities_digest`.
        fields: Stands for each other field; see `field_digests`.
    """

    digest: str
    identities: str
    fields: str

    @property
    def owned(self) -> tuple[str, ...]:
        """Names the fields that it stands for."""
        return ("channel_identities", *parse_field_digests(self.fields))


def fingerprint_of(contact: Contact) -> Fingerprint:
    """Takes the fingerprint of a normalised contact."""
    return Fingerprint(contact_digest(contact), identities_digest(contact.channel_identities), field_digests(contact))


def is_same(one: Contact, other: Contact) -> bool:
    """Says whether two normalised contacts have the same digest, without taking it."""
    if one == other:
        return True
    mine, others = one.channel_identities, other.channel_identities
    if len(mine) == 1 or mine == others or sorted(mine) != sorted(others):
        return False
    return msgspec.structs.replace(one, channel_identities=others) == other


def keyed_digest(key: bytes, content: str, length: int) -> str:
    """Returns a digest that cannot be found by trying all contents without the key.

    Args:
        key: The secret.
        content: What to digest.
        length: Characters of the result, at most 64.
    """
    return hmac.digest(key, content.encode(), "sha256").hex()[:length]
