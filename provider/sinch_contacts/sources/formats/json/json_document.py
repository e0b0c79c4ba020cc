"""JSON files: one object, with its contacts as a map or as a list."""

import json
from collections.abc import Collection, Iterator, Mapping

from sinch_contacts.sources.display import shown_path
from sinch_contacts.sources.document import MOST_ROWS, TOO_MANY_ROWS, Place, Row
from sinch_contacts.sources.formats.json import json_reader
from sinch_contacts.sources.formats.text_lines import Unreadable
from sinch_contacts.sources.issues import Position, TextIssue, ValuePath


class JsonDocument:
    """A JSON file, read on construction.

    Attributes:
        head: See `Document`.
        issues: See `Document`.
    """

    def __init__(self, text: str) -> None:
        """Reads a text without a byte order mark."""
        self._text = text
        self._rows: list[Row] = []
        self._line = 1
        self._counted = 0
        self.head: Mapping[str, object] | None = None
        self.issues: Collection[TextIssue] = ()
        reader = json_reader.JsonReader(text)
        try:
            self.head = self._whole(reader)
            if reader.is_doubtful:
                self.issues = json_reader.find_issues(text)
        except json.JSONDecodeError as error:
            self.issues = [json_reader.syntax_issue(error)]
        except Unreadable as error:
            self.issues = [error.issue]
        except RecursionError:
            position = json_reader.LineStarts(text).position(reader.at)
            self.issues = [TextIssue(position, "", "this is nested too deeply; make it flatter")]
        if self.head is None:
            self._rows.clear()

    def rows(self) -> Iterator[Row]:
        """See `Document`."""
        yield from self._rows

    def places(self, paths: Collection[ValuePath]) -> Mapping[ValuePath, Place]:
        """See `Document`."""
        return json_reader.find_places(self._text, paths)

    def show(self, path: ValuePath) -> str:
        """See `Document`."""
        return shown_path(path)

    def _whole(self, reader: json_reader.JsonReader) -> dict[str, object]:
        if not reader.peek():
            raise json.JSONDecodeError('the file is empty, write {"contacts": {}} for no contacts', "", 0)
        head: dict[str, object] = {}
        for key, _ in reader.entries():
            head[key] = self._contacts(reader) if key == "contacts" else reader.value()
        reader.end()
        return head

    def _contacts(self, reader: json_reader.JsonReader) -> object:
        match reader.peek():
            case "{":
                for key, at in reader.entries():
                    line = self._line_of(at)
                    self._add(Row(("contacts", key), reader.value(), line, key))
                return {}
            case "[":
                for number, at in enumerate(reader.items()):
                    line = self._line_of(at)
                    self._add(Row(("contacts", number), reader.value(), line))
                return []
            case _:
                return reader.value()

    def _add(self, row: Row) -> None:
        self._rows.append(row)
        if len(self._rows) > MOST_ROWS:
            raise Unreadable(TextIssue(Position(row.line, 1), "", TOO_MANY_ROWS))

    def _line_of(self, at: int) -> int:
        self._line += self._text.count("\n", self._counted, at)
        self._counted = at
        return self._line
