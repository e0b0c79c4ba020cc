"""Files: which ones a set's patterns mean, and opening each as a document of its format."""

import glob
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from sinch_contacts.sources.csv_table import CsvTable
from sinch_contacts.sources.display import shown_text
from sinch_contacts.sources.document import Document
from sinch_contacts.sources.json_document import JsonDocument
from sinch_contacts.sources.json_lines import JsonLines
from sinch_contacts.sources.problems import Problem
from sinch_contacts.sources.yaml_document import YamlDocument

MEBIBYTE: Final = 1 << 20
_WHOLE: Final = 64 * MEBIBYTE
_BY_LINE: Final = 1024 * MEBIBYTE


class _Format(msgspec.Struct, frozen=True):
    open: Callable[[str], Document]
    size: int


_YAML: Final = _Format(YamlDocument, _WHOLE)
_JSON_LINES: Final = _Format(JsonLines, _BY_LINE)
FORMATS: Final[Mapping[str, _Format]] = {
    ".yaml": _YAML,
    ".yml": _YAML,
    ".json": _Format(JsonDocument, _WHOLE),
    ".jsonl": _JSON_LINES,
    ".ndjson": _JSON_LINES,
    ".csv": _Format(CsvTable, _BY_LINE),
}
"""The formats by the endings of their files, and the bytes that a file may have."""


class Found(msgspec.Struct, frozen=True):
    """A file of a set.

    Attributes:
        path: Where it is.
        name: What messages call it: its way from the root, if it is there.
    """

    path: Path
    name: str


def find(patterns: Sequence[str], root: Path, *, allow_outside: bool) -> Iterator[Found | Problem]:
    """Finds the files that patterns mean, each once, those of a pattern in the order of their names.

    Args:
        patterns: Paths or globs, relative to the root or absolute.
        root: The folder that the files belong in.
        allow_outside: Whether a file may also be somewhere else.

    Yields:
        Files, and a problem for each pattern or file that is none.
    """
    seen: set[Path] = set()
    for pattern in patterns:
        try:
            matches = _matches(pattern, root)
        except ValueError:  # a null character
            matches = []
        if not matches:
            what = "no file matches this" if glob.has_magic(pattern) else "there is no such file"
            yield Problem(
                shown_text(pattern), 0, 0, "", f"{what}; correct the path, which begins at the project's folder"
            )
        for match in matches:
            path = Path(root, match)
            name = _name(path, root)
            real = Path(os.path.realpath(path))  # resolve() fails on links that go in a circle
            if real in seen:
                continue
            seen.add(real)
            flaw = _flaw(path, real, root, allow_outside=allow_outside)
            yield Problem(name, 0, 0, "", flaw) if flaw else Found(path, name)


def open_document(found: Found) -> Document | Problem:
    """Reads and decodes a file; what its format has to say of it is in the document."""
    form = FORMATS[found.path.suffix.lower()]
    try:
        size = found.path.stat().st_size
        if size > form.size:
            most = form.size // MEBIBYTE
            message = f"the file has {size // MEBIBYTE:,} MiB, and {most:,} are allowed; split it, or use JSON Lines"
            return Problem(found.name, 0, 0, "", message)
        content = found.path.read_bytes()
    except OSError as error:
        return Problem(found.name, 0, 0, "", f"the file cannot be read ({error.strerror}); correct that")
    try:
        return form.open(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        # The decoder counts from behind a byte order mark.
        before = error.object[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        return Problem(found.name, line, column, "", "this is not UTF-8; save the file in that encoding")


def _matches(pattern: str, root: Path) -> list[str]:
    if os.path.lexists(Path(root, pattern)):
        return [pattern]
    return sorted(glob.glob(pattern, root_dir=root, recursive=True))  # noqa: PTH207  # patterns may be absolute


def _flaw(path: Path, real: Path, root: Path, *, allow_outside: bool) -> str:
    if not allow_outside and not real.is_relative_to(root.resolve()):
        return "the file is outside the project's folder; move it there"
    if path.is_dir():
        return "this is a folder; write a pattern such as contacts/*.yaml"
    if not path.is_file():
        return "this is no ordinary file; correct the path"
    if path.suffix.lower() not in FORMATS:
        return f"the ending of this file is unknown; use one of {', '.join(FORMATS)}"
    return ""


def _name(path: Path, root: Path) -> str:
    absolute = Path(os.path.normpath(path.absolute()))
    base = Path(os.path.normpath(root.absolute()))
    return shown_text((absolute.relative_to(base) if absolute.is_relative_to(base) else absolute).as_posix())
