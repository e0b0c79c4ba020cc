"""Reads values from JSON text, and finds their positions.

The standard library's parser reads fast but knows no positions, keeps the last of duplicate keys, and accepts `NaN`. So
it only flags that something is doubtful; a slower walk over the tokens then finds what, and where.
"""

import json
import math
import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from sinch_contacts.sources.display import shown_path
from sinch_contacts.sources.document import Place
from sinch_contacts.sources.issues import MOST_ISSUES, Position, TextIssue, ValuePath

_TOKEN: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_MOST_DIGITS: Final = 40
_NUMBER: Final = re.compile(rf"-?[0-9]{{1,{_MOST_DIGITS}}}")


class JsonReader:
    """Reads a JSON text from left to right.

    Attributes:
        at: The next offset.
        is_doubtful: Whether something was read that `find_issues` has to examine.
    """

    def __init__(self, text: str = "") -> None:
        """Begins at the start of a text."""
        self.begin(text)
        self._decode = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_constant=self._constant,
            parse_int=self._int,
            parse_float=self._float,
        ).raw_decode

    def begin(self, text: str) -> None:
        """Begins at the start of another text."""
        self.text = text
        self.at = 0
        self.is_doubtful = False

    def peek(self) -> str:
        """Skips white space; returns the next character, empty at the end."""
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.text[self.at : self.at + 1]

    def take(self, character: str) -> None:
        """Consumes one character.

        Raises:
            json.JSONDecodeError: The next character is another one.
        """
        if self.peek() != character:
            raise json.JSONDecodeError(f"Expecting {character!r}", self.text, self.at)
        self.at += 1

    def value(self) -> object:
        """Reads a value.

        Raises:
            json.JSONDecodeError: There is none.
            RecursionError: It is nested too deeply.
        """
        self.peek()
        value, self.at = self._decode(self.text, self.at)
        return value

    def end(self) -> None:
        """Checks that nothing follows.

        Raises:
            json.JSONDecodeError: Something follows.
        """
        if self.peek():
            raise json.JSONDecodeError("Extra data", self.text, self.at)

    def entries(self) -> Iterator[tuple[str, int]]:
        """Yields each key of an object and its offset, once; the caller reads the value before it asks for the next."""
        self.take("{")
        seen: set[str] = set()
        more = self.peek() != "}"
        while more:
            if self.peek() != '"':
                raise json.JSONDecodeError("Expecting a key in double quotes", self.text, self.at)
            start = self.at
            key = str(self.value())
            self.take(":")
            if key in seen:
                self.is_doubtful = True
                self.value()
            else:
                seen.add(key)
                yield key, start
            if more := self.peek() == ",":
                self.at += 1
        self.take("}")

    def items(self) -> Iterator[int]:
        """Yields the offset of each item of a list; the caller reads the item before it asks for the next."""
        self.take("[")
        more = self.peek() != "]"
        while more:
            self.peek()
            yield self.at
            if more := self.peek() == ",":
                self.at += 1
        self.take("]")

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            self.is_doubtful = True
        return found

    def _constant(self, _: str) -> float:
        self.is_doubtful = True
        return 0.0

    def _int(self, digits: str) -> int:
        if len(digits) > _MOST_DIGITS:
            self.is_doubtful = True
            return 0
        return int(digits)

    def _float(self, digits: str) -> float:
        number = float(digits)
        if math.isinf(number):
            self.is_doubtful = True
            return 0.0
        return number


class LineStarts:
    """The offsets at which the lines of a text begin."""

    def __init__(self, text: str, first: int = 1) -> None:
        """Finds them; `first` is the number of the first line."""
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._first = first

    def position(self, at: int) -> Position:
        """Returns the position of an offset."""
        index = bisect_right(self._starts, at) - 1
        return Position(index + self._first, at - self._starts[index] + 1)


def find_issues(text: str, first: int = 1) -> list[TextIssue]:
    """Finds duplicate keys, and numbers that are not JSON, in a text that the parser accepts."""
    lines = LineStarts(text, first)
    keys: dict[ValuePath, int] = {}
    found: list[TextIssue] = []
    repeated: ValuePath | None = None
    for path, at, token in _nodes(text):
        if len(found) >= MOST_ISSUES:
            break
        if repeated and path[: len(repeated)] == repeated and (token is not None or path != repeated):
            continue
        if token is None:
            before = keys.setdefault(path, at)
            if before != at:
                line = lines.position(before).line
                message = f"this key is here a second time, first on line {line}; keep one"
                found.append(TextIssue(lines.position(at), shown_path(path), message))
                repeated = path
        elif token in {"NaN", "Infinity", "-Infinity"} or not _is_sound_number(token):
            message = "this number is none that JSON knows or is too large; put it in quotes"
            found.append(TextIssue(lines.position(at), shown_path(path), message))
    return found


def find_places(text: str, paths: Collection[ValuePath], first: int = 1) -> Mapping[ValuePath, Place]:
    """Finds the places of some values in a text that the parser accepts."""
    lines = LineStarts(text, first)
    wanted = frozenset(paths)
    keys: dict[ValuePath, Position] = {}
    found: dict[ValuePath, Place] = {}
    for path, at, token in _nodes(text):
        if path in wanted and path not in found:
            position = lines.position(at)
            if token is None:
                keys[path] = position
            else:
                found[path] = Place(keys.get(path, position), position)
    return found


def syntax_issue(error: json.JSONDecodeError, lines_before: int = 0) -> TextIssue:
    """Turns the parser's error into an issue; the parser's messages quote nothing of the text."""
    return TextIssue(Position(error.lineno + lines_before, error.colno), "", f"this is not valid JSON: {error.msg}")


def _is_sound_number(token: str) -> bool:
    if token[0] not in "-0123456789" or _NUMBER.fullmatch(token):
        return True
    return not token.lstrip("-").isdigit() and math.isfinite(float(token))


def _nodes(text: str) -> Iterator[tuple[ValuePath, int, str | None]]:
    """Yields the path and offset of every key and value, with the token of a value and `None` for a key."""
    trail: list[str | int] = []
    is_key = False
    for match in _TOKEN.finditer(text):
        found = match[0]
        if found in "}]":
            trail.pop()
            is_key = False
        elif found == ",":
            last = trail[-1]
            if isinstance(last, int):
                trail[-1] = last + 1
            else:
                is_key = True
        elif is_key:
            trail[-1] = json.loads(found)
            is_key = False
            yield tuple(trail), match.start(), None
        elif found != ":":
            yield tuple(trail), match.start(), found
            if found in "{[":
                is_key = found == "{"
                trail.append("" if is_key else 0)
