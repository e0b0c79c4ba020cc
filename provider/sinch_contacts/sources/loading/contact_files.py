"""A set of contacts as its files, or a mapping in Python, declare it."""

import gc
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

import msgspec

from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.sources.formats.python.python_mapping import PythonMapping
from sinch_contacts.sources.issues import MOST_ISSUES, InvalidContactFiles, Issue
from sinch_contacts.sources.loading import files
from sinch_contacts.sources.loading.layers import lay
from sinch_contacts.sources.loading.opened_file import OpenedFile
from sinch_contacts.sources.loading.overlays import Overlays, settle
from sinch_contacts.sources.validation.catalogue import Catalogue
from sinch_contacts.sources.validation.validator import Judged, declared_key, judge

_IN_PYTHON: Final = "contacts"
_BOTH: Final = "this file is an overlay of the same set, too; keep overlays where no pattern of the source finds them"


class Loaded(msgspec.Struct, frozen=True):
    """What was read.

    Attributes:
        contacts: The desired contacts, sorted by key.
        files: The names of the files, in the order in which they were read; overlays are last.
    """

    contacts: tuple[DesiredContact, ...]
    files: tuple[str, ...]


def load(
    patterns: Sequence[str], root: pathlib.Path, *, overlays: Sequence[str] = (), allow_outside: bool = False
) -> tuple[DesiredContact, ...]:
    """Reads a set from its files; see `read`.

    Returns:
        The desired contacts, normalised and sorted by key.
    """
    return read(patterns, root, overlays=overlays, allow_outside=allow_outside).contacts


def read(
    patterns: Sequence[str], root: pathlib.Path, *, overlays: Sequence[str] = (), allow_outside: bool = False
) -> Loaded:
    """Reads a set from its files.

    Args:
        patterns: Paths or globs of YAML, JSON, JSON Lines and CSV files, relative to the root or absolute.
        root: The project's folder.
        overlays: Paths or globs of files that patch the contacts of the others; later ones win over earlier ones.
        allow_outside: Whether a file may be outside the root, directly or behind a symbolic link.

    Returns:
        The desired contacts, and the files that they come from.

    Raises:
        InvalidContactFiles: Something is wrong with the files; the error holds all issues of all files.
    """
    catalogue = Catalogue()
    issues: list[Issue] = []
    names = []
    is_sound = True
    with _collection_paused():
        over = Overlays(overlays, root, allow_outside=allow_outside)
        for found in files.find(patterns, root, allow_outside=allow_outside):
            opened = _opened(found, over)
            if isinstance(opened, Issue):
                issues.append(opened)
                is_sound = False
                continue
            names.append(opened.name)
            issues += _judged(opened, catalogue, over)
            is_sound &= opened.is_sound
        issues += over.finish(catalogue, base_is_sound=is_sound)
        return Loaded(_finished(catalogue, issues), (*names, *(file.name for file in over.files)))


def from_mapping(contacts: Mapping[str, object]) -> tuple[DesiredContact, ...]:
    """Takes a set from a mapping of key to contact, by the same rules as a file's `contacts`.

    Args:
        contacts: Contacts by external id: mappings of plain values, or `Contact` objects.

    Returns:
        The desired contacts, normalised and sorted by key; their file is `contacts` and their line 0.

    Raises:
        InvalidContactFiles: Something is wrong with the contacts; the error holds all issues.
    """
    catalogue = Catalogue()
    with _collection_paused():
        return _finished(catalogue, _judged(OpenedFile(_IN_PYTHON, PythonMapping(contacts)), catalogue))


def _opened(found: files.Found | Issue, overlays: Overlays) -> OpenedFile | Issue:
    if isinstance(found, Issue):
        return found
    if found.path in overlays.paths:
        return Issue(found.name, 0, 0, "", _BOTH)
    opened = files.open_document(found)
    return opened if isinstance(opened, Issue) else OpenedFile(found.name, opened)


def _judged(file: OpenedFile, catalogue: Catalogue, overlays: Overlays | None = None) -> list[Issue]:
    """Adds the contacts of a file to the set; returns the file's issues in the order of its lines."""
    issues, defaults, name = file.value_issues, file.defaults, file.name
    for row in file.document.rows():
        if len(issues) >= MOST_ISSUES:
            break
        if overlays and isinstance(row.value, dict) and (layers := overlays.of(row)):
            if layered := lay(layers, row, file):
                settle(layered, catalogue)
            continue
        judged = judge(row, defaults)
        issues += catalogue.add(judged, row, name) if isinstance(judged, Judged) else judged
        if not isinstance(judged, Judged) and (key := declared_key(row)):
            issues += catalogue.claim(key, row, name)
    return file.issues()


def _finished(catalogue: Catalogue, issues: Sequence[Issue]) -> tuple[DesiredContact, ...]:
    if issues:
        raise InvalidContactFiles(issues)
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
