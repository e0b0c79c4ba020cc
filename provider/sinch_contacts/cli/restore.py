"""`sinch-contacts restore`: puts back what an undo bundle kept."""

import signal
from pathlib import Path

import click

from sinch_contacts.apply.claims import Claims
from sinch_contacts.apply.clock import Interruption, SystemClock
from sinch_contacts.apply.context import Context
from sinch_contacts.apply.journal.folder import JournalFolder
from sinch_contacts.apply.restore import Restoration, restore_bundle, survey_bundle
from sinch_contacts.apply.undo import Bundle, UndoFolder, UnreadableBundle, read_bundle
from sinch_contacts.cli.connection import Connection, connected
from sinch_contacts.cli.screen import failure, say
from sinch_contacts.core.contact.contact import Key
from sinch_contacts.core.contact.digest import content_digest
from sinch_contacts.core.errors import ContactsError, listing
from sinch_contacts.shell.paths import journal_folder
from sinch_contacts.shell.settings import UNDO_DAYS
from sinch_contacts.sources.display import masked_key

_LOST = "New ids: conversations and messages stay with the old ones, and programs that keep ids need the new ones."


@click.command
@click.argument("bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only look, and say what would be done.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(bundle: Path, *, dry_run: bool, yes: bool) -> None:
    """Put back the contacts that a run deleted or changed.

    BUNDLE is a file that `pulumi up` or `pulumi destroy` named when it ended. Deleted contacts are created again,
    unless there is one by the same name; changed fields are set back. Ids and conversations do not come back.
    Credentials come from SINCH_KEY_ID and SINCH_KEY_SECRET, the project and its region from the bundle.

    \b
    Exit status: 0 all is put back, 1 something is not, 2 wrong usage.

    \b
    Examples:
      sinch-contacts restore --dry-run BUNDLE
      sinch-contacts restore --yes BUNDLE
    """  # noqa: D301  # click reads the \b
    try:
        content = read_bundle(bundle.read_bytes())
        with connected(content.head.project_id, content.head.region) as connection:
            interruption = Interruption()
            ctx, undo = _surroundings(connection, bundle, content, interruption)
            say(f"{connection.target}:")
            say(_told(survey_bundle(ctx, content, bundle.name), "would be"))
            if dry_run:
                return
            if not yes:
                click.confirm("Put them back?", abort=True)
            signal.signal(signal.SIGINT, lambda *_: interruption.ask())
            restored = restore_bundle(ctx, content, bundle.name)
    except OSError as error:
        raise failure(f"{bundle} cannot be read ({error.strerror}).") from None
    except UnreadableBundle as error:
        raise failure(f"{bundle}: {error}") from None
    except ContactsError as error:
        raise failure(error) from None
    if restored.incomplete:
        message = str(restored.incomplete).replace("The next `pulumi up` goes", "The same command goes")
        raise failure(message)
    say(_told(restored, "were"))
    if undo.bundle:
        say(f"What was there before is kept in {undo.bundle}")
    if restored.created:
        say(_LOST)


def _surroundings(
    connection: Connection, path: Path, bundle: Bundle, interruption: Interruption
) -> tuple[Context, UndoFolder]:
    settings = connection.settings
    urn = f"restore:{content_digest(path.read_bytes())}"
    days = settings.number("undoDays", UNDO_DAYS)
    undo = UndoFolder(path.parent, bundle.head.set, connection.target, days)
    ctx = Context(
        connection.target,
        connection.api,
        claims=Claims(),
        settings=settings.patience({}),
        clock=SystemClock(interruption),
        progress=lambda text: say(text, err=True),
        urn=urn,
        journals=JournalFolder(
            journal_folder(settings),
            urn,
            connection.target,
            origin=settings.text("emulatorUrl"),
            secret=content_digest(f"{urn} {settings.credentials().key_secret}".encode()).encode(),
            tell=lambda text: say(text, err=True),
        ),
        interruption=interruption,
        undo=undo,
    )
    return ctx, undo


def _told(restoration: Restoration, verb: str) -> str:
    lines = [
        _line(restoration.created, f"{verb} created again"),
        _line(restoration.changed, f"{verb} set back"),
        _line(restoration.there, "are there by the same name, and are left alone"),
        _line(restoration.gone, "are not there any more, and cannot be set back"),
    ]
    return "\n".join(line for line in lines if line) or "nothing to put back"


def _line(keys: tuple[Key, ...], what: str) -> str:
    return f"{len(keys):,} {what}:{listing(list(map(masked_key, keys)))}" if keys else ""
