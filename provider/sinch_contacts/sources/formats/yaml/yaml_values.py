"""The quick way through a valid YAML file: reads values and lines, and no other positions.

It accepts only what the careful way in `yaml_document` accepts without an issue, and gives up on everything else:
such a file is read a second time, with care, to find what is wrong, and where.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import yaml
from yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from sinch_contacts.sources.document import MOST_ROWS, Row
from sinch_contacts.sources.formats.yaml.yaml_scalars import AMBIGUOUS, MAYBE_SPECIAL, resolve_scalar

Loader: Final[Any] = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
DEPTH: Final = 32
"""The most levels that values may be nested in."""

_Next = Callable[[], Any]
_CONTACTS: Final = "contacts"


class Doubtful(Exception):
    """The text holds something that the quick way does not accept."""


def read_quickly(text: str) -> tuple[Mapping[str, object], list[Row]]:
    """Reads the text of a valid file.

    Returns:
        The fields beside the rows, and the rows.

    Raises:
        Doubtful: The text may be invalid.
        yaml.YAMLError: The text is not YAML.
    """
    loader = Loader(text)
    try:
        return _document(loader.get_event)
    finally:
        loader.dispose()


def _document(take: _Next) -> tuple[Mapping[str, object], list[Row]]:
    take()
    if type(take()) is StreamEndEvent:
        raise Doubtful
    top = take()
    if type(top) is not MappingStartEvent or _is_marked(top):
        raise Doubtful
    head: dict[str, object] = {}
    rows: list[Row] = []
    while type(event := take()) is not MappingEndEvent:
        key = _key(event, head)
        head[key] = _contacts(take, take(), rows) if key == _CONTACTS else _value(take, take(), 1)
    take()
    if type(take()) is DocumentStartEvent:
        raise Doubtful
    return head, rows


def _contacts(take: _Next, top: Any, rows: list[Row]) -> object:
    kind = type(top)
    if kind is MappingStartEvent and not _is_marked(top):
        seen: set[str] = set()
        while type(event := take()) is not MappingEndEvent:
            key = _key(event, seen)
            seen.add(key)
            _add(rows, Row((_CONTACTS, key), _value(take, take(), 2), event.start_mark.line + 1, key))
        return {}
    if kind is SequenceStartEvent and not _is_marked(top):
        while type(event := take()) is not SequenceEndEvent:
            line = event.start_mark.line + 1
            _add(rows, Row((_CONTACTS, len(rows)), _value(take, event, 2), line))
        return []
    return _value(take, top, 1)


def _add(rows: list[Row], row: Row) -> None:
    rows.append(row)
    if len(rows) > MOST_ROWS:
        raise Doubtful


def _value(take: _Next, event: Any, depth: int) -> object:
    kind = type(event)
    if event.anchor is not None or event.tag is not None:
        raise Doubtful
    if kind is ScalarEvent:
        text = event.value
        return _plain(text) if text[:1] in MAYBE_SPECIAL and event.implicit[0] else text
    if depth > DEPTH:
        raise Doubtful
    if kind is SequenceStartEvent:
        items: list[object] = []
        while type(event := take()) is not SequenceEndEvent:
            items.append(_value(take, event, depth + 1))
        return items
    found: dict[str, object] = {}
    while type(event := take()) is not MappingEndEvent:
        key = _key(event, found)
        found[key] = _value(take, take(), depth + 1)
    return found


def _key(event: Any, seen: Mapping[str, object] | set[str]) -> str:
    if type(event) is not ScalarEvent or _is_marked(event):
        raise Doubtful
    text: str = event.value
    if text in seen or (text[:1] in MAYBE_SPECIAL and event.implicit[0] and resolve_scalar(text) is not text):
        raise Doubtful
    return text


def _plain(text: str) -> object:
    value = resolve_scalar(text)
    if value is AMBIGUOUS:
        raise Doubtful
    return value


def _is_marked(event: Any) -> bool:
    return event.anchor is not None or event.tag is not None
