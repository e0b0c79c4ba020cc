"""Counts, costs and verdicts in words."""

import json
from collections.abc import Callable, Iterator
from typing import Final

from sinch_contacts.core.review.plan_document import Costs, FieldChange, Totals
from sinch_contacts.report.overview import Kind, Overview, Row

COLUMNS: Final = {
    "created": "create",
    "changed": "patch",
    "replaced": "replace",
    "renamed": "rename",
    "deleted": "delete",
    "forgotten": "forget",
    "awaiting": "await_",
    "found at Sinch": "adopted",
    "not known yet": "unknown",
    "unchanged": "unchanged",
}
"""What is counted, in words, and the names of the totals."""

_SOMETIMES: Final = frozenset({"replace", "adopted", "unknown"})
_GONE: Final = (Kind.DELETED, Kind.FORGOTTEN)
_MINUTE: Final = 60
_HOUR: Final = 3600


def columns(view: Overview) -> dict[str, str]:
    """Returns the columns of the table of totals: those of rare counts only where there are any."""
    return {name: field for name, field in COLUMNS.items() if field not in _SOMETIMES or getattr(view.totals, field)}


def headline(view: Overview) -> str:
    """Returns the report's first line, such as `refused: 3 created, 12 deleted`."""
    counts = [f"{count:,} {name}" for name, count in _counts(view.totals) if name != "unchanged"]
    return f"{view.verdict}: {', '.join(counts) or 'no changes'}"


def no_changes(view: Overview) -> str:
    """Returns the one line that tells that there is nothing to do."""
    if not view.sets:
        return "No plans: no set has written one."
    found = view.totals.adopted
    kept = counted(view.totals.unchanged + found, "contact")
    told = f"No changes to {kept} in {counted(len(view.sets), 'set')}"
    return f"{told}; {found:,} found at Sinch will be recorded." if found else f"{told}."


def notes(view: Overview) -> Iterator[str]:
    """Tells what the table of totals cannot."""
    if room := view.makes_room:
        make = "makes" if room == 1 else "make"
        yield f"Identities move between contacts: of the deletions, {room:,} {make} room for them."


def other_way(view: Overview) -> str:
    """Names the other way of changing contacts."""
    ways = {each.plan.on_change for each in view.sets if each.plan.alternative}
    if len(ways) > 1:
        return "the other way"
    return "with replace instead" if "patch" in ways else "with patch instead"


def calls(cost: Costs) -> str:
    """Returns the calls of a plan, such as `2 batch calls, 3 updates, 1 read`."""
    numbers = ((cost.batch_calls, "batch call"), (cost.updates, "update"), (cost.reads, "read"))
    return ", ".join(counted(number, noun) for number, noun in numbers if number) or "none"


def duration(seconds: int) -> str:
    """Returns seconds in the unit that people use, such as `~4 s` or `~12 min`."""
    if seconds < 2 * _MINUTE:
        return f"~{seconds} s"
    return f"~{seconds / _MINUTE:.0f} min" if seconds < 2 * _HOUR else f"~{seconds / _HOUR:,.1f} h"


def why(row: Row) -> str:
    """Returns where a change comes from."""
    return {"drift": "drift at Sinch", "pending": "an earlier run"}.get(row.plan.reason, row.plan.reason)


def change(row: Row, field: FieldChange, quote: Callable[[str], str]) -> str:
    """Returns what becomes of a field, such as `a → b`.

    Args:
        row: The row that it is of.
        field: The field.
        quote: Sets a text from a plan apart from our own.
    """
    before, after = (None if text is None else quote(text) for text in (field.before, field.after))
    if before is None:
        return after or "changes"
    if after is None:
        return before if row.kind in _GONE or row.plan.operation == "make room" else f"{before} → cleared"
    return f"{before} → {after}"


def yaml_key(text: str) -> str:
    """Returns a text as a key of a YAML mapping."""
    return json.dumps(text, ensure_ascii=False)


def counted(number: int, noun: str) -> str:
    """Returns a number with its noun."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _counts(totals: Totals) -> Iterator[tuple[str, int]]:
    for name, field in COLUMNS.items():
        if count := getattr(totals, field):
            yield name, count
