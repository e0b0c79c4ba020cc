"""A plan in one line: what would be done, and what it would cost."""

from math import ceil
from typing import Final

from sinch_contacts.core.plan import Operation, Plan

_BATCH: Final = 1000


def plan_line(plan: Plan, requests_per_second: float) -> str:
    """Returns a line such as `plan: +12 ~3 -1 of 1,000 · 2 batch calls, 3 updates, ~4 s`.

    Args:
        plan: The plan.
        requests_per_second: The rate limit of the client, for the estimate of time.
    """
    counts = plan.counts
    creates = counts.get(Operation.CREATE, 0)
    updates = counts.get(Operation.PATCH, 0) + counts.get(Operation.RENAME, 0)
    replaces = counts.get(Operation.REPLACE, 0)
    deletes = counts.get(Operation.DELETE, 0) + counts.get(Operation.MAKE_ROOM, 0)
    batches = ceil((creates + replaces) / _BATCH) + ceil((deletes + replaces) / _BATCH)
    reads = ceil((creates + replaces + deletes) / 20)
    total = plan.unchanged + len(plan.changes)
    signs = [
        f"{sign}{count:,}"
        for sign, count in (
            ("+", creates),
            ("~", updates),
            ("±", replaces),
            ("-", deletes),
            ("?", counts.get(Operation.AWAIT, 0)),
            ("forget ", counts.get(Operation.FORGET, 0)),
        )
        if count
    ]
    costs = [_count(batches, "batch call"), _count(updates, "update")]
    seconds = ceil((batches + updates + reads) / requests_per_second)
    cost = ", ".join([cost for cost in costs if cost] or ["no calls that change anything"])
    return f"plan: {' '.join(signs) or 'nothing to do'} of {total:,} · {cost}, ~{seconds:,} s"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}" if number else ""
