"""What each kind of contact file is read into, whatever its format: rows, each a contact as it is written."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final, Protocol

import msgspec

from sinch_contacts.sources.issues import Position, TextIssue, ValuePath

MOST_ROWS: Final = 1_000_000
"""Contacts in a file that is read as a whole."""

TOO_MANY_ROWS: Final = f"the file has more than {MOST_ROWS:,} contacts; split it, or use JSON Lines"


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

    path: ValuePath
    value: object
    line: int
    key: str | None = None


class Document(Protocol):
    """A contact file that was opened and decoded."""

    @property
    def head(self) -> Mapping[str, object] | None:
        """The fields beside the rows; `contacts` is there too, empty if there are rows. `None` for mere rows."""

    @property
    def issues(self) -> Collection[TextIssue]:
        """What is wrong with the text itself; complete when all rows have been read."""

    def rows(self) -> Iterator[Row]:
        """Reads the contacts, once, in the order of the file."""

    def places(self, paths: Collection[ValuePath]) -> Mapping[ValuePath, Place]:
        """Looks up where values stand; those that are not written in the file are left out."""

    def show(self, path: ValuePath) -> str:
        """Names a value in a message."""
