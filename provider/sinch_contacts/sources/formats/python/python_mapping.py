"""Contacts that a Python program passes as a mapping."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from sinch_contacts.sources.display import shown_path
from sinch_contacts.sources.document import Place, Row
from sinch_contacts.sources.issues import Position, TextIssue, ValuePath


class PythonMapping:
    """A mapping of contacts as a document.

    Attributes:
        head: Always `None`.
        issues: See `Document`.
    """

    def __init__(self, contacts: Mapping[Any, object]) -> None:
        """Takes contacts by key."""
        self._contacts = contacts
        self.head: Mapping[str, object] | None = None
        self.issues: list[TextIssue] = []

    def rows(self) -> Iterator[Row]:
        """See `Document`; contacts may also be `Contact` objects, and lists tuples."""
        for key, value in self._contacts.items():
            if not isinstance(key, str):
                self._add_issue((), f"a key is a text; one is of Python type {type(key).__name__}")
                continue
            try:
                plain = msgspec.to_builtins(value, str_keys=True)
            except (TypeError, ValueError, RecursionError) as error:
                kind = "is nested too deeply" if isinstance(error, RecursionError) else "holds something else"
                self._add_issue((key,), f"this {kind}; use texts, numbers, lists and mappings alone")
            else:
                yield Row((key,), plain, 0, key)

    def places(self, _: object) -> Mapping[ValuePath, Place]:
        """See `Document`: there are no places."""
        return {}

    def show(self, path: ValuePath) -> str:
        """See `Document`."""
        return shown_path(path)

    def _add_issue(self, path: ValuePath, message: str) -> None:
        self.issues.append(TextIssue(Position(), shown_path(path), message))
