"""`sinch-contacts drift`: is what lives at Sinch still what is declared?"""

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from sinch_contacts.cli.engine import EngineFailed, previewed, project_option, recorded_sets, stack_option
from sinch_contacts.cli.screen import say
from sinch_contacts.core.plan.plan import Reason
from sinch_contacts.core.review.plan_document import PlanDocument, PlanRow

_DRIFT = (Reason.DRIFT, Reason.BOTH)
_EDITS = (Reason.GIT, Reason.BOTH)
_SHOWN = 50
_SOMETHING = 2


class SetDrift(msgspec.Struct, frozen=True):
    """What is to do for one set, by where it comes from; a contact may be in more than one list.

    Attributes:
        set: The set's name.
        drift: Contacts that somebody else changed or deleted.
        pending: Contacts that an earlier run asked for and has not seen.
        edits: Contacts whose edits in Git are not applied yet.
        interrupted: Whether an earlier run was cut off.
        refused: Whether guards refuse the plan that would mend it.
        unplanned: How many contacts are recorded of a set that nobody planned: it has left the program, or depends on
            other resources; `None` where it was planned.
    """

    set: str
    drift: tuple[PlanRow, ...] = ()
    pending: tuple[PlanRow, ...] = ()
    edits: tuple[PlanRow, ...] = ()
    interrupted: bool = False
    refused: bool = False
    unplanned: int | None = None

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing to do."""
        return (
            not (self.drift or self.pending or self.edits or self.interrupted or self.refused)
            and self.unplanned is None
        )


class _Report(msgspec.Struct, frozen=True):
    """What `--format json` prints."""

    clean: bool
    sets: tuple[SetDrift, ...]


@click.command
@stack_option
@project_option
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def drift(context: click.Context, stack: str, project: Path, output: str) -> None:
    """Compare what lives at Sinch with the state and with Git, and change nothing.

    It tells apart drift (somebody else changed or deleted a contact), pending work (asked for, and not seen yet) and
    edits that are in Git and not applied yet. It runs `pulumi preview --refresh`, with that command's own settings.

    \b
    Exit status: 0 nothing to do, 2 something to do, 1 an error (wrong usage is an error, too).

    \b
    Examples:
      sinch-contacts drift --stack prod
      sinch-contacts drift --format json | jq '.sets[] | {set, drift: (.drift | length)}'
    """  # noqa: D301  # click reads the \b
    try:
        with previewed(project, stack, "--refresh") as preview:
            planned = {plan.set: _set_drift(plan) for plan in preview.plans}
        recorded = recorded_sets(project, stack)
    except EngineFailed as error:
        raise error.told() from None
    others = [SetDrift(name, unplanned=recorded[name]) for name in sorted(recorded.keys() - planned)]
    sets = (*planned.values(), *others)
    report = _Report(all(found.is_clean for found in sets), sets)
    if output == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(report)).decode())
    else:
        say(_text(sets))
    context.exit(0 if report.clean else _SOMETHING)


def _set_drift(plan: PlanDocument) -> SetDrift:
    def rows(*reasons: Reason) -> tuple[PlanRow, ...]:
        return tuple(row for row in plan.rows if row.reason in reasons)

    refused = plan.verdict == "refused"
    return SetDrift(plan.set, rows(*_DRIFT), rows(Reason.PENDING), rows(*_EDITS), plan.interrupted, refused)


def _text(sets: Sequence[SetDrift]) -> str:
    return "\n".join(line for found in sets for line in _lines(found)) or "no contact sets"


def _lines(found: SetDrift) -> list[str]:
    counts = f"{len(found.drift):,} drifted, {len(found.pending):,} pending, {len(found.edits):,} edited in Git"
    lines = [f"{found.set}: {'nothing to do' if found.is_clean else counts}"]
    if found.unplanned is not None:
        what = "it has left the program, or depends on other resources; see `pulumi preview`"
        return [f"{found.set}: {found.unplanned:,} contacts are recorded, and none is planned: {what}"]
    if found.interrupted:
        lines.append("  an earlier run was cut off; `pulumi up` settles what it left")
    if found.refused:
        lines.append("  guards refuse the plan that would mend it; see `pulumi preview`")
    for kind, rows in (("drift", found.drift), ("pending", found.pending), ("edit", found.edits)):
        lines += [f"  {kind:8} {_row(row)}" for row in rows[:_SHOWN]]
        if len(rows) > _SHOWN:
            lines.append(f"  {kind:8} and {len(rows) - _SHOWN:,} more")
    return lines


def _row(row: PlanRow) -> str:
    fields = f": {', '.join(field.name for field in row.fields)}" if row.operation in {"patch", "replace"} else ""
    return f"{row.key}  {row.operation}{fields}"
