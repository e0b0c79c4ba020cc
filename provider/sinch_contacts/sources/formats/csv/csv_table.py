"""CSV files: a header row, then one contact a row.

Columns are the text fields of a contact, `channel_priority`, and one column for each identity: its header is the
channel, with `:` and the app id where it belongs to an app (`MESSENGER:01EXAMPLE`). A channel may have
several columns. An empty cell means that the field is absent.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from sinch_contacts.core.contact.channels import APP_SCOPED_CHANNELS, Channel
from sinch_contacts.sources.display import masked_key, shown_word
from sinch_contacts.sources.document import Place, Row
from sinch_contacts.sources.formats.text_lines import LONGEST_LINE, Unreadable, lines_of
from sinch_contacts.sources.issues import MOST_ISSUES, Position, TextIssue, ValuePath

_TEXT_COLUMNS: Final = ("external_id", "language", "display_name", "email", "metadata")
_PRIORITY: Final = "channel_priority"
_IDENTITIES: Final = "channel_identities"
_CELL: Final = re.compile(r'"(?:[^"]|"")*"?[^,]*|[^,]*')
_BETWEEN_CHANNELS: Final = re.compile(r"[\s;]+")


class _Record(msgspec.Struct, frozen=True):
    """A row of the table: its cells, the number of its first line, and its raw text."""

    cells: list[str]
    first: int
    text: str


class CsvTable:
    """A CSV file, read row by row.

    Attributes:
        head: Always `None`.
        issues: See `Document`.
    """

    def __init__(self, content: bytes) -> None:
        """Takes a text in UTF-8."""
        self._content = content
        self._header: list[str] = []
        self._columns: dict[ValuePath, str] = {}
        self.head: Mapping[str, object] | None = None
        self.issues: list[TextIssue] = []

    def rows(self) -> Iterator[Row]:
        """See `Document`; the first step of a path is the number of the row's first line."""
        records = self._records()
        header = next(records, None)
        if header is None:
            if not self.issues:
                self._add_issue(1, 'the file is empty; begin with a header row such as "external_id,language,SMS"')
            return
        self._header = [name.strip() for name in header.cells]
        issues = list(_header_issues(self._header))
        for index, message in issues:
            place, shown = self._cell_position(header, max(index, 0)), self._shown_header(index) if index >= 0 else ""
            self.issues.append(TextIssue(place, shown, message))
        if issues:
            return
        for record in records:
            if len(record.cells) != len(self._header):
                count, wanted = len(record.cells), len(self._header)
                self._add_issue(
                    record.first, f"this row has {count} cells, and the header has {wanted}; make them equal"
                )
            elif any(cell.strip() for cell in record.cells):
                yield Row((record.first,), _contact(self._header, record.cells), record.first)

    def places(self, paths: Collection[ValuePath]) -> Mapping[ValuePath, Place]:
        """See `Document`; the table is read a second time."""
        by_line: dict[str | int, list[ValuePath]] = {}
        for path in filter(None, paths):
            by_line.setdefault(path[0], []).append(path)
        found = {}
        for record in self._records():
            for path in by_line.get(record.first, ()):
                index = _column_index(self._header, record.cells, path[1:])
                start = Position(record.first, 1)
                if index is not None:
                    start = self._cell_position(record, index)
                    self._columns[path] = self._shown_header(index)
                found[path] = Place(start, start)
        return found

    def show(self, path: ValuePath) -> str:
        """See `Document`; names a value by its column, once its place was looked up."""
        return self._columns.get(path, "")

    def _records(self) -> Iterator[_Record]:
        taken: list[str] = []
        reader = csv.reader(_watched(lines_of(self._content, ""), taken), strict=True)
        before = 0
        try:
            for cells in reader:
                if len(self.issues) >= MOST_ISSUES:
                    return
                if cells:
                    yield _Record(cells, before + 1, "".join(taken))
                taken.clear()
                before = reader.line_num
        except csv.Error as error:
            if not any(issue.position.line == before + 1 for issue in self.issues):
                self._add_issue(before + 1, f"this row is not valid CSV: {error}")
        except Unreadable as error:
            if error.issue not in self.issues:
                self.issues.append(error.issue)

    def _cell_position(self, record: _Record, index: int) -> Position:
        text = record.text
        at = 0
        for _ in range(index):
            cell = _CELL.match(text, at)
            at = cell.end() + 1 if cell else at
        before = list(io.StringIO(text[:at], newline="")) or [""]
        return Position(record.first + len(before) - 1, len(before[-1]) + 1)

    def _shown_header(self, index: int) -> str:
        name = self._header[index] if index < len(self._header) else ""
        # A header that is neither a column nor a plain word may be a cell with personal data.
        return masked_key(name) if _is_column(name) or shown_word(name) else ""

    def _add_issue(self, line: int, message: str) -> None:
        self.issues.append(TextIssue(Position(line, 1), "", message))


def _watched(found: Iterable[str], taken: list[str]) -> Iterator[str]:
    """Passes lines on and records them; stops at a row that grows too long, such as one with an open quote."""
    length = 0
    for line in found:
        length = len(line) if not taken else length + len(line)
        if length > LONGEST_LINE:
            raise csv.Error(f"it has more than {LONGEST_LINE:,} characters; is a quote not closed?")
        taken.append(line)
        yield line


def _is_column(name: str) -> bool:
    return name in (*_TEXT_COLUMNS, _PRIORITY) or name.partition(":")[0] in Channel.__members__


def _header_issues(header: Sequence[str]) -> Iterator[tuple[int, str]]:
    if len(header) == 1 and ";" in header[0]:
        yield 0, "the cells are separated by semicolons; save the table with commas"
        return
    fields = (*_TEXT_COLUMNS, _PRIORITY)
    if not any(map(_is_column, header)):
        yield -1, 'this row is not a header; begin with one such as "external_id,language,SMS"'
        return
    for index, name in enumerate(header):
        channel, _, app = name.partition(":")
        if name in fields:
            if name in header[:index]:
                yield index, "this column is here a second time; keep one"
        elif channel not in Channel.__members__:
            yield index, f"there is no column{shown_word(name)}; use {', '.join(fields)} or a channel such as SMS"
        elif channel in APP_SCOPED_CHANNELS and not app.strip():
            yield index, f"{channel} identities belong to an app; write the header as {channel}:APP_ID"
    if "language" not in header:
        yield 0, "the header has no column language; add it"
    if not any(name.partition(":")[0] in Channel.__members__ for name in header):
        yield 0, "the header has no column for a channel, such as SMS; add one"


def _contact(header: Sequence[str], cells: Sequence[str]) -> dict[str, object]:
    contact: dict[str, object] = {}
    identities = []
    for name, cell in zip(header, cells, strict=True):
        if not cell.strip():
            continue
        if name == _PRIORITY:
            contact[name] = [channel for channel in _BETWEEN_CHANNELS.split(cell) if channel]
        elif name in _TEXT_COLUMNS:
            contact[name] = cell.strip() if name == "language" else cell
        else:
            channel, _, app = name.partition(":")
            identity = {"channel": channel, "identity": cell.strip()}
            identities.append(identity | {"app_id": app.strip()} if app.strip() else identity)
    return contact | {_IDENTITIES: identities} if identities else contact


def _column_index(header: Sequence[str], cells: Sequence[str], path: ValuePath) -> int | None:
    """Returns the index of the column that a path within a contact comes from; `None` for the row itself."""
    match path:
        case ("channel_identities", int(number), *_):
            filled = [
                index
                for index, (name, cell) in enumerate(zip(header, cells, strict=False))
                if name not in (*_TEXT_COLUMNS, _PRIORITY) and cell.strip()
            ]
            return filled[number]
        case (str(name), *_) if name in header:
            return header.index(name)
        case _:
            return None
