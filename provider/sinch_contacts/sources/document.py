"""The port that the reader of each format implements: a document of rows, each a contact as it is written."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final, Protocol

import msgspec

from sinch_contacts.sources.issues import Position, TextIssue, ValuePath

MOST_ROWS: Final = 1_000_000
"""The most contacts of a file that is read as a whole."""

TOO_MANY_ROWS: Final = f"the file has more than {MOST_ROWS:,} contacts; split it, or use JSON Lines"


class Place(msgspec.Struct, frozen=True):
    """The position of a map's entry or a list's item.

    Attributes:
        key: The position of the entry's key; for an item, that of its value.
        value: The position of the value.
    """

    key: Position
    value: Position


class Row(msgspec.Struct, frozen=True):
    """A contact as it is written.

    Attributes:
        path: The way to it from the top of the document.
        value: The decoded value, of any type.
        line: The line where it begins, counted from 1; 0 for a mapping in Python.
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
        """The fields beside the rows, with `contacts` emptied if it holds rows; `None` for formats without fields."""

    @property
    def issues(self) -> Collection[TextIssue]:
        """The issues of the text itself; complete once all rows have been read."""

    def rows(self) -> Iterator[Row]:
        """Reads the contacts, once, in the order of the file."""

    def places(self, paths: Collection[ValuePath]) -> Mapping[ValuePath, Place]:
        """Looks up the places of values; leaves out those that are not written in the file."""

    def show(self, path: ValuePath) -> str:
        """Returns the name of a value for a message."""
