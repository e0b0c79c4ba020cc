"""A plan in one line: what would be done, and what it would cost."""

from typing import Final

from sinch_contacts.core.plan.cost import Cost, cost_of
from sinch_contacts.core.plan.plan import DELETIONS, Operation, Plan
from sinch_contacts.core.plan.reading import Pace

_MANY: Final = 20
"""Reads of which is told how they are made, if there are more."""


def plan_line(plan: Plan, pace: Pace) -> str:
    """Returns a line such as `plan: +12 ~3 -1 of 1,000 · 2 batch calls, 3 updates, ~4 s`.

    Where there is much to read back it says how, such as ` · reading by pages`.

    Args:
        plan: The plan.
        pace: How fast contacts can be read, for the estimate of time.
    """
    counts = plan.counts
    signs = [
        f"{sign}{count:,}"
        for sign, count in (
            ("+", counts.get(Operation.CREATE, 0)),
            ("~", counts.get(Operation.PATCH, 0) + counts.get(Operation.RENAME, 0)),
            ("±", counts.get(Operation.REPLACE, 0)),
            ("-", sum(counts.get(operation, 0) for operation in DELETIONS)),
            ("?", counts.get(Operation.AWAIT, 0)),
            ("forget ", counts.get(Operation.FORGET, 0)),
        )
        if count
    ]
    cost = cost_of(plan, pace)
    costs = [_count(cost.batch_calls, "batch call"), _count(cost.updates, "update")]
    told = ", ".join([text for text in costs if text] or ["no calls that change anything"])
    return f"plan: {' '.join(signs) or 'nothing to do'} of {plan.size:,} · {told}, ~{cost.seconds:,} s{_reading(cost)}"


def _reading(cost: Cost) -> str:
    if cost.reads <= _MANY:
        return ""
    return f" · reading by {'pages' if cost.pages > cost.lookups else 'look-ups'}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}" if number else ""
