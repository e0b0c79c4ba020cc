"""Undo: what contacts were, written down before they are deleted or changed.

The record holds no personal data and the journal neither, so both cannot bring a contact back. A bundle can: it holds
full contacts as they lived, one file for each run that deletes or changes anything. It is local, readable by its owner
only, and kept for a time that is a setting. `sinch-contacts restore` reads it.
"""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

import msgspec

from sinch_contacts.core.contact.contact import Contact, ContactId, Key
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.target import Region, Target

_VERSION: Final = 1
_SUFFIX: Final = ".undo.jsonl"
_DAY: Final = 86_400.0
_LONGEST_HEAD: Final = 10_000


class Kept(msgspec.Struct, frozen=True, omit_defaults=True, tag="contact"):
    """A contact as it was.

    Attributes:
        key: Its key in the set.
        id: Its id at Sinch.
        contact: What it was: all of it before a deletion, the fields that were about to change otherwise.
        fields: Names of those fields; none for a deletion.
        replaced: Whether it was about to be created again under another id.
    """

    key: Key
    id: ContactId
    contact: Contact
    fields: tuple[str, ...] = ()
    replaced: bool = False


class Head(msgspec.Struct, frozen=True, tag="head"):
    """The first line of a bundle.

    Attributes:
        set: The set's name.
        project_id: The Sinch project.
        region: Its region.
        at: When the bundle was begun, in seconds since 1970.
        until: When it may be removed, likewise; `None` where an early writer did not tell it: nobody but its owner
            removes it then, since nobody knows for how long it was to be kept.
        version: The version of the form; later code reads it for ever.
    """

    set: str
    project_id: str
    region: Region
    at: int
    until: int | None = None
    version: int = _VERSION


class _Versioned(msgspec.Struct, frozen=True):
    version: int


class Bundle(msgspec.Struct, frozen=True):
    """What a file holds.

    Attributes:
        head: See `Head`.
        deleted: Contacts that were about to be deleted.
        changed: Contacts of which some fields were about to change.
    """

    head: Head
    deleted: tuple[Kept, ...]
    changed: tuple[Kept, ...]


class Undo(Protocol):
    """Where a run keeps what contacts were."""

    @property
    def is_on(self) -> bool:
        """Whether anything is kept: where nothing is, nothing needs to be read for it."""

    def keep(self, contacts: Sequence[Kept]) -> None:
        """Writes contacts down.

        Raises:
            UndoUnwritable: They could not be written; they must neither be deleted nor changed.
        """


class NoUndo:
    """Keeps nothing."""

    is_on = False

    def keep(self, contacts: Sequence[Kept]) -> None:
        """Keeps nothing."""


class UndoUnwritable(ContactsError):
    """What contacts were cannot be written down, so nothing is deleted or changed."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The undo bundle {path} cannot be written ({reason}); nothing was deleted or changed without it.",
            "Make room there, let SINCH_UNDO_DIR name another folder, or set SINCH_UNDO_DAYS to 0 to keep none.",
        )


class UnreadableBundle(ContactsError):
    """A file is no undo bundle, or was written by a later version."""


class UndoFolder:
    """The bundles of one set, as files; the file of a run appears with the first contact.

    Attributes:
        bundle: The file of this run; `None` while nothing is kept.
    """

    def __init__(
        self, folder: Path, name: str, target: Target, days: float, now: Callable[[], float] = time.time
    ) -> None:
        """Finds the folder; nothing is written.

        Args:
            folder: The folder of the set.
            name: The set's name.
            target: Where its contacts are.
            days: Days for which bundles are kept; 0 to keep none.
            now: Tells the time in seconds since 1970.
        """
        self.bundle: Path | None = None
        self._folder = folder
        self._name = name
        self._target = target
        self._days = days
        self._now = now

    @property
    def is_on(self) -> bool:
        """See `Undo`."""
        return self._days > 0

    def keep(self, contacts: Sequence[Kept]) -> None:
        """See `Undo`."""
        if not contacts or not self.is_on:
            return
        path = self.bundle or self._path()
        lines = list(contacts) if self.bundle else [self._head(), *contacts]
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(file, "wb") as stream:
                stream.write(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
        except OSError as error:
            raise UndoUnwritable(path, error.strerror or type(error).__name__) from error
        self.bundle = path

    def _path(self) -> Path:
        moment = datetime.fromtimestamp(self._now(), UTC)
        return self._folder / f"{moment:%Y-%m-%dT%H-%M-%S}-{moment.microsecond:06d}Z{_SUFFIX}"

    def _head(self) -> Head:
        now = int(self._now())
        return Head(self._name, self._target.project_id, self._target.region, now, int(now + self._days * _DAY))


def remove_outdated(root: Path, now: float) -> None:
    """Removes the bundles whose time is over, of all sets; what is no bundle stays.

    Args:
        root: The folder of the sets' folders.
        now: The time in seconds since 1970.
    """
    for path in root.glob(f"*/*{_SUFFIX}"):
        with suppress(OSError, msgspec.MsgspecError):
            with path.open("rb") as file:
                head = msgspec.json.decode(file.readline(_LONGEST_HEAD), type=Head)
            if head.until is not None and head.until < now:
                path.unlink()


def read_bundle(content: bytes) -> Bundle:
    """Reads an undo bundle; a torn last line, which a crash leaves, is left out.

    Raises:
        UnreadableBundle: It is none, it is damaged, or it was written by a later version.
    """
    first, *lines = content.split(b"\n")
    try:
        version = msgspec.json.decode(first, type=_Versioned).version
        if version > _VERSION:
            raise UnreadableBundle(
                f"This undo bundle has version {version}, and this program reads version {_VERSION}.",
                "Use the version of pulumi-sinch-contacts that wrote it, or a later one.",
            )
        head = msgspec.json.decode(first, type=Head)
        kept = [msgspec.json.decode(line, type=Kept) for line in lines[:-1]]
    except ValueError as error:  # msgspec's errors are such, and so is text that is not UTF-8
        raise UnreadableBundle(
            "This is no undo bundle, or a damaged one.", f"Name a file that ends in {_SUFFIX}, as a run left it."
        ) from error
    return Bundle(
        head,
        tuple(entry for entry in kept if not entry.fields),
        tuple(entry for entry in kept if entry.fields),
    )
