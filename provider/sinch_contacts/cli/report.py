"""`sinch-contacts report`: renders plan files for the people who review them."""

from pathlib import Path
from typing import Final

import click

from sinch_contacts.cli.screen import failure
from sinch_contacts.core.review.plan_document import PlanDocument
from sinch_contacts.report.markdown import LEAST_LIMIT, markdown
from sinch_contacts.report.overview import Overview, overview
from sinch_contacts.report.plain import json_text, text
from sinch_contacts.report.plan_files import InvalidPlanFiles, read_plans
from sinch_contacts.shell.paths import write_whole

_STANDARD_OUTPUT: Final = "-"


@click.command
@click.argument("paths", metavar="PLAN...", nargs=-1, required=True)
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "html", "text", "json"]),
    default="markdown",
    show_default=True,
    help="A comment for a pull request, a page, lines for a terminal, or one JSON object.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False),
    default=_STANDARD_OUTPUT,
    help="File to write, whole or not at all, instead of standard output.",
)
@click.option(
    "--limit",
    type=click.IntRange(LEAST_LIMIT),
    default=65_000,
    show_default=True,
    metavar="CHARS",
    help="The most characters of the Markdown. GitHub takes 65,536, GitLab 1,000,000.",
)
@click.option(
    "--run",
    envvar="SINCH_PLAN_RUN",
    default="",
    help="Take only plans of this run: what SINCH_PLAN_RUN was when they were made. By default what it is now.",
)
def report(paths: tuple[str, ...], form: str, output: str, limit: int, run: str) -> None:  # options
    """Render plan files for review.

    A PLAN is a file that `pulumi preview` or `pulumi up` wrote to the folder that SINCH_PLAN_DIR (or sinch:planDir)
    names, or the folder itself. Markdown that is too long loses its least dangerous rows first, and says how many.

    \b
    Exit status: 0 rendered, also where a plan is refused (the preview has failed already); 1 a plan file is wrong,
    or the report cannot be written; 2 wrong usage.

    \b
    Examples:
      sinch-contacts report plans/ > comment.md
      sinch-contacts report plans/ --format html --output plan.html
      sinch-contacts report plans/dev.friends.plan.json --format text
    """  # noqa: D301  # click reads the \b
    try:
        plans = read_plans(paths, run.strip())
    except InvalidPlanFiles as error:
        raise failure(error) from None
    rendered = _rendered(overview(plans), plans, form, limit)
    if output == _STANDARD_OUTPUT:
        click.echo(rendered.encode(), nl=False)
        return
    try:
        write_whole(Path(output), rendered)
    except OSError as error:
        raise failure(f"{output} cannot be written ({error.strerror}); name another --output.") from None


def _rendered(view: Overview, plans: tuple[PlanDocument, ...], form: str, limit: int) -> str:
    match form:
        case "html":
            return _html(view)
        case "text":
            return text(view)
        case "json":
            return json_text(view, plans)
        case _:
            return markdown(view, limit)


def _html(view: Overview) -> str:
    try:
        from sinch_contacts.report.html import html  # noqa: PLC0415  # its template engine is in an extra
    except ModuleNotFoundError as error:
        if error.name not in {"jinja2", "markupsafe"}:
            raise
        message = f"{error.name} is not installed; run: pip install 'pulumi-sinch-contacts[report]'"
        raise failure(message) from None
    return html(view)
