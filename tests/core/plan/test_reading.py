"""Which way of reading is chosen, and how far that can be from the better one."""

from math import inf

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinch_contacts.core.errors import SettingError
from sinch_contacts.core.limits import PAGE_SIZE
from sinch_contacts.core.plan.reading import LATENCY, Pace, Reading, pages_of, parse_reading

rates = st.floats(1, 800)
threads = st.integers(1, 64)
latencies = st.floats(LATENCY, 2)
paces = st.builds(Pace, requests_per_second=rates, concurrency=threads, latency=latencies)
contacts = st.integers(1, 5_000)
sizes = st.integers(0, 200_000)


def read(pace: Pace, wanted: int, size: int, least: int = 0) -> tuple[int, int]:
    """Returns the pages and look-ups of a reader that finds nothing in a project, page by page, which is the worst."""
    pages = 0
    while pages < pace.most_pages(wanted, least):
        pages += 1
        if pages * PAGE_SIZE >= size:
            return pages, 0
        least = max(least, pages * PAGE_SIZE + 1)
    return pages, wanted


def takes(pace: Pace, pages: int, lookups: int) -> float:
    return pace.pages_take(pages) + pace.lookups_take(lookups)


@given(paces, contacts, sizes)
def test_it_never_takes_more_than_twice_the_better_way_and_a_few_pages(pace: Pace, wanted: int, size: int) -> None:
    pages, lookups = read(pace, wanted, size)
    best = min(pace.pages_take(max(1, pages_of(size))), pace.lookups_take(wanted))
    assert takes(pace, pages, lookups) <= 2 * best + pace.pages_take(pages_of(wanted)) + 1e-6
    assert pages + lookups < 2 * wanted + 1


@given(paces, contacts, sizes, st.floats(0, 1))
def test_what_is_known_of_the_size_never_makes_it_dearer(pace: Pace, wanted: int, size: int, share: float) -> None:
    known = takes(pace, *read(pace, wanted, size, int(size * share)))
    assert known <= takes(pace, *read(pace, wanted, size)) + 1e-6


@given(paces, contacts, sizes)
def test_a_size_that_is_known_leaves_nothing_to_chance(pace: Pace, wanted: int, size: int) -> None:
    assert read(pace, wanted, size, size) == (pace.reads(wanted, size) if size else read(pace, wanted, 0))


@given(paces, contacts)
def test_what_was_just_created_in_an_empty_project_is_read_by_pages(pace: Pace, wanted: int) -> None:
    assert read(pace, wanted, 0)[1] == (1 if wanted == 1 else 0)
    if wanted > 1:
        assert pace.reads(wanted, wanted) == (pages_of(wanted), 0)


@given(paces, contacts, sizes, st.integers(0, 100))
def test_a_budget_is_kept_for_what_can_succeed(pace: Pace, wanted: int, least: int, budget: int) -> None:
    most = pace.most_pages(wanted, least, budget)
    assert most + wanted <= budget or wanted > budget


@given(paces, contacts, sizes)
def test_an_override_is_an_order(pace: Pace, wanted: int, size: int) -> None:
    assert msgspec.structs.replace(pace, reading=Reading.LOOKUP).most_pages(wanted, size) == 0
    assert msgspec.structs.replace(pace, reading=Reading.SCAN).most_pages(wanted, size) == (inf if wanted > 1 else 0)


@pytest.mark.parametrize(
    ("pace", "pages"),
    [
        (Pace(), 200),  # 1,000 look-ups at 50 a second take 20 s
        (Pace(requests_per_second=10), 999),  # the rate limit lets neither be quicker
        (Pace(concurrency=1), 999),
        (Pace(requests_per_second=800), 125),
        (Pace(requests_per_second=800, concurrency=64), 50),  # 16 pages' time, but calls count as well
        (Pace(latency=1.0), 125),
    ],
)
def test_how_many_pages_1000_lookups_are_worth(pace: Pace, pages: int) -> None:
    assert pace.most_pages(1_000, 0) == pages
    assert pace.most_pages(1_000, pages * PAGE_SIZE) == pages
    assert pace.most_pages(1_000, pages * PAGE_SIZE + 1) == 0


def test_a_way_of_reading_is_known_by_its_name() -> None:
    assert [parse_reading(name) for name in ("auto", "scan", "lookup")] == list(Reading)
    with pytest.raises(SettingError, match="'pages', which is not known"):
        parse_reading("pages")
