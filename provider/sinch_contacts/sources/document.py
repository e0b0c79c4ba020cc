"""What each kind of contact file is read into, whatever its format: rows, each a contact as it is written."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final, Protocol

import msgspec

MOST_DEFECTS: Final = 10_000
"""Problems of one file that are told; what comes after them is not looked at."""

MOST_ROWS: Final = 1_000_000
"""Contacts in a file that is read as a whole."""

TOO_MANY_ROWS: Final = f"the file has more than {MOST_ROWS:,} contacts; split it, or use JSON Lines"

Path = tuple[str | int, ...]
"""The way to a value: map keys and list indexes, from the top of the document."""


class Position(msgspec.Struct, frozen=True, order=True):
    """A place in a text, both counted from 1; 0 where there is none."""

    line: int = 0
    column: int = 0


class Place(msgspec.Struct, frozen=True):
    """Where a map's entry or a list's item stands.

    Attributes:
        key: The position of the entry's key; that of the value for an item.
        value: The position of the value.
    """

    key: Position
    value: Position


class Row(msgspec.Struct, frozen=True):
    """A contact as it is written.

    Attributes:
        path: Where it stands in its document.
        value: What is written; anything at all.
        line: The line where it begins, counted from 1; 0 where there is none.
        key: Its map key; `None` in a list.
    """

    path: Path
    value: object
    line: int
    key: str | None = None


class Fault(msgspec.Struct, frozen=True):
    """A problem before its position is looked up.

    Attributes:
        path: The value that is wrong.
        message: What is wrong and how to mend it, in one sentence.
        at_key: Whether the value's key is what is wrong, rather than the value.
    """

    path: Path
    message: str
    at_key: bool = False


class Defect(msgspec.Struct, frozen=True):
    """A problem that the reader of a format finds, with its position."""

    position: Position
    path: str
    message: str


class Document(Protocol):
    """A contact file that was opened and decoded."""

    @property
    def head(self) -> Mapping[str, object] | None:
        """The fields beside the rows; `contacts` is there too, empty if there are rows. `None` for mere rows."""

    @property
    def defects(self) -> Collection[Defect]:
        """What is wrong with the text itself; complete when all rows have been read."""

    def rows(self) -> Iterator[Row]:
        """Reads the contacts, once, in the order of the file."""

    def places(self, paths: Collection[Path]) -> Mapping[Path, Place]:
        """Looks up where values stand; those that are not written in the file are left out."""

    def show(self, path: Path) -> str:
        """Names a value in a message."""
