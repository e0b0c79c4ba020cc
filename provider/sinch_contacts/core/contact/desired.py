"""What is desired: contacts as files declare them, and a whole set as one text, in which it crosses the engine.

The text is `1.<digest>.<content>`: a version, the digest of what the contacts are, and deflated JSON Lines in base64.
Two texts with the same digest want the same contacts, whatever their bytes: a contact that merely moved to another
line of its file keeps the digest.
"""

import hashlib
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from sinch_contacts.core.contact.contact import Contact, Key
from sinch_contacts.core.contact.sharding import shard_of, split
from sinch_contacts.core.errors import ContactsError

_VERSION: Final = "1"
_AT_ONCE: Final = 1_000
"""Contacts that are turned into text together, so that the text of a million never stands in memory at once."""


class DesiredContact(msgspec.Struct, frozen=True, gc=False):
    """A declared contact.

    Attributes:
        key: What identifies it within its set; unique there.
        contact: The named fields, normalised.
        file: The file that declares it, as the user wrote it (relative to the project); `contacts` for a mapping
            given in Python.
        line: The line, counted from 1; 0 where there is none.
    """

    key: Key
    contact: Contact
    file: str
    line: int


class DesiredSet(msgspec.Struct, frozen=True):
    """What a set should hold.

    Attributes:
        contacts: The desired contacts, sorted by key.
        unknown: Keys of contacts whose content depends on something that a preview does not know yet, sorted.
    """

    contacts: tuple[DesiredContact, ...]
    unknown: tuple[Key, ...] = ()


class _Head(msgspec.Struct, frozen=True):
    files: tuple[str, ...]
    unknown: tuple[Key, ...]


class _Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    key: Key
    contact: Contact
    file: int
    line: int


_encoder = msgspec.json.Encoder(order="deterministic")
_head = msgspec.json.Decoder(_Head)
_rows = msgspec.json.Decoder(_Row)


class UnreadableContacts(ContactsError):
    """The text of a set's contacts was not written by this package, or by a later version of it."""


def desired_set(contacts: Iterable[DesiredContact], unknown: Iterable[Key] = ()) -> DesiredSet:
    """Builds a set in its canonical order."""
    return DesiredSet(tuple(sorted(contacts, key=lambda contact: contact.key)), tuple(sorted(unknown)))


def with_prefix(wanted: DesiredSet, prefix: str) -> DesiredSet:
    """Puts a prefix before each external id; the keys stay as they are written."""
    if not prefix:
        return wanted
    replace = msgspec.structs.replace
    contacts = tuple(
        contact
        if contact.contact.external_id is None
        else replace(contact, contact=replace(contact.contact, external_id=prefix + contact.contact.external_id))
        for contact in wanted.contacts
    )
    return replace(wanted, contacts=contacts)


def pack(wanted: DesiredSet) -> str:
    """Returns the text that crosses the engine. Equal sets give equal texts."""
    files = tuple(sorted({contact.file for contact in wanted.contacts}))
    number = {file: index for index, file in enumerate(files)}
    encode = _encoder.encode
    digest = hashlib.sha256(encode(wanted.unknown))
    deflate = zlib.compressobj(6)
    parts = [deflate.compress(encode(_Head(files, wanted.unknown)))]
    for start in range(0, len(wanted.contacts), _AT_ONCE):
        some = wanted.contacts[start : start + _AT_ONCE]
        digest.update(b"".join([b"\n" + encode((row.key, row.contact)) for row in some]))
        rows = [b"\n" + encode(_Row(row.key, row.contact, number[row.file], row.line)) for row in some]
        parts.append(deflate.compress(b"".join(rows)))
    parts.append(deflate.flush())
    return f"{_VERSION}.{digest.hexdigest()}.{b64encode(b''.join(parts)).decode()}"


def pack_shards(contacts: Iterable[DesiredContact], unknown: Iterable[Key], prefix: str, shards: int) -> Iterator[str]:
    """Goes through the texts of all shards of a set, each of them put together when its turn comes.

    Args:
        contacts: The contacts of the whole set.
        unknown: Keys of those that a preview does not know yet.
        prefix: Is put before each external id.
        shards: How many shards there are; one for a set that is not spread.
    """
    later = tuple(unknown)
    for number, rows in enumerate(split(contacts, shards)):
        own = desired_set(rows, (key for key in later if shard_of(key, shards) == number))
        yield pack(with_prefix(own, prefix))


def packed_digest(text: str) -> str:
    """Returns the digest of what a packed text wants, without unpacking it; empty for no text at all.

    Raises:
        UnreadableContacts: The text has another version or is damaged.
    """
    return _parts(text)[0] if text else ""


def unpack(text: str) -> DesiredSet:
    """Reads what `pack` wrote.

    Raises:
        UnreadableContacts: The text has another version or is damaged.
    """
    try:
        head_line, *lines = zlib.decompress(b64decode(_parts(text)[1], validate=True)).split(b"\n")
        head = _head.decode(head_line)
        rows = map(_rows.decode, lines)
        contacts = tuple(DesiredContact(row.key, row.contact, head.files[row.file], row.line) for row in rows)
    except (ValueError, zlib.error, msgspec.MsgspecError, IndexError) as error:
        raise _damaged() from error
    return DesiredSet(contacts, head.unknown)


def _parts(text: str) -> tuple[str, str]:
    """Splits a packed text of our version into digest and content."""
    version, _, rest = text.partition(".")
    if version.isdigit() and version != _VERSION:
        raise UnreadableContacts(
            f"The recorded contacts have format {version[:10]!r}, which this version cannot read.",
            "Use the version of pulumi-sinch-contacts that wrote them, or a later one.",
        )
    digest, _, content = rest.partition(".")
    if version != _VERSION or not digest or not content:
        raise _damaged()
    return digest, content


def _damaged() -> UnreadableContacts:
    return UnreadableContacts(
        "The packed contacts are damaged.",
        "Restore the stack's state or, where a transform changes them, take it out.",
    )
