"""A set of contacts as its files, or a mapping in Python, declare it."""

import gc
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

import msgspec

from sinch_contacts.core.desired import DesiredContact
from sinch_contacts.sources import files
from sinch_contacts.sources.catalogue import Catalogue
from sinch_contacts.sources.document import MOST_DEFECTS, Document, Fault, Path, Place, Position
from sinch_contacts.sources.judge import Judged, declared_key, judge, judge_head
from sinch_contacts.sources.problems import InvalidContactFiles, Problem
from sinch_contacts.sources.python_mapping import PythonMapping

_IN_PYTHON: Final = "contacts"


class Loaded(msgspec.Struct, frozen=True):
    """What was read.

    Attributes:
        contacts: The desired contacts, sorted by key.
        files: The names of the files, in the order in which they were read.
    """

    contacts: tuple[DesiredContact, ...]
    files: tuple[str, ...]


def load(patterns: Sequence[str], root: pathlib.Path, *, allow_outside: bool = False) -> tuple[DesiredContact, ...]:
    """Reads a set from its files; see `read`.

    Returns:
        The desired contacts, normalised and sorted by key.
    """
    return read(patterns, root, allow_outside=allow_outside).contacts


def read(patterns: Sequence[str], root: pathlib.Path, *, allow_outside: bool = False) -> Loaded:
    """Reads a set from its files.

    Args:
        patterns: Paths or globs of YAML, JSON, JSON Lines and CSV files, relative to the root or absolute.
        root: The project's folder.
        allow_outside: Whether a file may be outside the root, directly or behind a symbolic link.

    Returns:
        The desired contacts, and the files that they come from.

    Raises:
        InvalidContactFiles: Something is wrong with the files; the error holds all problems of all files.
    """
    catalogue = Catalogue()
    problems: list[Problem] = []
    names = []
    with _collection_paused():
        for found in files.find(patterns, root, allow_outside=allow_outside):
            if isinstance(found, Problem):
                problems.append(found)
                continue
            names.append(found.name)
            opened = files.open_document(found)
            problems += [opened] if isinstance(opened, Problem) else _judged(opened, found.name, catalogue)
        return Loaded(_finished(catalogue, problems), tuple(names))


def from_mapping(contacts: Mapping[str, object]) -> tuple[DesiredContact, ...]:
    """Takes a set from a mapping of key to contact, by the same rules as a file's `contacts`.

    Args:
        contacts: Contacts by external id: mappings of plain values, or `Contact` objects.

    Returns:
        The desired contacts, normalised and sorted by key; their file is `contacts` and their line 0.

    Raises:
        InvalidContactFiles: Something is wrong with the contacts; the error holds all problems.
    """
    catalogue = Catalogue()
    with _collection_paused():
        return _finished(catalogue, _judged(PythonMapping(contacts), _IN_PYTHON, catalogue))


def _judged(document: Document, file: str, catalogue: Catalogue) -> list[Problem]:
    """Adds the contacts of a document to the set; returns the document's problems in the order of its lines."""
    head = document.head or {}
    faults = [] if document.head is None else judge_head(head)
    defaults = head.get("defaults")
    if not isinstance(defaults, dict):
        defaults = {}
    for row in document.rows():
        if len(faults) >= MOST_DEFECTS:
            break
        judged = judge(row, defaults)
        faults += catalogue.add(judged, row, file) if isinstance(judged, Judged) else judged
        if not isinstance(judged, Judged) and (key := declared_key(row)):
            faults += catalogue.claim(key, row, file)
    return _problems(document, faults, file)


def _problems(document: Document, faults: Sequence[Fault], file: str) -> list[Problem]:
    defects = document.defects
    problems = {
        Problem(file, found.position.line, found.position.column, found.path, found.message) for found in defects
    }
    if faults:
        misread = {found.position for found in defects if found.position.line}
        places = document.places({path for fault in faults for path in _upwards(fault.path)})
        for fault in faults:
            position = _position(fault, places)
            if position not in misread:
                shown = document.show(fault.path)
                problems.add(Problem(file, position.line, position.column, shown, fault.message))
    told = sorted(problems)[:MOST_DEFECTS]
    if len(told) == MOST_DEFECTS:
        told.append(
            Problem(file, 0, 0, "", f"{MOST_DEFECTS:,} problems are told; mend them to see whether there are more")
        )
    return told


def _position(fault: Fault, places: Mapping[Path, Place]) -> Position:
    """Returns where a fault stands, or what holds it if it is not written in the file itself."""
    for path in _upwards(fault.path):
        if place := places.get(path):
            return place.value if path == fault.path and not fault.at_key else place.key
    return Position()


def _upwards(path: Path) -> Iterator[Path]:
    return (path[:length] for length in range(len(path), -1, -1))


def _finished(catalogue: Catalogue, problems: Sequence[Problem]) -> tuple[DesiredContact, ...]:
    if problems:
        raise InvalidContactFiles(problems)
    return tuple(sorted(catalogue.contacts, key=lambda contact: contact.key))


@contextmanager
def _collection_paused() -> Iterator[None]:
    """Pauses garbage collection: a bulk load makes no garbage, and is up to three times faster without it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
