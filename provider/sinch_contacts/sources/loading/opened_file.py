"""A contact file that was opened, and its issues."""

from collections.abc import Iterator, Mapping

from sinch_contacts.sources.document import Document, Place
from sinch_contacts.sources.issues import MOST_ISSUES, Issue, Position, ValueIssue, ValuePath
from sinch_contacts.sources.validation.validator import validate_head


class OpenedFile:
    """A contact file whose rows are being validated.

    Attributes:
        name: Its name in messages.
        document: Its content.
        defaults: The fields of each contact that does not set them itself.
        value_issues: The issues of its values so far.
    """

    def __init__(self, name: str, document: Document) -> None:
        """Validates the fields beside the contacts."""
        head = document.head or {}
        defaults = head.get("defaults")
        self.name = name
        self.document = document
        self.defaults: Mapping[str, object] = defaults if isinstance(defaults, dict) else {}
        self.value_issues: list[ValueIssue] = [] if document.head is None else validate_head(head)

    @property
    def is_sound(self) -> bool:
        """Whether its text could be read as a whole; known once all rows have been read."""
        return not self.document.issues and len(self.value_issues) < MOST_ISSUES

    def issues(self) -> list[Issue]:
        """Returns all issues of the file, in the order of its lines."""
        text_issues = self.document.issues
        issues = {
            Issue(self.name, found.position.line, found.position.column, found.path, found.message)
            for found in text_issues
        }
        if self.value_issues:
            misread = {found.position for found in text_issues if found.position.line}
            places = self.document.places({path for issue in self.value_issues for path in _upwards(issue.path)})
            for issue in self.value_issues:
                position = _issue_position(issue, places)
                if position not in misread:
                    shown = self.document.show(issue.path)
                    issues.add(Issue(self.name, position.line, position.column, shown, issue.message))
        told = sorted(issues)[:MOST_ISSUES]
        if len(told) == MOST_ISSUES:
            message = f"{MOST_ISSUES:,} problems are told; mend them to see whether there are more"
            told.append(Issue(self.name, 0, 0, "", message))
        return told


def _issue_position(issue: ValueIssue, places: Mapping[ValuePath, Place]) -> Position:
    """Returns the position of an issue; that of the nearest enclosing value if its own is not in the file."""
    for path in _upwards(issue.path):
        if place := places.get(path):
            return place.value if path == issue.path and not issue.at_key else place.key
    return Position()


def _upwards(path: ValuePath) -> Iterator[ValuePath]:
    return (path[:length] for length in range(len(path), -1, -1))
