"""One view of the plans of all sets: what renderers show, in which order, and in which words."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Final, TypeVar

import msgspec

from sinch_contacts.core.contact.showing import shown_text
from sinch_contacts.core.review.plan_document import Costs, FieldChange, Move, PlanDocument, PlanRow, Totals


class Kind(StrEnum):
    """What becomes of a contact, the most dangerous first."""

    DELETED = "deleted"
    MOVED = "moved"
    """An identity goes from one contact to another; both rows are of this kind."""

    REPLACED = "replaced"
    FORGOTTEN = "forgotten"
    CHANGED = "changed"
    RENAMED = "renamed"
    CREATED = "created"
    AWAITED = "awaiting"


_KINDS: Final = {
    "make room": Kind.MOVED,
    "delete": Kind.DELETED,
    "withdraw": Kind.DELETED,
    "replace": Kind.REPLACED,
    "forget": Kind.FORGOTTEN,
    "patch": Kind.CHANGED,
    "rename": Kind.RENAMED,
    "create": Kind.CREATED,
    "await": Kind.AWAITED,
}
_MAKES_ROOM: Final = "make room"
_Sum = TypeVar("_Sum", Totals, Costs)


class Row(msgspec.Struct, frozen=True):
    """What becomes of one contact.

    Attributes:
        kind: See `Kind`.
        plan: The row of the plan; its texts can all be shown.
        heirs: Keys of the contacts that take over identities of this one.
    """

    kind: Kind
    plan: PlanRow
    heirs: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The file and line that declare it; empty where none does."""
        return f"{self.plan.file}:{self.plan.line}" if self.plan.line else self.plan.file

    def remarks(self, quote: Callable[[str], str]) -> Iterator[str]:
        """Tells of the identities that move.

        Args:
            quote: Sets a text from a plan apart from our own.
        """
        for move in self.plan.moves:
            yield f"takes {quote(move.identity)} from {quote(move.source)}"
        if self.plan.operation == _MAKES_ROOM:
            heirs = ", ".join(map(quote, self.heirs)) or "another contact"
            yield f"is deleted first: its identity moves to {heirs}"


class SetView(msgspec.Struct, frozen=True):
    """The plan of one set.

    Attributes:
        title: The set's name, with its stack and project where the plans are of several.
        plan: The plan; its own texts can all be shown.
        rows: Its rows by kind, then by key.
    """

    title: str
    plan: PlanDocument
    rows: tuple[Row, ...]

    @property
    def verdict(self) -> str:
        """The verdict, and what a reviewer has to know of how the plan was made."""
        compared = ", not compared with Sinch" if self.plan.compared == "nothing" else ""
        cut_off = ", an earlier run was cut off" if self.plan.interrupted else ""
        return self.plan.verdict + compared + cut_off + (", shows personal data" if self.plan.revealed else "")

    @property
    def approvable(self) -> bool:
        """Whether `approve` lets a refused plan through: it does not where a protected contact would be deleted."""
        return self.plan.verdict == "refused" and all(refusal.rule != "protect" for refusal in self.plan.refusals)


class Overview(msgspec.Struct, frozen=True):
    """The plans of all sets.

    Attributes:
        sets: The sets.
        totals: Their totals, summed.
        cost: Their costs, summed.
        other_way: What they would cost if contacts were changed the other way; `None` where that makes no difference.
        verdict: The hardest of their verdicts; `allowed` where there are none.
    """

    sets: tuple[SetView, ...]
    totals: Totals
    cost: Costs
    other_way: Costs | None
    verdict: str

    @property
    def stacks(self) -> str:
        """The projects and stacks that the plans are of."""
        return ", ".join(dict.fromkeys(f"{each.plan.project}/{each.plan.stack}" for each in self.sets))

    @property
    def unchanged(self) -> bool:
        """Whether nothing is to be done, nothing is refused, and nothing is still to be seen."""
        return not self.totals.unknown and not any(
            view.rows or view.plan.refusals or view.plan.interrupted for view in self.sets
        )

    @property
    def makes_room(self) -> int:
        """How many contacts are deleted because an identity of theirs moves."""
        return sum(row.plan.operation == _MAKES_ROOM for view in self.sets for row in view.rows)


def overview(plans: Sequence[PlanDocument]) -> Overview:
    """Puts plans side by side.

    Args:
        plans: The plans, in the order in which they are shown.
    """
    sets = tuple(_set(plan, title) for plan, title in zip(plans, _titles(plans), strict=True))
    other = [plan.alternative or plan.cost for plan in plans] if any(plan.alternative for plan in plans) else None
    verdicts = {plan.verdict for plan in plans}
    return Overview(
        sets=sets,
        totals=_sum(Totals, (plan.totals for plan in plans)),
        cost=_sum(Costs, (plan.cost for plan in plans)),
        other_way=_sum(Costs, other) if other else None,
        verdict=next((verdict for verdict in ("refused", "approved") if verdict in verdicts), "allowed"),
    )


def _titles(plans: Sequence[PlanDocument]) -> list[str]:
    names = [(plan.project, plan.stack, plan.set) for plan in plans]
    several = [len({name[place] for name in names}) > 1 for place in range(2)]
    first = 0 if several[0] else 1 if several[1] else 2
    return [shown_text("/".join(name[first:])) for name in names]


def _set(plan: PlanDocument, title: str) -> SetView:
    heirs: dict[str, dict[str, None]] = {}
    for row in plan.rows:
        for move in row.moves:
            heirs.setdefault(move.source, {})[shown_text(row.key)] = None
    rows = [_row(row, tuple(heirs.get(row.key, ()))) for row in plan.rows]
    order = {kind: place for place, kind in enumerate(Kind)}
    rows.sort(key=lambda row: (order[row.kind], row.plan.key))
    refusals = tuple(
        msgspec.structs.replace(refusal, message=shown_text(refusal.message), rule=shown_text(refusal.rule))
        for refusal in plan.refusals
    )
    shown = msgspec.structs.replace(
        plan,
        project=shown_text(plan.project),
        stack=shown_text(plan.stack),
        set=shown_text(plan.set),
        sinch_project=shown_text(plan.sinch_project),
        refusals=refusals,
        rows=(),
    )
    return SetView(title, shown, tuple(rows))


def _row(row: PlanRow, heirs: tuple[str, ...]) -> Row:
    shown = msgspec.structs.replace(
        row,
        key=shown_text(row.key),
        cost=shown_text(row.cost),
        renamed_from=shown_text(row.renamed_from),
        id=shown_text(row.id),
        file=shown_text(row.file),
        fields=tuple(FieldChange(field.name, _shown(field.before), _shown(field.after)) for field in row.fields),
        moves=tuple(Move(shown_text(move.identity), shown_text(move.source)) for move in row.moves),
    )
    kind = Kind.MOVED if row.moves else _KINDS[row.operation]
    return Row(kind, shown, heirs if row.operation == _MAKES_ROOM else ())


def _shown(text: str | None) -> str | None:
    return None if text is None else shown_text(text)


def _sum(kind: type[_Sum], parts: Iterable[_Sum]) -> _Sum:
    listed = list(parts)
    return kind(**{name: sum(getattr(part, name) for part in listed) for name in kind.__struct_fields__})
