"""`sinch-contacts reshard`: changes the number of a set's shards in an exported state."""

import json
import sys
from pathlib import Path
from typing import Final

import click

from sinch_contacts.cli.screen import failure, say
from sinch_contacts.core.contact.sharding import MOST
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.shell import resharding
from sinch_contacts.shell.paths import write_whole
from sinch_contacts.shell.stack_export import read_export

_STANDARD: Final = "-"


@click.command
@click.argument("state", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--set", "name", required=True, help="The set, as the program names it.")
@click.option("--to", "shards", required=True, type=click.IntRange(1, MOST), help="How many shards it is to have.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False),
    default=_STANDARD,
    help="A new file, for its owner alone to read, instead of standard output.",
)
def reshard(state: str, *, name: str, shards: int, output: str) -> None:
    """Change the number of a set's shards in an exported state.

    STATE is what `pulumi stack export --show-secrets` writes, or `-` for standard input. The new state holds the same
    contacts with the same ids in other resources; give it to `pulumi stack import`, and say `shards` in the program.
    Nothing is asked of Sinch, and STATE stays as it is. Both hold secrets in clear: pipes leave no files behind.

    \b
    Before: `pulumi preview` of the stack has nothing to do. After: it has nothing to do again.

    \b
    Exit status: 0 done, 1 the state cannot be rewritten, 2 wrong usage.

    \b
    Examples:
      pulumi stack export --show-secrets --file old.json
      sinch-contacts reshard old.json --set customers --to 16 --output new.json
      pulumi stack import --file new.json
    """  # noqa: D301  # click reads the \b
    if output != _STANDARD and Path(output).exists():
        raise failure(f"{output} is there already, and no file is overwritten; name another --output.")
    try:
        text = sys.stdin.read() if state == _STANDARD else Path(state).read_text(encoding="utf-8")
        done = resharding.reshard(read_export(text), name, shards)
        written = json.dumps(done.document, indent=4, ensure_ascii=False) + "\n"
        if output != _STANDARD:
            write_whole(Path(output), written)
    except OSError as error:
        raise failure(f"{error.filename or output}: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise failure(f"{state} is not a text in UTF-8.") from None
    except ContactsError as error:
        raise failure(error) from None
    if output == _STANDARD:
        click.echo(written.encode(), nl=False)
    say(_told(name, done), err=True)


def _told(name: str, done: resharding.Resharded) -> str:
    before, now = (f"{count:,} shard{'s' * (count > 1)}" for count in (done.before, len(done.contacts)))
    sizes = f"{min(done.contacts):,} to {max(done.contacts):,} in each"
    return f"{name}: {sum(done.contacts):,} contacts, {before} before, {now} now, {sizes}"
