"""Loads the desired contacts of a set from its files, or from a mapping in Python."""

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
from sinch_contacts.sources.loading.layers import merge_layers
from sinch_contacts.sources.loading.opened_file import OpenedFile
from sinch_contacts.sources.loading.overlays import Overlays, add_to_set
from sinch_contacts.sources.validation.catalogue import Catalogue
from sinch_contacts.sources.validation.validator import ValidContact, validate, written_key

_IN_PYTHON: Final = "contacts"
_BOTH: Final = "this file is an overlay of the same set, too; keep overlays where no pattern of the source finds them"


class Loaded(msgspec.Struct, frozen=True):
    """The result of reading a set.

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
        for found in files.find_files(patterns, root, allow_outside=allow_outside):
            opened = _open(found, over)
            if isinstance(opened, Issue):
                issues.append(opened)
                is_sound = False
                continue
            names.append(opened.name)
            issues += _add_file(opened, catalogue, over)
            is_sound &= opened.is_sound
        issues += over.add_new_contacts(catalogue, base_is_sound=is_sound)
        return Loaded(_contacts_or_raise(catalogue, issues), (*names, *(file.name for file in over.files)))


def from_mapping(contacts: Mapping[str, object]) -> tuple[DesiredContact, ...]:
    """Loads a set from a mapping of key to contact, by the same rules as a file's `contacts`.

    Args:
        contacts: Contacts by external id: mappings of plain values, or `Contact` objects.

    Returns:
        The desired contacts, normalised and sorted by key; their file is `contacts` and their line 0.

    Raises:
        InvalidContactFiles: Something is wrong with the contacts; the error holds all issues.
    """
    catalogue = Catalogue()
    with _collection_paused():
        return _contacts_or_raise(catalogue, _add_file(OpenedFile(_IN_PYTHON, PythonMapping(contacts)), catalogue))


def _open(found: files.FoundFile | Issue, overlays: Overlays) -> OpenedFile | Issue:
    if isinstance(found, Issue):
        return found
    if found.path in overlays.paths:
        return Issue(found.name, 0, 0, "", _BOTH)
    opened = files.open_document(found)
    return opened if isinstance(opened, Issue) else OpenedFile(found.name, opened)


def _add_file(file: OpenedFile, catalogue: Catalogue, overlays: Overlays | None = None) -> list[Issue]:
    """Adds the contacts of a file to the set; returns the file's issues in the order of its lines."""
    issues, defaults, name = file.value_issues, file.defaults, file.name
    for row in file.document.rows():
        if len(issues) >= MOST_ISSUES:
            break
        if overlays and isinstance(row.value, dict) and (layers := overlays.layers_for(row)):
            if merged := merge_layers(layers, row, file):
                add_to_set(merged, catalogue)
            continue
        outcome = validate(row, defaults)
        issues += catalogue.add(outcome, row, name) if isinstance(outcome, ValidContact) else outcome
        if not isinstance(outcome, ValidContact) and (key := written_key(row)):
            issues += catalogue.claim(key, row, name)
    return file.issues()


def _contacts_or_raise(catalogue: Catalogue, issues: Sequence[Issue]) -> tuple[DesiredContact, ...]:
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
