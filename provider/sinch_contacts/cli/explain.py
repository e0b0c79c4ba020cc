"""`sinch-contacts explain`: everything that is known of one contact."""

from pathlib import Path

import click
import msgspec

from sinch_contacts.cli.engine import EngineFailed, previewed, project_option, stack_option
from sinch_contacts.cli.screen import failure, say
from sinch_contacts.core.review.explanation import Explanation, Shown
from sinch_contacts.shell.plan_folder import EXPLANATION


@click.command
@click.argument("key")
@click.option("--set", "name", default="", help="The set; by default every set of the stack that knows the key.")
@stack_option
@project_option
@click.option("--reveal", is_flag=True, help="Show personal data.")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def explain(  # noqa: PLR0913  # the command's options
    key: str, *, name: str, stack: str, project: Path, reveal: bool, output: str
) -> None:
    """Tell everything that is known of one contact, and change nothing.

    Where it is declared, what is recorded of it, what lives at Sinch, what the plan would do, and which rule decides.
    It runs `pulumi preview`, and looks the contact up.

    \b
    Exit status: 0 told, 1 no set knows the contact, or an error, 2 wrong usage.

    \b
    Examples:
      sinch-contacts explain alice
      sinch-contacts explain --set customers --reveal SMS:12025550101
    """  # noqa: D301  # click reads the \b
    asked = {"SINCH_EXPLAIN": key, "SINCH_EXPLAIN_REVEAL": "1" if reveal else ""}
    try:
        with previewed(project, stack, environment=asked) as preview:
            told = preview.documents(EXPLANATION, Explanation)
    except EngineFailed as error:
        raise error.told() from None
    found = [item for item in told if _is_known(item) and name in {"", item.set}]
    if not found:
        sets = ", ".join(sorted(item.set for item in told)) or "none"
        message = f"No set knows the contact {key!r}: it is neither declared nor recorded. Sets looked at: {sets}."
        raise failure(message)
    if output == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(found)).decode())
    else:
        say("\n\n".join(map(_text, found)))


def _is_known(item: Explanation) -> bool:
    return item.declared is not None or item.recorded is not None or item.unknown


def _text(item: Explanation) -> str:
    lines = [f"{item.set}: {item.key}"]
    lines += _shown("declared", item.declared) if item.declared else [_undeclared(item)]
    if item.recorded:
        known = item.recorded
        lines.append(f"  recorded   {known.id or 'no id yet'} · {known.origin} · {known.status}")
        lines.append(f"             ours: {', '.join(known.owned)}")
    else:
        lines.append("  recorded   not recorded")
    for live in item.live:
        lines += _shown("lives", live)
    if not item.live:
        lines.append("  lives      not there")
    fields = f": {', '.join(item.fields)}" if item.fields else ""
    lines.append(f"  plan       {item.operation or 'nothing'}{fields}{' · protected' if item.protected else ''}")
    lines.append(f"  why        {item.rule}")
    return "\n".join(lines)


def _undeclared(item: Explanation) -> str:
    return f"  declared   {'depends on another resource' if item.unknown else 'not declared'}"


def _shown(title: str, shown: Shown) -> list[str]:
    return [f"  {title:10} {shown.where}", *(f"             {name}: {text}" for name, text in shown.fields.items())]
