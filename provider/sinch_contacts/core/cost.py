"""What a plan costs: calls, and seconds at the rate limit of the client."""

from math import ceil
from typing import Final

import msgspec

from sinch_contacts.core.plan import DELETIONS, Operation, Plan
from sinch_contacts.core.policy import OnChange
from sinch_contacts.core.recorded import Origin

_BATCH: Final = 1000
"""Contacts of one batch call (Batch API, "up to 1000")."""

_PAGE: Final = 20
"""Contacts that one call tells when contacts are read page by page (list call, maximum of `page_size`)."""


class Cost(msgspec.Struct, frozen=True):
    """What it costs to carry out a plan.

    Attributes:
        batch_calls: Batch calls that create or delete.
        updates: Calls that change one contact each.
        reads: Calls that read back, at least.
        seconds: How long all calls take at the rate limit, at least.
    """

    batch_calls: int
    updates: int
    reads: int
    seconds: int


def cost_of(plan: Plan, requests_per_second: float) -> Cost:
    """Estimates what a plan costs.

    Args:
        plan: The plan.
        requests_per_second: The rate limit of the client.
    """
    return _cost(plan.counts, requests_per_second)


def alternative_cost(plan: Plan, on_change: OnChange, requests_per_second: float) -> Cost | None:
    """Estimates what a plan would cost if contacts were changed the other way; `None` where that makes no difference.

    Args:
        plan: The plan.
        on_change: How contacts are changed in this plan.
        requests_per_second: The rate limit of the client.
    """
    counts = dict(plan.counts)
    if on_change is OnChange.REPLACE:
        moved, source, goal = counts.get(Operation.REPLACE, 0), Operation.REPLACE, Operation.PATCH
    else:
        source, goal = Operation.PATCH, Operation.REPLACE
        moved = sum(
            change.recorded is not None and change.recorded.origin is Origin.CREATED for change in plan.of(source)
        )
    if not moved:
        return None
    counts[source] = counts.get(source, 0) - moved
    counts[goal] = counts.get(goal, 0) + moved
    return _cost(counts, requests_per_second)


def _cost(counts: dict[Operation, int], requests_per_second: float) -> Cost:
    replaces = counts.get(Operation.REPLACE, 0)
    creates = counts.get(Operation.CREATE, 0) + replaces
    deletes = sum(counts.get(operation, 0) for operation in DELETIONS) + replaces
    updates = counts.get(Operation.PATCH, 0) + counts.get(Operation.RENAME, 0)
    batches = ceil(creates / _BATCH) + ceil(deletes / _BATCH)
    reads = ceil((creates + deletes - replaces) / _PAGE)
    return Cost(batches, updates, reads, ceil((batches + updates + reads) / requests_per_second))
