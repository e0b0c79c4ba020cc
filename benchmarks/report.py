"""The results as people read them: Markdown tables."""

from collections.abc import Iterable, Iterator, Mapping

from benchmarks import life
from benchmarks.budgets import budgets
from benchmarks.measurement import Measurement
from benchmarks.results import Results
from benchmarks.rivalry import Rivalry


def markdown(results: Results) -> str:
    """Returns the report of a run."""
    return "\n".join(_lines(results)) + "\n"


def row(one: Measurement) -> str:
    """Returns one measurement as a line of the table."""
    cells = (
        one.step,
        f"{one.contacts:,}",
        f"{one.seconds:.3f}" if one.seconds < 1 else f"{one.seconds:.1f}",
        f"{one.cpu:.3f}" if one.cpu < 1 else f"{one.cpu:.1f}",
        (f"{one.peak:,.0f}" if one.peak else "?") + (f" ({one.provider:,.0f})" if one.provider else ""),
        calls(one.calls),
        one.note,
    )
    return f"| {' | '.join(cells)} |"


def calls(found: Mapping[str, int]) -> str:
    """Returns calls by kind, those that write first."""
    order = sorted(found, key=lambda kind: (kind not in life.WRITES, kind))
    return ", ".join(f"{found[kind]:,} {kind}" for kind in order)


def _lines(results: Results) -> Iterator[str]:
    yield f"{results.machine}; {results.date}. Times in seconds, memory in MB (the provider's process in brackets)."
    yield ""
    yield from _table(("budget", "bound", "measured", ""), _budget_rows(results))
    yield from _table(
        ("step", "contacts", "wall", "CPU", "peak memory", "calls to Sinch", ""), map(row, results.measurements)
    )
    if results.rivalries:
        yield "One answer to a creating call was lost on its way, and the way was run again until it ended well:"
        yield ""
        yield from _table(("way", "contacts", "runs", "calls", "doubled", "missing"), map(_rivalry, results.rivalries))


def _budget_rows(results: Results) -> Iterator[str]:
    for budget in budgets(results):
        yield f"| {budget.what} | {budget.bound} | {budget.found} | {'met' if budget.met else '**not met**'} |"


def _rivalry(one: Rivalry) -> str:
    return f"| {one.way} | {one.contacts:,} | {one.attempts} | {calls(one.calls)} | {one.doubled:,} | {one.missing:,} |"


def _table(head: Iterable[str], rows: Iterable[str]) -> Iterator[str]:
    names = tuple(head)
    yield f"| {' | '.join(names)} |"
    yield f"|{' --- |' * len(names)}"
    yield from rows
    yield ""
