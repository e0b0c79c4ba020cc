"""A plan in one line, as each preview and each run prints it."""

import pytest

from core.rows import plan
from sinch_contacts.core.plan.reading import Pace, Reading
from sinch_contacts.core.review.summary import plan_line

PACE = Pace(50.0)


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({}, "nothing to do"),
        ({"create": 1_234}, "+1,234"),
        ({"patch": 1, "rename": 2}, "~3"),
        ({"replace": 1}, "±1"),
        ({"make_room": 1, "withdraw": 1, "delete": 1}, "-3"),
        ({"await": 1}, "?1"),
        ({"forget": 1}, "forget 1"),
        ({"forget": 6, "await": 5, "delete": 4, "replace": 3, "patch": 2, "create": 1}, "+1 ~2 ±3 -4 ?5 forget 6"),
    ],
)
def test_each_kind_has_its_sign_and_kinds_without_changes_are_left_out(counts: dict[str, int], told: str) -> None:
    assert plan_line(plan(**counts), PACE).startswith(f"plan: {told} of ")


def test_it_is_of_all_contacts_those_that_stay_among_them() -> None:
    assert " of 1,000 · " in plan_line(plan(unchanged=997, patch=3), PACE)


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({}, "no calls that change anything, ~0 s"),
        ({"forget": 3}, "no calls that change anything, ~0 s"),
        ({"patch": 1}, "1 update, ~1 s"),
        ({"create": 1}, "1 batch call, ~1 s"),
        ({"create": 1, "delete": 1, "patch": 2}, "2 batch calls, 2 updates, ~1 s"),
        ({"patch": 100_000}, "100,000 updates, ~2,000 s"),
    ],
)
def test_calls_are_counted_and_the_time_is_told(counts: dict[str, int], told: str) -> None:
    assert plan_line(plan(**counts), PACE).endswith(f" · {told}")


def test_where_there_is_much_to_read_back_it_says_how() -> None:
    def line(count: int, reading: Reading) -> str:
        return plan_line(plan(create=count), Pace(50.0, reading=reading))

    assert line(20, Reading.LOOKUP).endswith(" s")
    assert line(21, Reading.LOOKUP).endswith(" s · reading by look-ups")
    assert line(400, Reading.SCAN).endswith(" s")
    assert line(401, Reading.SCAN).endswith(" s · reading by pages")
