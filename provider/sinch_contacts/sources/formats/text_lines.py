"""Decodes texts of up to millions of lines, one line at a time and each of limited length."""

import io
from collections.abc import Iterator
from typing import Final

from sinch_contacts.sources.issues import Position, TextIssue

LONGEST_LINE: Final = 1 << 20
"""The most characters of a line; a contact has about a thousandth of that."""

_ENCODING: Final = "utf-8-sig"


class Unreadable(Exception):
    """The text cannot be read on.

    Attributes:
        issue: Why not, and where.
    """

    def __init__(self, issue: TextIssue) -> None:
        """Keeps the issue."""
        super().__init__(issue.message)
        self.issue = issue


def decoded(content: bytes) -> str:
    """Decodes a whole text, without its byte order mark.

    Raises:
        Unreadable: It is not UTF-8.
    """
    try:
        return content.decode(_ENCODING)
    except UnicodeDecodeError:
        raise Unreadable(_undecodable(content)) from None


def lines_of(content: bytes, newline: str) -> Iterator[str]:
    r"""Yields the lines of a text with their ends, without its byte order mark.

    Args:
        content: The text in UTF-8.
        newline: The line end: a line feed, or empty to accept carriage returns too.

    Raises:
        Unreadable: The text is not UTF-8, or a line is longer than `LONGEST_LINE`.
    """
    text = io.TextIOWrapper(io.BytesIO(content), _ENCODING, newline=newline)
    number = 0
    try:
        while line := text.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                message = f"this line has more than {LONGEST_LINE:,} characters; give each contact a line of its own"
                raise Unreadable(TextIssue(Position(number, 1), "", message))
            yield line
    except UnicodeDecodeError:
        raise Unreadable(_undecodable(content)) from None


def _undecodable(content: bytes) -> TextIssue:
    position = Position(1, 1)
    for number, line in enumerate(io.BytesIO(content.removeprefix(b"\xef\xbb\xbf")), 1):
        try:
            line.decode()
        except UnicodeDecodeError as error:
            position = Position(number, len(line[: error.start].decode()) + 1)
            break
    return TextIssue(position, "", "this is not UTF-8; save the file in that encoding")
