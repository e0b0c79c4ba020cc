"""Plans as Markdown: the comment on a pull request."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

import msgspec

from sinch_contacts.report import wording
from sinch_contacts.report.escaping import cell, code, html_code, sentence, words
from sinch_contacts.report.overview import Kind, Overview, Row, SetView

MARKER: Final = "<!-- sinch-contacts report -->"
"""Begins each comment, so that a pipeline finds its own."""

LEAST_LIMIT: Final = 2_000
"""Characters that the totals need, at most."""

_HEADER: Final = "| Contact | Fields | Why | Cost |\n| --- | --- | --- | --- |\n"


class _Part(msgspec.Struct, frozen=True):
    """A piece of the comment that stands in it whole or not at all.

    Attributes:
        noun: What it is: `refusal`, `set` or `row`.
        text: The piece.
        place: For a row: the place of its set among the sets.
        kind: For a row: its kind.
    """

    noun: str
    text: str
    place: int = 0
    kind: Kind = Kind.DELETED


def markdown(view: Overview, limit: int) -> str:
    """Renders plans as Markdown.

    Args:
        view: The plans.
        limit: The most characters that the text may have, from `LEAST_LIMIT` on. What is too much is left out, the
            least dangerous rows first, and counted.
    """
    if view.unchanged:
        return f"{MARKER}\n{wording.no_changes(view)}\n"
    return _Comment(view).within(limit)


class _Comment:
    def __init__(self, view: Overview) -> None:
        self._view = view
        self._columns = wording.columns(view)
        self._sizes = Counter((place, row.kind) for place, each in enumerate(view.sets) for row in each.rows)
        self._whole = Counter(
            refusal=sum(each.plan.verdict != "allowed" for each in view.sets),
            set=len(view.sets),
            row=self._sizes.total(),
        )

    def within(self, limit: int) -> str:
        """Returns as much as the limit allows."""
        parts = self._first(limit)
        if len(parts) == self._whole.total() and len(whole := self._text(parts)) <= limit:
            return whole
        candidates = range(min(len(parts) + 1, self._whole.total()))
        kept = bisect_right(candidates, limit, key=lambda count: len(self._text(parts[:count])))
        return self._text(parts[: kept - 1])

    def _first(self, limit: int) -> list[_Part]:
        """Returns the first parts, and one more at most than the limit could hold."""
        parts: list[_Part] = []
        size = 0
        for part in self._parts():
            parts.append(part)
            size += len(part.text)
            if size > limit:
                break
        return parts

    def _parts(self) -> Iterator[_Part]:
        """Goes through all parts, the most important first."""
        for each in self._view.sets:
            if each.plan.verdict != "allowed":
                yield _Part("refusal", _verdict(each))
        for each in self._view.sets:
            yield _Part("set", self._set(each))
        for kind in Kind:
            for place, each in enumerate(self._view.sets):
                for row in each.rows:
                    if row.kind is kind:
                        yield _Part("row", _row(row), place, kind)

    def _text(self, parts: Sequence[_Part]) -> str:
        verdicts = [part.text for part in parts if part.noun == "refusal"]
        sets = [part.text for part in parts if part.noun == "set"]
        left = self._whole - Counter(part.noun for part in parts)
        blocks = [
            f"{MARKER}\n### Contact sets, {wording.headline(self._view)}\n",
            self._header() + "".join(sets) + self._total(),
            *(f"{note}\n" for note in wording.notes(self._view)),
            *verdicts,
            *([_left_out(left)] if left else []),
            *self._sections([part for part in parts if part.noun == "row"]),
        ]
        return "\n".join(blocks)

    def _header(self) -> str:
        names = [*(name.capitalize() for name in self._columns), "Calls", "Time"]
        names += [wording.other_way(self._view).capitalize()] if self._view.other_way else []
        return f"| Set | Verdict | {' | '.join(names)} |\n| --- | --- |{' ---: |' * len(names)}\n"

    def _set(self, each: SetView) -> str:
        plan = each.plan
        numbers = [f"{getattr(plan.totals, field):,}" for field in self._columns.values()]
        costs = [wording.calls(plan.cost), wording.duration(plan.cost.seconds)]
        if self._view.other_way:
            other = plan.alternative
            costs.append(f"{wording.calls(other)}, {wording.duration(other.seconds)}" if other else "the same")
        return f"| {' | '.join([cell(each.title), each.verdict, *numbers, *costs])} |\n"

    def _total(self) -> str:
        view = self._view
        texts = [f"{getattr(view.totals, field):,}" for field in self._columns.values()]
        texts += [wording.calls(view.cost), wording.duration(view.cost.seconds)]
        if other := view.other_way:
            texts.append(f"{wording.calls(other)}, {wording.duration(other.seconds)}")
        return f"| {' | '.join(f'**{text}**' for text in ('All sets', view.verdict, *texts))} |\n"

    def _sections(self, parts: Sequence[_Part]) -> Iterator[str]:
        """Groups rows by set and kind."""
        ordered = sorted(parts, key=lambda part: part.place)
        for (place, kind), rows in groupby(ordered, key=lambda part: (part.place, part.kind)):
            lines = [row.text for row in rows]
            size = self._sizes[place, kind]
            shown = f", {len(lines):,} of them shown" if len(lines) < size else ""
            title = html_code(self._view.sets[place].title)
            summary = f"<details><summary>{title}: {size:,} {kind}{shown}</summary>\n\n"
            yield f"{summary}{_HEADER}{''.join(lines)}\n</details>\n"


def _verdict(each: SetView) -> str:
    plan = each.plan
    says = "is refused" if plan.verdict == "refused" else "breaks rules, and was approved by its digest"
    lines = [
        f"**The plan of** {code(each.title)} **{says}.**\n",
        *(f"- {sentence(it.message)}" for it in plan.refusals),
    ]
    if each.approvable:
        file = code(f"Pulumi.{plan.stack}.yaml")
        lines.append(f"\nIf it is right, this in {file} lets exactly this plan through:\n\n```yaml")
        lines += ["config:", "  sinch-contacts:sets:", f"    {wording.yaml_key(plan.set)}:"]
        lines += [f"      approve: {plan.digest}", "```"]
    return "\n".join(lines) + "\n"


def _row(row: Row) -> str:
    plan = row.plan
    name = f"{cell(plan.renamed_from)} -> {cell(plan.key)}" if plan.renamed_from else cell(plan.key)
    contact = "<br>".join((name, *row.remarks(cell)))
    fields = "<br>".join(f"{field.name}: {wording.change(row, field, cell)}" for field in plan.fields)
    reason = ", ".join(text for text in (wording.why(row), cell(row.place)) if text)
    return f"| {contact} | {fields} | {reason} | {words(plan.cost)} |\n"


def _left_out(left: Counter[str]) -> str:
    counts = ", ".join(wording.counted(left[noun], noun) for noun in ("refusal", "set", "row") if left[noun])
    return (
        f"**Left out for length: {counts}**, the least dangerous ones. The plan files and the HTML report have them.\n"
    )
