"""Merges the entries of overlays into a contact, and attributes its issues to the files that caused them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from sinch_contacts.core.contact.contact import Key
from sinch_contacts.sources.document import Row
from sinch_contacts.sources.issues import ValueIssue
from sinch_contacts.sources.loading.opened_file import OpenedFile

_NEEDED: Final = ("channel_identities", "language")
_NO_FIELDS: Final[Mapping[str, object]] = {}


class Layer(msgspec.Struct, frozen=True):
    """The entry of an overlay for one contact.

    Attributes:
        key: The contact's key.
        file: The overlay.
        row: The entry as it is written.
        fields: The new values of fields, `None` for a removed one; `None` as a whole if the contact is removed.
        is_sound: Whether the entry itself has no issue.
    """

    key: Key
    file: OpenedFile
    row: Row
    fields: Mapping[str, object] | None
    is_sound: bool

    def __str__(self) -> str:
        return f"{self.file.name}:{self.row.line}"


class MergedContact(msgspec.Struct, frozen=True):
    """A contact after its layers were merged.

    Attributes:
        row: The result; its path is that of the row that begins it, its line that of the last layer.
        file: The file with the row that begins it: one of the base, or the overlay that adds it.
        own: The fields of that row that no layer changes.
        layers: The last layer that changes each field.
        last: The last layer.
        is_added: Whether an overlay begins it.
        is_sound: Whether no layer has an issue of its own.
    """

    row: Row
    file: OpenedFile
    own: frozenset[str]
    layers: Mapping[str, Layer]
    last: Layer
    is_added: bool
    is_sound: bool

    def report(self, issues: Iterable[ValueIssue]) -> None:
        """Adds each issue to the file with the wrong value; issues of defaults are reported with the defaults."""
        depth = len(self.row.path)
        for issue in issues:
            within = issue.path[depth:]
            layer = self.layers.get(str(within[0])) if within else None
            if layer:
                path = (*layer.row.path, *within)
                layer.file.value_issues.append(msgspec.structs.replace(issue, path=path))
            elif not within or within[0] in self.own:
                self.file.value_issues.append(issue)

    def report_row_issues(self, issues: Iterable[ValueIssue]) -> None:
        """Adds the issues of validating the row; a missing field is reported where a layer removed it."""
        for issue in issues:
            if issue.path != self.row.path:
                self.report([issue])
            elif self.is_sound:
                taken_out = next((name for name in _NEEDED if name in self.layers and name not in self._values), None)
                path = (*issue.path, taken_out) if taken_out else issue.path
                self.report([msgspec.structs.replace(issue, path=path)])

    @property
    def _values(self) -> Mapping[str, object]:
        return self.row.value if isinstance(self.row.value, dict) else _NO_FIELDS


def merge_layers(
    layers: Sequence[Layer], base: Row | None = None, file: OpenedFile | None = None
) -> MergedContact | None:
    """Merges layers into a contact.

    Args:
        layers: At least one layer; later ones win over earlier ones.
        base: The contact, a mapping; `None` if the base has none.
        file: The file of the base.

    Returns:
        The merged contact, or `None` if a layer removes it.
    """
    begun, begins = base, file
    values: dict[str, Any] = {**file.defaults, **_mapping(base)} if base and file else {}
    said: dict[str, Layer] = {}
    for layer in layers:
        if layer.fields is None:
            begun, values, said = None, {}, {}
            continue
        if begun is None:
            begun, begins = msgspec.structs.replace(layer.row, key=layer.row.key or layer.key), layer.file
            values = dict(layer.file.defaults)
        values |= layer.fields
        said |= dict.fromkeys(layer.fields, layer)
    if begun is None or begins is None:
        return None
    row = Row(
        begun.path,
        {name: value for name, value in values.items() if name not in said or value is not None},
        layers[-1].row.line,
        begun.key,
    )
    own = frozenset(_mapping(begun)) - said.keys()
    is_sound = all(layer.is_sound for layer in layers)
    return MergedContact(row, begins, own, said, layers[-1], begun is not base, is_sound)


def _mapping(row: Row) -> Mapping[str, object]:
    return row.value if isinstance(row.value, dict) else _NO_FIELDS
