"""A plan in one line: what would be done, and what it would cost."""

from sinch_contacts.core.cost import cost_of
from sinch_contacts.core.plan import DELETIONS, Operation, Plan


def plan_line(plan: Plan, requests_per_second: float) -> str:
    """Returns a line such as `plan: +12 ~3 -1 of 1,000 · 2 batch calls, 3 updates, ~4 s`.

    Args:
        plan: The plan.
        requests_per_second: The rate limit of the client, for the estimate of time.
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
    total = plan.unchanged + len(plan.changes)
    cost = cost_of(plan, requests_per_second)
    costs = [_count(cost.batch_calls, "batch call"), _count(cost.updates, "update")]
    told = ", ".join([text for text in costs if text] or ["no calls that change anything"])
    return f"plan: {' '.join(signs) or 'nothing to do'} of {total:,} · {told}, ~{cost.seconds:,} s"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}" if number else ""
