"""Expands patterns into files, without leaving the folder or following cycles of links."""

import glob
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_ANY_DEPTH: Final = "**"


def matches(pattern: str, root: Path) -> list[str]:
    """Returns the sorted matches of a pattern; a path that exists matches itself, even if it holds wildcards.

    `**` matches any number of folders. It follows no symbolic links, which may form a cycle or lead to a whole disk,
    and enters no hidden folders.

    Raises:
        ValueError: The pattern holds a null character.
    """
    if os.path.lexists(Path(root, pattern)):
        return [pattern]
    return sorted(_expanded(Path(pattern).parts, root))


def is_outside(pattern: str, root: Path) -> bool:
    """Whether a pattern leads outside the root; decided by its text, without looking into folders."""
    base = os.path.abspath(root)  # noqa: PTH100  # resolve() would follow links
    path = Path(os.path.normpath(os.path.join(base, pattern)))  # noqa: PTH118  # likewise
    return not any(path.is_relative_to(folder) for folder in (base, os.path.realpath(base)))


def _expanded(parts: Sequence[str], root: Path) -> set[str]:
    if _ANY_DEPTH not in parts:
        return set(_globbed(os.path.join(*parts), root)) if parts else set()  # noqa: PTH118  # stays relative
    at = parts.index(_ANY_DEPTH)
    tops = {""} if at == 0 else _globbed(os.path.join(*parts[:at]), root)  # noqa: PTH118  # likewise
    rest = [part for index, part in enumerate(parts[at:], at) if part != _ANY_DEPTH or parts[index - 1] != part][1:]
    folders = {folder for top in tops for folder in _folders(top, root)}
    found = {os.path.join(folder, match) for folder in folders for match in _expanded(rest, root / folder)}  # noqa: PTH118
    return found if rest else folders - {""}


def _globbed(pattern: str, root: Path) -> set[str]:
    return set(glob.glob(pattern, root_dir=root))  # noqa: PTH207  # patterns may be absolute


def _folders(top: str, root: Path) -> set[str]:
    """Returns a folder and all folders within it, as paths that begin like the given one."""
    found = set()
    for folder, within, _ in os.walk(root / top):
        within[:] = [name for name in within if not name.startswith(".")]
        found.add(os.path.normpath(os.path.join(top, os.path.relpath(folder, root / top))))  # noqa: PTH118
    return {"" if folder == "." else folder for folder in found}
