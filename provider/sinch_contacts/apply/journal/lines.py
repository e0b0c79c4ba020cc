"""The lines of a journal: what may have been sent, written down before it is.

It is for the one case in which the state cannot be written: the process or the engine dies. A journal holds ids and
digests, no personal data; names are digested with the set's secret key, so that nobody can find a number by trying
all of them. It is bound to its set and its target. Every line carries a checksum: a torn last line is what
a crash leaves, any other damage makes the whole journal worthless.

The format carries a version, and later code must always be able to read it.
"""

import zlib
from enum import StrEnum
from typing import Final

import msgspec

from sinch_contacts.core.contact.contact import ContactId
from sinch_contacts.core.contact.digest import Fingerprint
from sinch_contacts.core.errors import ContactsError

_VERSION: Final = 2
_CHECK: Final = 8


class Answer(StrEnum):
    """What became of a call."""

    ACCEPTED = "accepted"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"
    """Nothing was applied."""


class Head(msgspec.Struct, frozen=True, tag="head"):
    """The first line.

    Attributes:
        set: Stands for the set and its target.
        run: The run's id; ids of later runs are greater.
        plan: The digest of the plan, as it was before Sinch was looked at; for people, nothing reads it.
        version: The version of the format.
    """

    set: str
    run: str
    plan: str
    version: int = _VERSION


class AskedContact(msgspec.Struct, frozen=True, array_like=True):
    """A contact whose creation is asked for: what stands for its name, and its fingerprint."""

    name: str
    digest: str
    identities: str
    fields: str

    @property
    def fingerprint(self) -> Fingerprint:
        """Stands for what is asked for."""
        return Fingerprint(self.digest, self.identities, self.fields)


class Creating(msgspec.Struct, frozen=True, tag="creating"):
    """A call that creates contacts; `at` is in whole seconds since 1970."""

    call: int
    at: int
    contacts: list[AskedContact]


class Deleting(msgspec.Struct, frozen=True, tag="deleting"):
    """A call that deletes contacts; `at` is in whole seconds since 1970."""

    call: int
    at: int
    ids: list[ContactId]


class Changing(msgspec.Struct, frozen=True, tag="changing", omit_defaults=True):
    """A call that changes a contact.

    Attributes:
        call: The number of the call.
        id: The contact.
        asked: Stands for the name under which an interrupted run asked for it, where no state knows of it: by now it
            may have another.
        fields: Names of the fields that it sets; no journal of an earlier version has them.
    """

    call: int
    id: ContactId
    asked: str = ""
    fields: tuple[str, ...] = ()


class Answered(msgspec.Struct, frozen=True, tag="answered"):
    """What became of a call."""

    call: int
    answer: Answer


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """The last line of a run that was not cut off; `pending` names the contacts that it asked for and did not see."""

    pending: list[str]


Line = Head | Creating | Deleting | Changing | Answered | Ended
_encode = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder(Line).decode


class Damaged(ContactsError):
    """A file is not a journal of this set, or not one that can be trusted."""


class LaterJournal(ContactsError):
    """A journal was written by a later version, so that nobody here knows what may have been sent.

    Attributes:
        version: Its version.
    """

    def __init__(self, version: int) -> None:
        super().__init__(
            f"An interrupted run left a journal of version {version}, and this program reads up to {_VERSION}.",
            "Run `pulumi up` once with the version of pulumi-sinch-contacts that wrote it, or a later one.",
        )
        self.version = version


class _Versioned(msgspec.Struct, frozen=True):
    version: int = _VERSION


def seal(line: Line) -> bytes:
    """Returns a line as it stands in the file: a checksum, the content, a line break."""
    content = _encode(line)
    return b"%08x %s\n" % (zlib.crc32(content), content)


def read_lines(content: bytes) -> list[Line]:
    """Reads the lines of a journal; a torn last one is left out.

    Raises:
        Damaged: A line is not what was written.
        LaterJournal: The format is a later one.
    """
    *whole, _torn = content.split(b"\n")
    try:
        contents = [_unsealed(text) for text in whole]
        for head in contents[:1]:
            if (version := msgspec.json.decode(head, type=_Versioned).version) > _VERSION:
                raise LaterJournal(version)
        return [_decode(content) for content in contents]
    except ValueError as error:  # msgspec's errors are such
        raise Damaged("A line of the journal is damaged.") from error


def _unsealed(text: bytes) -> bytes:
    check, content = text[:_CHECK], text[_CHECK + 1 :]
    if int(check, 16) != zlib.crc32(content):
        raise ValueError(check)
    return content
