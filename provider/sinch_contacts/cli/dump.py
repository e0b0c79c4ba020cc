"""`sinch-contacts dump`: writes the contacts of a project into a file that adopts them."""

import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from sinch_contacts.apply.reading.reader import Reader
from sinch_contacts.cli.connection import Connection, connected
from sinch_contacts.cli.counter import Counter
from sinch_contacts.cli.screen import failure, say
from sinch_contacts.core.contact.channels import LANGUAGES, Channel
from sinch_contacts.core.contact.contact import ContactId, LiveContact
from sinch_contacts.core.errors import ContactsError, listing
from sinch_contacts.core.plan.reading import Pace
from sinch_contacts.shell.paths import write_whole
from sinch_contacts.sources.display import masked_key
from sinch_contacts.sources.dump.declaring import LeftOut
from sinch_contacts.sources.dump.writing import ENDINGS, Selection, Written, write

_STANDARD_OUTPUT: Final = "-"
_INCOMPLETE: Final = 3
_IMPORT: Final = "import the file into a spreadsheet as text, and do not open it there; or write another format."


@click.command
@click.option("--output", metavar="FILE", default=_STANDARD_OUTPUT, help="The file; by default standard output.")
@click.option(
    "--as",
    "form",
    type=click.Choice([ending.removeprefix(".") for ending in ENDINGS]),
    help="The format on standard output, yaml by default; that of a file is told by its ending.",
)
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
@click.option("--external-id-prefix", "prefix", metavar="TEXT", default="", help="Only external ids that begin so.")
@click.option(
    "--channel",
    "channels",
    type=click.Choice(list(map(str, Channel)), case_sensitive=False),
    metavar="CHANNEL",
    multiple=True,
    help="Only contacts with an identity on this channel; may be repeated for any of several.",
)
@click.option(
    "--language",
    "languages",
    type=click.Choice(sorted(LANGUAGES), case_sensitive=False),
    metavar="CODE",
    multiple=True,
    help="Only contacts with this language; may be repeated.",
)
@click.option("--project-id", metavar="ID", default="", help="The Sinch project; by default SINCH_PROJECT_ID.")
@click.option("--region", metavar="REGION", default="", help="Its region; by default SINCH_REGION.")
@click.pass_context
def dump(  # noqa: PLR0913  # the command's options
    context: click.Context,
    *,
    output: str,
    form: str | None,
    force: bool,
    prefix: str,
    channels: tuple[str, ...],
    languages: tuple[str, ...],
    project_id: str,
    region: str,
) -> None:
    """Write the contacts of a project into a file that declares exactly them.

    The next `pulumi up` of a set with that file adopts them all and changes nothing. Contacts without an external id
    are declared by their identities. Contacts that cannot be declared are left out, and listed on standard error. The
    file holds personal data. Credentials come from SINCH_KEY_ID and SINCH_KEY_SECRET.

    \b
    Exit status: 0 all selected contacts are written, 1 it failed and nothing is written, 2 wrong usage,
                 3 it is written, and some contacts had to be left out.

    \b
    Examples:
      sinch-contacts dump --output contacts/all.yaml
      sinch-contacts dump --as csv --channel SMS --language EN_US --language EN_GB
    """  # noqa: D301  # click reads the \b
    ending = _ending(output, form)
    path = None if output == _STANDARD_OUTPUT else Path(output)
    if path:
        _check(path, force=force)
    selection = Selection(prefix, frozenset(channels), frozenset(languages))
    try:
        with connected(project_id, region) as connection:
            written = write(_everything(connection), ending, selection)
            target = str(connection.target)
    except ContactsError as error:
        raise failure(error) from None
    if path:
        _keep(path, written)
    else:
        click.echo(written.content, nl=False)
    say(f"{target}: {_count(written.contacts)} written to {path or 'standard output'}.", err=True)
    if written.formulas:
        say(f"{written.formulas:,} cells begin as formulas do: {_IMPORT}", err=True)
    if written.left_out:
        say(_told(written.left_out), err=True)
        context.exit(_INCOMPLETE)


def _ending(output: str, form: str | None) -> str:
    if output == _STANDARD_OUTPUT:
        return f".{form or 'yaml'}"
    if form:
        raise click.UsageError("--as is for standard output; the ending of a file tells its format.")
    ending = Path(output).suffix.lower()
    if ending not in ENDINGS:
        raise click.UsageError(f"The ending of {output} tells no format; use one of {', '.join(ENDINGS)}.")
    return ending


def _check(path: Path, *, force: bool) -> None:
    """Makes sure, before thousands of calls, that the file can be written."""
    if not path.parent.is_dir():
        raise click.UsageError(f"There is no folder {path.parent}; make it first.")
    if path.is_dir():
        raise click.UsageError(f"{path} is a folder; name a file.")
    if path.exists() and not force:
        raise click.UsageError(f"{path} is there already; name another file, or say --force to overwrite it.")


def _keep(path: Path, written: Written) -> None:
    try:
        write_whole(path.resolve(), written.content.decode())
    except OSError as error:
        raise failure(f"{path} cannot be written ({error.strerror}); nothing is written.") from None


def _everything(connection: Connection) -> Sequence[LiveContact]:
    """Reads the whole project; a contact that stands on two pages is one contact."""
    found: dict[ContactId, LiveContact] = {}
    with Counter("contacts read") as counter:
        for live in Reader(connection.api, Pace(), time.monotonic).everything():
            found[live.id] = live
            counter.show(len(found))
    return list(found.values())


def _told(left_out: Sequence[LeftOut]) -> str:
    by_reason: defaultdict[str, list[str]] = defaultdict(list)
    for one in left_out:
        by_reason[one.reason].append(_name(one.live))
    lines = [f"Left out, because they cannot be declared: {_count(len(left_out))}."]
    lines += [f"{_count(len(names))}: {reason}{listing(names)}" for reason, names in by_reason.items()]
    return "\n".join(lines)


def _count(contacts: int) -> str:
    return f"{contacts:,} contact{'s' * (contacts != 1)}"


def _name(live: LiveContact) -> str:
    return f"{masked_key(live.contact.external_id)} ({live.id})" if live.contact.external_id else live.id
