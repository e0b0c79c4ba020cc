"""The list of equivalent mutants: those that no test can kill, since they do what their module does."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from mutants.subject import Mutant

Reasons = Mapping[Mutant, str]
"""Why each of them is equivalent."""


def reasons_of(rows: Collection[Mapping[str, Any]]) -> Reasons:
    """Reads the list.

    Raises:
        ValueError: A mutant in it has no reason, or is not named in full.
    """
    reasons: dict[Mutant, str] = {}
    for row in rows:
        named = {name: value for name, value in row.items() if name != "reason"}
        if not row.get("reason"):
            raise ValueError(f"A mutant is listed without a reason: {named}")
        reasons[msgspec.convert(named, Mutant)] = row["reason"]
    return reasons


def complaints(killed: Mapping[Mutant, bool], reasons: Reasons, modules: Collection[str]) -> Iterator[str]:
    """Tells where the list is not what was found.

    Args:
        killed: Of each mutant, whether a test killed it.
        reasons: The list.
        modules: The modules whose mutants were tried.
    """
    for mutant in killed:
        if not killed[mutant] and mutant not in reasons:
            yield f"A mutant survives. Kill it by a test, or list it with the reason why none can:\n{_row(mutant)}"
    for mutant in reasons:
        if killed.get(mutant, mutant.module in modules):
            fate = "killed" if mutant in killed else "there no more"
            yield f"A mutant is listed as equivalent, and is {fate}. Take it off the list:\n{_row(mutant)}"


def _row(mutant: Mutant) -> str:
    fields = msgspec.structs.asdict(mutant).items()
    return "\n".join(["[[equivalent]]", *(f"{name} = {json.dumps(text, ensure_ascii=False)}" for name, text in fields)])
