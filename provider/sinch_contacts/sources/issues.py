"""Issues: what is wrong with contact files, each with its place, and all of them as one error.

The rules find a `ValueIssue`, the reader of a format a `TextIssue`; both become an `Issue` once the file is known.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from sinch_contacts.core.errors import ContactsError

MOST_ISSUES: Final = 10_000
"""The most issues that are reported for one file; the rest of the file is not examined."""

MOST_SHOWN: Final = 50
"""The most issues that the text of `InvalidContactFiles` lists; the rest are counted."""


ValuePath = tuple[str | int, ...]
"""The path to a value: map keys and list indexes, from the top of the document."""


class Position(msgspec.Struct, frozen=True, order=True):
    """A line and column of a text, both counted from 1; 0 if unknown."""

    line: int = 0
    column: int = 0


class ValueIssue(msgspec.Struct, frozen=True):
    """What is wrong with a value; its position is looked up later.

    Attributes:
        path: The value that is wrong.
        message: What is wrong and how to correct it, in one sentence.
        at_key: Whether the value's key is what is wrong, rather than the value.
    """

    path: ValuePath
    message: str
    at_key: bool = False


class TextIssue(msgspec.Struct, frozen=True):
    """What is wrong with the text of a file, as the reader of its format finds it.

    Attributes:
        position: Where it is wrong.
        path: The value that it belongs to, as messages show it; may be empty.
        message: What is wrong and how to correct it, in one sentence.
    """

    position: Position
    path: str
    message: str


class Issue(msgspec.Struct, frozen=True, order=True):
    """One thing that is wrong with a contact file, and where. It never holds a phone number, name or e-mail address.

    Attributes:
        file: The file as the user names it; `contacts` for a mapping given in Python.
        line: The line, counted from 1; 0 if unknown.
        column: The character in the line, counted from 1; 0 if unknown.
        path: The path to the value, such as `contacts.alice.channel_identities[0].identity`; may be empty.
        message: What is wrong and how to correct it, in one sentence.
    """

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        """Returns `file:line:column: path: message`, without the parts that are unknown."""
        place = ":".join([self.file, *(str(number) for number in (self.line, self.column) if number)])
        return ": ".join(part for part in (place, self.path, self.message) if part)


class InvalidContactFiles(ContactsError):
    """Contact files, or a mapping of contacts, break the rules.

    Attributes:
        issues: All issues of all files, in the order of the files and their lines.
    """

    def __init__(self, issues: Iterable[Issue]) -> None:
        """Keeps the issues."""
        self.issues = tuple(issues)
        count = len(self.issues)
        super().__init__(
            f"The contact files have {count:,} problem{'s' * (count != 1)}, and nothing was done.",
            "Mend what is listed; `sinch-contacts validate` lists everything.",
        )

    def __str__(self) -> str:
        """Returns the issues one a line, at most `MOST_SHOWN` of them."""
        lines = [super().__str__(), *map(str, self.issues[:MOST_SHOWN])]
        if (more := len(self.issues) - MOST_SHOWN) > 0:
            lines.append(f"and {more:,} more")
        return "\n".join(lines)
