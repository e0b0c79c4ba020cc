"""What a plan costs: calls, and seconds at the rate limit of the client."""

from math import ceil

import msgspec

from sinch_contacts.core.limits import BATCH_SIZE
from sinch_contacts.core.plan.plan import DELETIONS, Operation, Plan
from sinch_contacts.core.plan.policy import OnChange
from sinch_contacts.core.plan.reading import Pace
from sinch_contacts.core.record.recorded import Origin


class Cost(msgspec.Struct, frozen=True):
    """What it costs to carry out a plan.

    Attributes:
        batch_calls: Batch calls that create or delete.
        updates: Calls that change one contact each.
        pages: Calls that read back, 20 contacts each, at least.
        lookups: Calls that read back one contact each.
        seconds: How long all calls take at the rate limit, at least.
    """

    batch_calls: int
    updates: int
    pages: int
    lookups: int
    seconds: int

    @property
    def reads(self) -> int:
        """Calls that read back, at least."""
        return self.pages + self.lookups


def cost_of(plan: Plan, pace: Pace) -> Cost:
    """Estimates what a plan costs.

    Args:
        plan: The plan.
        pace: How fast contacts can be read.
    """
    return _cost(plan.counts, plan.size, pace)


def alternative_cost(plan: Plan, on_change: OnChange, pace: Pace) -> Cost | None:
    """Estimates what a plan would cost if contacts were changed the other way; `None` where that makes no difference.

    Args:
        plan: The plan.
        on_change: How contacts are changed in this plan.
        pace: How fast contacts can be read.
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
    return _cost(counts, plan.size, pace)


def _cost(counts: dict[Operation, int], size: int, pace: Pace) -> Cost:
    replaces = counts.get(Operation.REPLACE, 0)
    creates = counts.get(Operation.CREATE, 0) + replaces
    deletes = sum(counts.get(operation, 0) for operation in DELETIONS) + replaces
    updates = counts.get(Operation.PATCH, 0) + counts.get(Operation.RENAME, 0)
    batches = ceil(creates / BATCH_SIZE) + ceil(deletes / BATCH_SIZE)
    both = zip(pace.reads(creates, size), pace.reads(deletes - replaces, size), strict=True)
    pages, lookups = map(sum, both)
    calls = batches + updates + pages + lookups
    return Cost(batches, updates, pages, lookups, ceil(calls / pace.requests_per_second))
