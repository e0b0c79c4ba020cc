"""A contact file that was opened, and what is found wrong with it."""

from collections.abc import Iterator, Mapping

from sinch_contacts.sources.document import MOST_DEFECTS, Document, Fault, Path, Place, Position
from sinch_contacts.sources.issues import Problem
from sinch_contacts.sources.validation.validator import judge_head


class OpenedFile:
    """A contact file whose rows are being judged.

    Attributes:
        name: What messages call it.
        document: Its content.
        defaults: Fields that each of its contacts has unless it names them itself.
        faults: What was found wrong with its values so far.
    """

    def __init__(self, name: str, document: Document) -> None:
        """Judges the fields beside the contacts."""
        head = document.head or {}
        defaults = head.get("defaults")
        self.name = name
        self.document = document
        self.defaults: Mapping[str, object] = defaults if isinstance(defaults, dict) else {}
        self.faults: list[Fault] = [] if document.head is None else judge_head(head)

    @property
    def is_sound(self) -> bool:
        """Whether its text could be read whole; known when all rows have been read."""
        return not self.document.defects and len(self.faults) < MOST_DEFECTS

    def problems(self) -> list[Problem]:
        """Returns what is wrong with the file, in the order of its lines."""
        defects = self.document.defects
        problems = {
            Problem(self.name, found.position.line, found.position.column, found.path, found.message)
            for found in defects
        }
        if self.faults:
            misread = {found.position for found in defects if found.position.line}
            places = self.document.places({path for fault in self.faults for path in _upwards(fault.path)})
            for fault in self.faults:
                position = _position(fault, places)
                if position not in misread:
                    shown = self.document.show(fault.path)
                    problems.add(Problem(self.name, position.line, position.column, shown, fault.message))
        told = sorted(problems)[:MOST_DEFECTS]
        if len(told) == MOST_DEFECTS:
            message = f"{MOST_DEFECTS:,} problems are told; mend them to see whether there are more"
            told.append(Problem(self.name, 0, 0, "", message))
        return told


def _position(fault: Fault, places: Mapping[Path, Place]) -> Position:
    """Returns where a fault stands, or what holds it if it is not written in the file itself."""
    for path in _upwards(fault.path):
        if place := places.get(path):
            return place.value if path == fault.path and not fault.at_key else place.key
    return Position()


def _upwards(path: Path) -> Iterator[Path]:
    return (path[:length] for length in range(len(path), -1, -1))
