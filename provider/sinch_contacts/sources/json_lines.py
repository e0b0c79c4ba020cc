"""JSON Lines files: one contact a line. Blank lines are skipped."""

import json
from collections.abc import Collection, Iterator, Mapping

from sinch_contacts.sources import json_text
from sinch_contacts.sources.display import shown_path
from sinch_contacts.sources.document import Defect, Path, Place, Row
from sinch_contacts.sources.json_document import broken


class JsonLines:
    """A JSON Lines file. It is read line by line, because it may hold a million contacts.

    Attributes:
        head: There is none.
        defects: See `Document`.
    """

    def __init__(self, text: str) -> None:
        """Takes a text without a byte order mark."""
        self._lines = text.split("\n")
        self.head: Mapping[str, object] | None = None
        self.defects: list[Defect] = []

    def rows(self) -> Iterator[Row]:
        """See `Document`; the first step of a path is the line's number."""
        reader = json_text.Reader()
        for number, line in enumerate(self._lines, 1):
            reader.begin(line)
            if not reader.peek():
                continue
            try:
                value = reader.value()
                reader.end()
            except json.JSONDecodeError as error:
                self.defects.append(broken(error, number - 1))
            except RecursionError:
                position = json_text.Lines(line, number).position(reader.at)
                self.defects.append(Defect(position, "", "this is nested too deeply; make it flatter"))
            else:
                if reader.doubtful:
                    self.defects += json_text.defects(line, number)
                yield Row((number,), value, number)

    def places(self, paths: Collection[Path]) -> Mapping[Path, Place]:
        """See `Document`."""
        by_line: dict[int, list[Path]] = {}
        for path in paths:
            if path and isinstance(path[0], int):
                by_line.setdefault(path[0], []).append(path[1:])
        return {
            (number, *path): place
            for number, inner in by_line.items()
            for path, place in json_text.places(self._lines[number - 1], inner, number).items()
        }

    def show(self, path: Path) -> str:
        """See `Document`; within the line."""
        return shown_path(path[1:])
