"""Finds the files that a set's patterns match, and opens each as a document of its format."""

import glob
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from sinch_contacts.core.contact.showing import shown_text
from sinch_contacts.sources.document import Document
from sinch_contacts.sources.formats.registry import FORMATS, MEBIBYTE, Format
from sinch_contacts.sources.formats.text_lines import Unreadable
from sinch_contacts.sources.issues import Issue
from sinch_contacts.sources.loading.patterns import is_outside, matches

_NO_FILE: Final = "this is no ordinary file; correct the path"
_OUTSIDE: Final = "the file is outside the project's folder; move it there, or set allow_outside"


class FoundFile(msgspec.Struct, frozen=True):
    """A file of a set.

    Attributes:
        path: Its path, with all symbolic links resolved.
        form: Its format.
        name: Its name in messages: the path from the root, if it is inside.
    """

    path: Path
    form: Format
    name: str


def find_files(patterns: Sequence[str], root: Path, *, allow_outside: bool) -> Iterator[FoundFile | Issue]:
    """Finds the files that patterns match, each once, in the order of the patterns and then of names.

    Args:
        patterns: Paths or globs, relative to the root or absolute.
        root: The folder that must hold the files.
        allow_outside: Whether a file may also be outside the root.

    Yields:
        Each file, and an issue for each pattern without a file and each match that is no contact file.
    """
    seen: set[Path] = set()
    for pattern in patterns:
        if not allow_outside and is_outside(pattern, root):
            yield Issue(_name(Path(root, pattern), root), 0, 0, "", _OUTSIDE)
            continue
        try:
            found = matches(pattern, root)
        except ValueError:  # a null character
            found = []
        if not found:
            what = "no file matches this" if glob.has_magic(pattern) else "there is no such file"
            yield Issue(
                shown_text(pattern), 0, 0, "", f"{what}; correct the path, which begins at the project's folder"
            )
        for match in found:
            path = Path(root, match)
            name = _name(path, root)
            real = Path(os.path.realpath(path))  # resolve() fails on links that go in a circle
            if real in seen:
                continue
            seen.add(real)
            message = _file_issue(path, real, root, allow_outside=allow_outside)
            yield Issue(name, 0, 0, "", message) if message else FoundFile(real, FORMATS[path.suffix.lower()], name)


def open_document(found: FoundFile) -> Document | Issue:
    """Reads and decodes a file; issues of its text are in the document."""
    most = found.form.size
    try:
        # Waits for no other end of a pipe, and refuses a link that was made after the path was resolved.
        with os.fdopen(os.open(found.path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                return Issue(found.name, 0, 0, "", _NO_FILE)
            content = b"" if status.st_size > most else file.read(most + 1)
    except OSError as error:
        return Issue(found.name, 0, 0, "", f"the file cannot be read ({error.strerror}); correct that")
    if (size := max(status.st_size, len(content))) > most:
        shown, allowed = size // MEBIBYTE, most // MEBIBYTE
        message = f"the file has {shown:,} MiB, and {allowed:,} are allowed; split it, or use JSON Lines"
        return Issue(found.name, 0, 0, "", message)
    try:
        return found.form.open(content)
    except Unreadable as error:
        place = error.issue.position
        return Issue(found.name, place.line, place.column, "", error.issue.message)


def _file_issue(path: Path, real: Path, root: Path, *, allow_outside: bool) -> str:
    if not allow_outside and not real.is_relative_to(root.resolve()):
        return _OUTSIDE
    if path.is_dir():
        return "this is a folder; write a pattern such as contacts/*.yaml"
    if not path.is_file():
        return _NO_FILE
    if path.suffix.lower() not in FORMATS:
        return f"the ending of this file is unknown; use one of {', '.join(FORMATS)}"
    return ""


def _name(path: Path, root: Path) -> str:
    absolute = Path(os.path.normpath(path.absolute()))
    base = Path(os.path.normpath(root.absolute()))
    return shown_text((absolute.relative_to(base) if absolute.is_relative_to(base) else absolute).as_posix())
