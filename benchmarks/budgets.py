"""The budgets, and whether a run met them.

Times are judged by CPU time: on a quiet machine it is the wall time of these steps, and on a busy one still a figure.
"""

from collections.abc import Iterator
from math import ceil
from typing import Final

import msgspec

from benchmarks import floors, life
from benchmarks.results import Results

_SMALL: Final = 10_000
_LARGE: Final = 1_000_000


class Budget(msgspec.Struct, frozen=True):
    """One budget.

    Attributes:
        what: What is bounded.
        bound: The bound, as people read it.
        found: What was measured.
        met: Whether it is within the bound.
    """

    what: str
    bound: str
    found: str
    met: bool


def budgets(results: Results) -> Iterator[Budget]:
    """Judges a run by all budgets that it has measurements for."""
    yield from _calls(results)
    yield from _seconds(results)
    yield from _floor(results)
    yield from _lines(results)
    yield from _growth(results)


def _calls(results: Results) -> Iterator[Budget]:
    if made := results.of(life.CREATE):
        count = made.contacts
        posts, most = ceil(count / life.BATCH), ceil(count / life.PAGE) + ceil(count / life.BATCH) + 10
        found, writes = life.reads(made.calls), sum(made.calls.get(kind, 0) for kind in life.WRITES)
        fits = made.calls.get("batch_create") == posts == writes and found <= most
        told = f"{writes:,} batch posts, {found:,} reads"
        yield Budget(f"create {count:,} in an empty project", f"{posts:,} batch posts, {most:,} reads", told, fits)
        yield Budget("peak memory of the provider meanwhile", "600 MB", f"{made.provider:.0f} MB", made.provider < 600)
    if same := results.of(life.NOTHING):
        calls = sum(same.calls.values())
        yield Budget(f"`up` of {same.contacts:,}, nothing changed", "0 calls", f"{calls:,} calls", calls == 0)
    if gone := results.of(life.GONE):
        batches, found = ceil(gone.contacts / life.BATCH), gone.calls.get("batch_delete", 0)
        yield Budget(f"`destroy` of {gone.contacts:,}", f"{batches:,} batch deletes", f"{found:,}", found == batches)


def _seconds(results: Results) -> Iterator[Budget]:
    bounds = {"load and validate, jsonl": 1.5, "load and validate, yaml": 4.0, "plan, nothing changed": 0.5}
    for step, most in bounds.items():
        if one := results.of(step, 100_000):
            yield Budget(f"{step}, 100,000", f"{most} s", _time(one.seconds, one.cpu), one.cpu <= most)


def _floor(results: Results) -> Iterator[Budget]:
    ours, idle = results.of(floors.OURS), results.of(floors.IDLE)
    if ours and idle:
        over = ours.cpu - idle.cpu
        what = f"`preview` of {ours.contacts:,}, nothing changed, beside an idle provider"
        told = f"{over:.1f} s more of CPU ({ours.cpu:.1f} s and {idle.cpu:.1f} s)"
        yield Budget(what, "2 s more", told, over <= 2)


def _lines(results: Results) -> Iterator[Budget]:
    for step in (life.NEAR, life.FAR):
        if shown := results.of(step):
            lines = int(shown.note.split()[0])
            yield Budget(f"{step}, of {shown.contacts:,}", "fewer than 60 lines", f"{lines} lines", lines < 60)


def _growth(results: Results) -> Iterator[Budget]:
    step = "validate, encode and plan"
    small, large = results.of(step, _SMALL), results.of(step, _LARGE)
    if small and large:
        times = large.cpu / large.contacts / (small.cpu / small.contacts)
        yield Budget(
            f"{step}, time per contact at {_LARGE:,} and {_SMALL:,}", "1.3 times", f"{times:.2f} times", times <= 1.3
        )
        yield Budget(f"{step} {_LARGE:,}, peak memory", "2,000 MB", f"{large.peak:,.0f} MB", large.peak < 2_000)


def _time(seconds: float, cpu: float) -> str:
    return f"{seconds:.2f} s ({cpu:.2f} s of CPU)"
