"""`sinch-contacts validate`: judges contact files, and nothing else."""

from pathlib import Path

import click
import msgspec

from sinch_contacts import sources
from sinch_contacts.cli.screen import say


class _Report(msgspec.Struct, frozen=True):
    """What `--format json` prints."""

    contacts: int
    files: int
    issues: tuple[sources.Issue, ...] = msgspec.field(name="problems")


@click.command
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option(
    "--overlay",
    "overlays",
    metavar="PATH",
    multiple=True,
    help="A file, or a glob in quotes, that patches the contacts of the others; later ones win over earlier ones.",
)
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What to print: a line for each problem, or one JSON object.",
)
@click.pass_context
def validate(context: click.Context, paths: tuple[str, ...], overlays: tuple[str, ...], output: str) -> None:
    """Check contact files as one set, without network access.

    A PATH is a YAML, JSON, JSON Lines or CSV file, or a glob in quotes. All problems of all files are printed to
    standard output as FILE:LINE:COLUMN: PATH: MESSAGE, with no personal data in them.

    \b
    Exit status: 0 all is well, 1 a file is wrong, 2 wrong usage.

    \b
    Examples:
      sinch-contacts validate contacts/*.yaml
      sinch-contacts validate --format json 'contacts/**/*.jsonl'
      sinch-contacts validate contacts/*.yaml --overlay overlays/staging.yaml
    """  # noqa: D301  # click reads the \b
    try:
        loaded = sources.read(paths, Path.cwd(), overlays=overlays, allow_outside=True)
        report = _Report(len(loaded.contacts), len(loaded.files), ())
    except sources.InvalidContactFiles as error:
        report = _Report(0, 0, error.issues)
    if output == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(report)).decode())
    else:
        say(_text(report))
    context.exit(1 if report.issues else 0)


def _text(report: _Report) -> str:
    if report.issues:
        return "\n".join(map(str, report.issues))
    contacts = f"{report.contacts:,} contact{'s' * (report.contacts != 1)}"
    return f"{contacts} in {report.files:,} file{'s' * (report.files != 1)}: no problems"
