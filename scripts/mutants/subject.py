"""A module under test and its mutants, each with a name that stays when lines are added above it."""

import ast
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import msgspec

from mutants.operators import Place, changes, members_of, places


class Mutant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A module that is changed in one place.

    Attributes:
        module: The module.
        function: The function or class in which it is changed; empty for the module itself.
        line: The text of the line before the change.
        operator: What kind of change it is.
        change: What is changed; numbered where such a line allows it more than once.
    """

    module: str
    function: str
    line: str
    operator: str
    change: str


class Subject(msgspec.Struct, frozen=True):
    """A module under test.

    Attributes:
        module: Its name.
        path: Its file.
        tree: Its syntax tree.
        mutants: Its mutants, each with what makes the tree that of the mutant.
    """

    module: str
    path: Path
    tree: ast.Module
    mutants: Mapping[Mutant, Callable[[], None]]


def subject_of(module: str, path: Path) -> Subject:
    """Finds the mutants of a module."""
    source = path.read_text(encoding="utf-8")
    tree, lines = ast.parse(source), source.splitlines()
    for text in ast.walk(tree):
        if isinstance(text, ast.JoinedStr):
            for part in ast.walk(text):
                vars(part)["lineno"] = text.lineno  # before Python 3.12 it is wrong, and then it is another one
    members = members_of(tree)
    seen: Counter[Mutant] = Counter()
    mutants: dict[Mutant, Callable[[], None]] = {}
    for function, number, place in _below(tree, "", 1):
        for operator, change, new in changes(place, members):
            mutant = Mutant(module, function, lines[number - 1].strip(), operator, change)
            seen[mutant] += 1
            again = f" #{seen[mutant]}" if seen[mutant] > 1 else ""
            mutants[msgspec.structs.replace(mutant, change=change + again)] = partial(place.put, new)
    return Subject(module, path, tree, mutants)


def _below(parent: ast.AST, function: str, line: int) -> Iterator[tuple[str, int, Place]]:
    for place in places(parent):
        node = place.node
        here = getattr(node, "lineno", line)
        yield function, here, place
        if place.field != "format_spec":
            name = [function, node.name] if isinstance(node, ast.ClassDef | ast.FunctionDef) else [function]
            yield from _below(node, ".".join(filter(None, name)), here)
