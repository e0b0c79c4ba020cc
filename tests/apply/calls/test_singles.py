"""Calls for one contact each: what came of each, and what ends them all."""

import pytest

from sinch_contacts.api.errors import Rejected, Throttled, Uncertain
from sinch_contacts.apply.calls.singles import NOT_ATTEMPTED, call_each
from sinch_contacts.apply.reading.reader import Reader
from sinch_contacts.core.plan.reading import Pace


def reader(concurrency: int) -> Reader:
    return Reader(None, Pace(concurrency=concurrency), lambda: 0.0)  # type: ignore[arg-type]  # it reads nothing


@pytest.mark.parametrize("concurrency", [1, 4])
def test_answers_come_in_the_order_of_the_items_and_one_that_failed_says_nothing_of_the_others(
    concurrency: int,
) -> None:
    errors = {2: Rejected("No."), 3: Uncertain("Perhaps.")}

    def call(number: int) -> str:
        if number in errors:
            raise errors[number]
        return f"done {number}"

    taken: list[tuple[int, object]] = []
    call_each(reader(concurrency), call, range(1, 5), lambda item, answer: taken.append((item, answer)))
    assert taken == [(1, "done 1"), (2, errors[2]), (3, errors[3]), (4, "done 4")]


def test_any_other_error_ends_the_work_once_all_answers_were_handed_on() -> None:
    made: list[int] = []

    def call(number: int) -> str:
        made.append(number)
        if number == 2:
            raise Throttled("Too many.")
        return f"done {number}"

    taken: list[tuple[int, object]] = []
    with pytest.raises(Throttled):
        call_each(reader(1), call, range(1, 5), lambda item, answer: taken.append((item, answer)))
    assert taken == [(1, "done 1"), (2, NOT_ATTEMPTED), (3, NOT_ATTEMPTED), (4, NOT_ATTEMPTED)]
    assert made == [1, 2]
