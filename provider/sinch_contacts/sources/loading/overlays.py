"""Overlays: contact files that hold the differences of one environment.

An entry of an overlay replaces whole fields of the contact with its key, or adds a contact; `null` removes a field, or
the contact. Later overlays win over earlier ones. The result is validated like any contact, and each issue is reported
where the wrong value is written.
"""

import pathlib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

import msgspec

from sinch_contacts.core.contact.contact import Key
from sinch_contacts.sources.display import masked_key
from sinch_contacts.sources.document import Row
from sinch_contacts.sources.issues import MOST_ISSUES, Issue, ValueIssue
from sinch_contacts.sources.loading import files
from sinch_contacts.sources.loading.layers import Layer, MergedContact, merge_layers
from sinch_contacts.sources.loading.opened_file import OpenedFile
from sinch_contacts.sources.validation.catalogue import Catalogue
from sinch_contacts.sources.validation.validator import ValidContact, validate, validate_patch, written_key

_KEY: Final = "external_id"
_TAKEN_OUT: Final = "an earlier overlay takes the contact out, so this adds it anew"
_ALREADY: Final = "this file belongs to an earlier overlay already; name it once"
_COMPARED: Final = 50_000
"""The most comparisons of keys in search of a mistyped one; they take a second or two."""


class Overlays:
    """The overlays of a set, in order.

    Attributes:
        files: The files, in the order in which they were read.
        paths: Their paths.
    """

    def __init__(self, patterns: Sequence[str], root: pathlib.Path, *, allow_outside: bool) -> None:
        """Reads the overlays; each pattern is one."""
        self.files: list[OpenedFile] = []
        self.paths: set[pathlib.Path] = set()
        self._issues: list[Issue] = []
        self._layers: dict[Key, list[Layer]] = {}
        self._met: set[Key] = set()
        for pattern in patterns:
            self._read(list(files.find_files([pattern], root, allow_outside=allow_outside)))

    def layers_for(self, row: Row) -> Sequence[Layer]:
        """Returns the layers for a contact of the base, and records that the base has it."""
        if not self._layers or (key := written_key(row)) is None:
            return ()
        found = self._layers.get(key, ())
        if found:
            self._met.add(key)
        return found

    def add_new_contacts(self, catalogue: Catalogue, *, base_is_sound: bool) -> list[Issue]:
        """Adds the contacts that the base does not have.

        Args:
            catalogue: The contacts of the base, patched.
            base_is_sound: Whether the whole base could be read; if not, no contact counts as new.

        Returns:
            All issues of all overlays.
        """
        new = [layers for key, layers in self._layers.items() if key not in self._met] if base_is_sound else []
        known = list(catalogue.keys)
        for number, layers in enumerate(new, 1):
            added = merge_layers(layers)
            hint = _key_hint(layers[0].key, known) if number * len(known) <= _COMPARED else ""
            unknown = f"no contact of the base has this key{hint}"
            if added:
                add_to_set(added, catalogue, unknown)
            elif all(layer.fields is None for layer in layers):
                layer = layers[-1]
                layer.file.value_issues.append(
                    ValueIssue(layer.row.path, f"there is nothing to take out: {unknown}", at_key=True)
                )
        return [*self._issues, *(issue for file in self.files for issue in file.issues())]

    def _read(self, overlay: Sequence[files.FoundFile | Issue]) -> None:
        layers: dict[Key, list[Layer]] = {}
        for found in overlay:
            opened = self._opened(found)
            if isinstance(opened, Issue):
                self._issues.append(opened)
                continue
            self.files.append(opened)
            for layer in _layers(opened):
                earlier = layers.setdefault(layer.key, [])
                clashes = list(_clashes(layer, earlier))
                opened.value_issues += clashes
                earlier.append(msgspec.structs.replace(layer, is_sound=layer.is_sound and not clashes))
        for key, those in layers.items():
            self._layers.setdefault(key, []).extend(those)

    def _opened(self, found: files.FoundFile | Issue) -> OpenedFile | Issue:
        if isinstance(found, Issue):
            return found
        if found.path in self.paths:
            return Issue(found.name, 0, 0, "", _ALREADY)
        self.paths.add(found.path)
        opened = files.open_document(found)
        return opened if isinstance(opened, Issue) else OpenedFile(found.name, opened)


def add_to_set(merged: MergedContact, catalogue: Catalogue, why_added: str = _TAKEN_OUT) -> None:
    """Validates a merged contact, and adds it to the set or reports its issues.

    Args:
        merged: The contact.
        catalogue: The set.
        why_added: Why a contact that an overlay begins counts as new; reported with the fields that it lacks.
    """
    row, file = merged.row, merged.last.file.name
    outcome = validate(row)
    if isinstance(outcome, ValidContact):
        merged.report(catalogue.add(outcome, row, file))
        return
    if merged.is_added:
        outcome = [
            msgspec.structs.replace(issue, message=f"{issue.message} ({why_added})")
            if issue.path == row.path
            else issue
            for issue in outcome
        ]
    merged.report_row_issues(outcome)
    if key := written_key(row):
        merged.report(catalogue.claim(key, row, file))


def _layers(file: OpenedFile) -> Iterator[Layer]:
    for row in file.document.rows():
        if len(file.value_issues) >= MOST_ISSUES:
            return
        if row.key is not None and row.value is None:
            issues: list[ValueIssue] = []
        else:
            issues = validate_patch(row)
        file.value_issues += issues
        if key := written_key(row):
            yield Layer(key, file, row, _patched_fields(row), not issues)
        elif isinstance(row.value, Mapping) or row.key is not None:
            message = "this has no key, which says whose patch it is; write the contact's external id"
            file.value_issues.append(ValueIssue(row.path, message, at_key=True))


def _key_hint(key: Key, known: Sequence[str]) -> str:
    near = get_close_matches(key, known, n=1)
    return f"; did you mean {near[0]}?" if near and masked_key(near[0]) == near[0] else ""


def _patched_fields(row: Row) -> Mapping[str, object] | None:
    if row.value is None:
        return None
    return {name: value for name, value in row.value.items() if name != _KEY} if isinstance(row.value, dict) else {}


def _clashes(layer: Layer, earlier: Sequence[Layer]) -> Iterator[ValueIssue]:
    """Yields the conflicts of an entry with others of the same overlay, whose files have no order."""
    row = layer.row
    for other in earlier:
        if other.file is layer.file:
            yield ValueIssue(
                row.path, f"this is the same key as on line {other.row.line}; keep one of the two", at_key=True
            )
        elif layer.fields is None or other.fields is None:
            if layer.fields is not other.fields:
                yield ValueIssue(row.path, f"{other} says otherwise of this contact; {_ONE}", at_key=True)
        else:
            for name in sorted(layer.fields.keys() & other.fields.keys()):
                yield ValueIssue((*row.path, name), f"{other} says something of this field, too; {_ONE}", at_key=True)


_ONE: Final = "keep one of the two, or name the files one by one in the order in which they apply"
