"""JSON Lines files: one contact a line. Blank lines are skipped."""

import json
from collections.abc import Collection, Iterator, Mapping

from sinch_contacts.sources.display import shown_path
from sinch_contacts.sources.document import Place, Row
from sinch_contacts.sources.formats.json import json_reader
from sinch_contacts.sources.formats.text_lines import Unreadable, lines_of
from sinch_contacts.sources.issues import MOST_ISSUES, TextIssue, ValuePath


class JsonLines:
    """A JSON Lines file, read line by line, because it may hold a million contacts.

    Attributes:
        head: Always `None`.
        issues: See `Document`.
    """

    def __init__(self, content: bytes) -> None:
        """Takes a text in UTF-8."""
        self._content = content
        self.head: Mapping[str, object] | None = None
        self.issues: list[TextIssue] = []

    def rows(self) -> Iterator[Row]:
        """See `Document`; the first step of a path is the line's number."""
        try:
            yield from self._rows()
        except Unreadable as error:
            self.issues.append(error.issue)

    def _rows(self) -> Iterator[Row]:
        reader = json_reader.JsonReader()
        for number, line in enumerate(lines_of(self._content, "\n"), 1):
            if len(self.issues) >= MOST_ISSUES:
                return
            reader.begin(line.removesuffix("\n"))
            if not reader.peek():
                continue
            try:
                value = reader.value()
                reader.end()
            except json.JSONDecodeError as error:
                self.issues.append(json_reader.syntax_issue(error, number - 1))
            except RecursionError:
                position = json_reader.LineStarts(line, number).position(reader.at)
                self.issues.append(TextIssue(position, "", "this is nested too deeply; make it flatter"))
            else:
                if reader.is_doubtful:
                    self.issues += json_reader.find_issues(line, number)
                yield Row((number,), value, number)

    def places(self, paths: Collection[ValuePath]) -> Mapping[ValuePath, Place]:
        """See `Document`."""
        by_line: dict[int, list[ValuePath]] = {}
        for path in paths:
            if path and isinstance(path[0], int):
                by_line.setdefault(path[0], []).append(path[1:])
        found: dict[ValuePath, Place] = {}
        for number, line in enumerate(lines_of(self._content, "\n"), 1):
            if inner := by_line.pop(number, None):
                found |= {
                    (number, *path): place for path, place in json_reader.find_places(line, inner, number).items()
                }
            if not by_line:
                break
        return found

    def show(self, path: ValuePath) -> str:
        """See `Document`; the path begins within the line."""
        return shown_path(path[1:])
