"""What is wrong in contact files: each problem with its place, and all of them as one error."""

from collections.abc import Iterable
from typing import Final

import msgspec

from sinch_contacts.core.errors import ContactsError

SHOWN: Final = 50
"""Problems that the text of `InvalidContactFiles` lists before it only counts."""


class Problem(msgspec.Struct, frozen=True, order=True):
    """One thing that is wrong, and where. It never holds a phone number, name or e-mail address.

    Attributes:
        file: The file as the user names it; `contacts` for a mapping given in Python.
        line: The line, counted from 1; 0 where there is none.
        column: The character in the line, counted from 1; 0 where there is none.
        path: The way to the value, such as `contacts.alice.channel_identities[0].identity`; may be empty.
        message: What is wrong and how to mend it, in one sentence.
    """

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        """Returns `file:line:column: path: message`, without the parts that there are not."""
        place = ":".join([self.file, *(str(number) for number in (self.line, self.column) if number)])
        return ": ".join(part for part in (place, self.path, self.message) if part)


class InvalidContactFiles(ContactsError):
    """Contact files, or a mapping of contacts, break the rules.

    Attributes:
        problems: All problems of all files, in the order of the files and their lines.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keeps the problems."""
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(
            f"The contact files have {count:,} problem{'s' * (count != 1)}, and nothing was done.",
            "Mend what is listed; `sinch-contacts validate` lists everything.",
        )

    def __str__(self) -> str:
        """Returns the problems one a line, at most `SHOWN` of them."""
        lines = [super().__str__(), *map(str, self.problems[:SHOWN])]
        if (more := len(self.problems) - SHOWN) > 0:
            lines.append(f"and {more:,} more")
        return "\n".join(lines)
