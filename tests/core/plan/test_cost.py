"""What a plan costs: calls and seconds, as a preview tells them, and what the other way would cost."""

import pytest

from core.rows import change, entry, plan
from sinch_contacts.core.plan.cost import Cost, alternative_cost, cost_of
from sinch_contacts.core.plan.plan import Operation, Plan, plan_of
from sinch_contacts.core.plan.policy import OnChange
from sinch_contacts.core.plan.reading import Pace, Reading
from sinch_contacts.core.record.recorded import Origin

PAGES = Pace(50.0, reading=Reading.SCAN)
LOOKUPS = Pace(50.0, reading=Reading.LOOKUP)


@pytest.mark.parametrize(
    ("counts", "batch_calls", "updates"),
    [
        ({}, 0, 0),
        ({"create": 1}, 1, 0),
        ({"create": 1_000}, 1, 0),
        ({"create": 1_001}, 2, 0),
        ({"create": 1, "delete": 1}, 2, 0),
        ({"make_room": 400, "withdraw": 400, "delete": 200}, 1, 0),
        ({"make_room": 400, "withdraw": 400, "delete": 201}, 2, 0),
        ({"replace": 1}, 2, 0),
        ({"replace": 600, "create": 401, "delete": 1}, 3, 0),
        ({"patch": 3, "rename": 2}, 0, 5),
        ({"await": 7, "forget": 9}, 0, 0),
    ],
)
def test_batches_hold_1000_contacts_and_a_changed_contact_takes_a_call(
    counts: dict[str, int], batch_calls: int, updates: int
) -> None:
    cost = cost_of(plan(**counts), PAGES)
    assert (cost.batch_calls, cost.updates) == (batch_calls, updates)


@pytest.mark.parametrize(
    ("counts", "unchanged", "pages", "lookups"),
    [
        ({"create": 40}, 0, 2, 40),
        ({"create": 40}, 400, 22, 40),
        ({"create": 40, "delete": 30}, 0, 8, 70),
        ({"replace": 40}, 0, 2, 40),
        ({"patch": 40, "forget": 2}, 0, 0, 0),
    ],
)
def test_what_is_created_or_deleted_is_read_back_by_pages_or_one_by_one(
    counts: dict[str, int], unchanged: int, pages: int, lookups: int
) -> None:
    some = plan(unchanged, **counts)
    by_pages, one_by_one = cost_of(some, PAGES), cost_of(some, LOOKUPS)
    assert (one_by_one.pages, one_by_one.lookups, one_by_one.reads) == (0, lookups, lookups)
    if counts.keys() & {"create", "delete", "replace"}:
        assert (by_pages.pages, by_pages.lookups, by_pages.reads) == (pages, 0, pages)


@pytest.mark.parametrize(("rate", "seconds"), [(50.0, 3), (101.0, 1), (102.0, 1), (1.0, 101)])
def test_a_part_of_a_second_is_a_whole_one(rate: float, seconds: int) -> None:
    assert cost_of(plan(patch=101), Pace(rate)).seconds == seconds
    assert cost_of(plan(), Pace(rate)).seconds == 0


def changed(operation: Operation, origin: Origin, count: int) -> list[object]:
    return [
        change(operation, f"{operation}-{origin}-{number}", recorded=entry(f"{number}", origin=origin))
        for number in range(count)
    ]


def patches(created: int, adopted: int) -> Plan:
    both = changed(Operation.PATCH, Origin.CREATED, created) + changed(Operation.PATCH, Origin.ADOPTED, adopted)
    return plan_of(both, 100)  # type: ignore[arg-type]


def test_patches_could_be_replacements_but_for_adopted_contacts() -> None:
    other = alternative_cost(patches(created=30, adopted=5), OnChange.PATCH, LOOKUPS)
    assert other == Cost(batch_calls=2, updates=5, pages=0, lookups=30, seconds=1)
    assert alternative_cost(patches(created=0, adopted=5), OnChange.PATCH, LOOKUPS) is None


def test_replacements_could_be_patches() -> None:
    replaced = plan_of(changed(Operation.REPLACE, Origin.CREATED, 30), 100)  # type: ignore[arg-type]
    other = alternative_cost(replaced, OnChange.REPLACE, LOOKUPS)
    assert other == Cost(batch_calls=0, updates=30, pages=0, lookups=0, seconds=1)


def test_where_nothing_is_changed_there_is_no_other_way() -> None:
    for on_change in OnChange:
        assert alternative_cost(plan(create=5, delete=5, rename=2), on_change, PAGES) is None
