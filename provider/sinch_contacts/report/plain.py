"""Plans for a terminal, and for programs."""

from collections.abc import Iterator, Sequence

import msgspec

from sinch_contacts.core.review.plan_document import Costs, PlanDocument, Totals
from sinch_contacts.report import wording
from sinch_contacts.report.overview import Overview, Row, SetView


class _Report(msgspec.Struct, frozen=True):
    """What `--format json` prints."""

    verdict: str
    totals: Totals
    cost: Costs
    other_way: Costs | None
    plans: tuple[PlanDocument, ...]


def json_text(view: Overview, plans: Sequence[PlanDocument]) -> str:
    """Renders plans as one JSON object: what they sum up to, and each as its file has it.

    Args:
        view: The plans side by side.
        plans: The plans.
    """
    report = _Report(view.verdict, view.totals, view.cost, view.other_way, tuple(plans))
    return msgspec.json.format(msgspec.json.encode(report), indent=1).decode() + "\n"


def text(view: Overview) -> str:
    """Renders plans for a terminal, all rows of them.

    Args:
        view: The plans.
    """
    if view.unchanged:
        return f"{wording.no_changes(view)}\n"
    lines = [f"Contact sets, {wording.headline(view)}", _cost(view.cost)]
    if view.other_way:
        lines.append(f"{wording.other_way(view)}: {_cost(view.other_way)}")
    lines += wording.notes(view)
    for each in view.sets:
        lines += ["", *_set(each)]
    return "\n".join(lines) + "\n"


def _cost(cost: Costs) -> str:
    return f"calls: {wording.calls(cost)}; {wording.duration(cost.seconds)}"


def _set(each: SetView) -> Iterator[str]:
    plan = each.plan
    yield f"{each.title}: {each.verdict}; {plan.totals.unchanged:,} unchanged"
    for refusal in plan.refusals:
        yield f"  {refusal.message}"
    if each.approvable:
        yield f"  approve: {plan.digest}"
    for row in each.rows:
        yield from _row(row)


def _row(row: Row) -> Iterator[str]:
    plan = row.plan
    name = f"{plan.renamed_from} -> {plan.key}" if plan.renamed_from else plan.key
    told = ", ".join(text for text in (wording.why(row), row.place, plan.cost) if text)
    yield f"  {row.kind:9} {name} ({told})"
    for remark in row.remarks(str):
        yield f"            {remark}"
    for field in plan.fields:
        yield f"            {field.name}: {wording.change(row, field, str)}"
