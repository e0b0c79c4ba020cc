"""YAML files: a loop over PyYAML's parser events, which carry positions.

PyYAML's own loaders are not used: they take several times as long, let duplicate keys pass, expand aliases, and
silently turn `NO` and `+12025550001` into something else. Plain scalars are read by the rules of YAML 1.2; where YAML
1.1, which many programs still follow, would read something else, the file must use quotes.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from sinch_contacts.sources.display import shown_path
from sinch_contacts.sources.document import MOST_ROWS, TOO_MANY_ROWS, Place, Row
from sinch_contacts.sources.formats.yaml.yaml_scalars import AMBIGUOUS, MAYBE_SPECIAL, resolve_scalar
from sinch_contacts.sources.formats.yaml.yaml_values import DEPTH, Doubtful, Loader, read_quickly
from sinch_contacts.sources.issues import MOST_ISSUES, Position, TextIssue, ValuePath


class _Broken(Exception):
    """The rest of the file cannot be read."""

    def __init__(self, position: Position, message: str) -> None:
        super().__init__(message)
        self.position = position
        self.message = message


class YamlDocument:
    """A YAML file, read on construction.

    Attributes:
        head: See `Document`.
        issues: See `Document`.
    """

    def __init__(self, text: str) -> None:
        """Reads a text without a byte order mark."""
        self._text = text
        self.head: Mapping[str, object] | None
        self.issues: Collection[TextIssue] = ()
        try:
            self.head, self._rows = read_quickly(text)
        except (Doubtful, yaml.YAMLError):
            composer = _Composer(text, frozenset())
            self.head, self.issues, self._rows = composer.document(), composer.issues, composer.rows

    def rows(self) -> Iterator[Row]:
        """See `Document`."""
        yield from self._rows

    def places(self, paths: Collection[ValuePath]) -> Mapping[ValuePath, Place]:
        """See `Document`; the text is read a second time."""
        composer = _Composer(self._text, frozenset(paths))
        composer.document()
        return composer.places

    def show(self, path: ValuePath) -> str:
        """See `Document`."""
        return shown_path(path)


class _Composer:
    """Builds values from parser events, and records the places of the wanted ones."""

    def __init__(self, text: str, wanted: frozenset[ValuePath]) -> None:
        self.issues: list[TextIssue] = []
        self.rows: list[Row] = []
        self.places: dict[ValuePath, Place] = {}
        self._text = text
        self._wanted = wanted

    def document(self) -> Mapping[str, object] | None:
        """Reads the whole text; returns the fields beside the rows, or `None` if it cannot be read."""
        try:
            loader = Loader(self._text)
            self._next = loader.get_event
            try:
                return self._whole()
            finally:
                loader.dispose()
        except _Broken as broken:
            self.issues.append(TextIssue(broken.position, "", broken.message))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self.issues.append(
                TextIssue(_mark_position(mark), "", f"this is not valid YAML: {error.problem or error.context}")
            )
        except yaml.reader.ReaderError:
            self.issues.append(TextIssue(_unprintable(self._text), "", "this character is not allowed; take it out"))
        self.rows.clear()
        return None

    def _whole(self) -> Mapping[str, object] | None:
        self._next()
        event = self._next()
        if isinstance(event, StreamEndEvent):
            raise _Broken(Position(1, 1), 'the file is empty; write "contacts: {}" for no contacts')
        top = self._next()
        if not isinstance(top, MappingStartEvent):
            raise _Broken(_start(top), 'the file must begin with fields; put the contacts under "contacts:"')
        self._note(top, ())
        head = {}
        for key, value in self._entries(()):
            head[key] = self._contacts(value) if key == "contacts" else self._value(value, (key,))
        self._next()
        if isinstance(event := self._next(), DocumentStartEvent):
            raise _Broken(_start(event), "this begins a second document; keep one document a file")
        return head

    def _contacts(self, event: Event) -> object:
        if isinstance(event, MappingStartEvent):
            self._note(event, ("contacts",))
            for key, value in self._entries(("contacts",)):
                line = self._key_mark.line + 1
                self._add(Row(("contacts", key), self._value(value, ("contacts", key)), line, key))
            return {}
        if isinstance(event, SequenceStartEvent):
            self._note(event, ("contacts",))
            for number, item in enumerate(self._items()):
                line = item.start_mark.line + 1
                self._add(Row(("contacts", number), self._value(item, ("contacts", number)), line))
            return []
        return self._value(event, ("contacts",))

    def _add(self, row: Row) -> None:
        self.rows.append(row)
        if len(self.rows) > MOST_ROWS:
            raise _Broken(Position(row.line, 1), TOO_MANY_ROWS)

    def _note(self, event: Event, path: ValuePath) -> None:
        self._check(event, path)
        if path in self._wanted:
            start = _start(event)
            self.places[path] = Place(self.places[path].key if path in self.places else start, start)

    def _value(self, event: Any, path: ValuePath) -> object:
        if self._wanted or event.anchor is not None or event.tag is not None:
            self._note(event, path)
        if type(event) is ScalarEvent:
            text = event.value
            special = text[:1] in MAYBE_SPECIAL
            return self._plain(event, path) if special and event.implicit[0] else text
        if type(event) is AliasEvent:
            return None
        if len(path) > DEPTH:
            raise _Broken(_start(event), f"this is nested deeper than {DEPTH} levels; make it flatter")
        if type(event) is MappingStartEvent:
            return {key: self._value(value, (*path, key)) for key, value in self._entries(path)}
        return [self._value(item, (*path, number)) for number, item in enumerate(self._items())]

    def _items(self) -> Iterator[Any]:
        while type(event := self._next()) is not SequenceEndEvent:
            yield event

    def _entries(self, path: ValuePath) -> Iterator[tuple[str, Event]]:
        """Yields the entries of a mapping; the caller reads each value before it asks for the next entry."""
        seen: dict[str, Any] = {}
        while type(event := self._next()) is not MappingEndEvent:
            mark = event.start_mark
            key = self._key(event, path)
            value = self._next()
            if key is None:
                self._value(value, (*path, "?"))
            elif key in seen:
                first = seen[key].line + 1
                self._add_issue(event, (*path, key), f"this key is here a second time, first on line {first}; keep one")
                self._value(value, (*path, key))
            else:
                seen[key] = self._key_mark = mark
                if self._wanted and (*path, key) in self._wanted:
                    self.places[(*path, key)] = Place(_start(event), _start(value))
                yield key, value

    def _key(self, event: Any, path: ValuePath) -> str | None:
        if type(event) is not ScalarEvent:
            self._value(event, (*path, "?"))
            self._add_issue(event, path, "a key is a text; this is something else")
            return None
        if event.anchor is not None or event.tag is not None:
            self._check(event, path)
        text: str = event.value
        if text[:1] in MAYBE_SPECIAL and event.implicit[0] and resolve_scalar(text) is not text:
            self._add_issue(event, path, "this key is not read as a text by every YAML program; put it in quotes")
        return text

    def _plain(self, event: Any, path: ValuePath) -> object:
        text: str = event.value
        if (value := resolve_scalar(text)) is not AMBIGUOUS:
            return value
        shown = f'"{text}"' if text.isalpha() else "this"
        message = f"{shown} without quotes means different things to different YAML programs; put it in quotes"
        self._add_issue(event, path, message)
        return text

    def _check(self, event: Any, path: ValuePath) -> None:
        if type(event) is AliasEvent:
            self._add_issue(event, path, "aliases are not read; write the value out")
        elif event.anchor is not None:
            self._add_issue(event, path, "anchors are not read; write the value without one, and use defaults to share")
        elif event.tag is not None:
            self._add_issue(event, path, "tags are not read; write the value without one")

    def _add_issue(self, event: Event, path: ValuePath, message: str) -> None:
        self.issues.append(TextIssue(_start(event), shown_path(path), message))
        if len(self.issues) >= MOST_ISSUES:
            raise _Broken(_start(event), "the problems are too many; the rest of the file was not read")


def _mark_position(mark: Any) -> Position:
    return Position(mark.line + 1, mark.column + 1)


def _start(event: Event) -> Position:
    return _mark_position(event.start_mark)


def _unprintable(text: str) -> Position:
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    at = found.start() if found else 0
    return Position(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
