"""`sinch-contacts emulator`: a stand-in for Sinch on this machine."""

import signal
import sqlite3
import threading
from pathlib import Path
from typing import Literal

import click

_MISSING = "The emulator needs starlette and uvicorn. Run: pip install 'pulumi-sinch-contacts[emulator]'"


@click.command(
    epilog="Example: sinch-contacts emulator --port 8580 --lag 2, and then SINCH_EMULATOR_URL=http://127.0.0.1:8580"
)
@click.option("--port", type=click.IntRange(0, 65535), default=8580, show_default=True, help="Port; 0 for a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--db", "database", type=click.Path(dir_okay=False), default="", help="File that keeps the state.")
@click.option(
    "--lag", type=click.FloatRange(0), default=0.2, show_default=True, help="Seconds until batches are visible."
)
@click.option("--token-lifetime", type=click.FloatRange(1), default=3600, show_default=True, help="Seconds.")
@click.option("--key-id", default="emulator", show_default=True, help="Access key that is accepted.")
@click.option("--key-secret", default="emulator", show_default=True, help="Its secret.")
@click.option(
    "--requests-per-second", type=click.FloatRange(1), default=800, show_default=True, help="Limit of each project."
)
@click.option(
    "--bad-items",
    type=click.Choice(["reject", "drop"]),
    default="reject",
    show_default=True,
    help="One bad item rejects its batch, or is passed over.",
)
@click.option(
    "--batch-answer",
    type=click.Choice(["object", "nothing"]),
    default="object",
    show_default=True,
    help="Batch calls answer {}, or no body.",
)
@click.option(
    "--large-pages",
    type=click.Choice(["clamp", "refuse"]),
    default="clamp",
    show_default=True,
    help="A page size above 20 counts as 20, or is refused.",
)
@click.option("--faults", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="JSON file of faults.")
def emulator(  # noqa: PLR0913  # the command's options
    *,
    port: int,
    host: str,
    database: str,
    lag: float,
    token_lifetime: float,
    key_id: str,
    key_secret: str,
    requests_per_second: float,
    bad_items: Literal["reject", "drop"],
    batch_answer: Literal["object", "nothing"],
    large_pages: Literal["clamp", "refuse"],
    faults: Path | None,
) -> None:
    """Serves a stand-in for the Sinch Conversation API's contacts until it is interrupted.

    It accepts the access key `emulator` with the secret `emulator`, unless told otherwise. Nothing leaves this machine.
    """
    try:
        from sinch_contacts.emulator.errors import ApiFailure  # noqa: PLC0415  # they are in an extra
        from sinch_contacts.emulator.server import running  # noqa: PLC0415
        from sinch_contacts.emulator.settings import EmulatorSettings  # noqa: PLC0415
    except ModuleNotFoundError:
        raise click.ClickException(_MISSING) from None
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    settings = EmulatorSettings(
        database=database,
        lag=lag,
        key_id=key_id,
        key_secret=key_secret,
        token_lifetime=token_lifetime,
        requests_per_second=requests_per_second,
        bad_items=bad_items,
        batch_answer=batch_answer,
        large_pages=large_pages,
    )
    rules = faults.read_bytes() if faults else b""
    try:
        with running(settings, host=host, port=port, faults=rules) as url:
            state = f"state in {database}" if database else "state in memory"
            click.echo(f"sinch-contacts emulator: ready at {url} (lag {lag:g} s, {state})")
            stop.wait()
    except OSError as error:
        raise click.ClickException(f"Cannot listen on {host}:{port}: {error.strerror}.") from None
    except sqlite3.Error as error:
        raise click.ClickException(f"Cannot use {database} as the state: {error}.") from None
    except ApiFailure as failure:
        raise click.ClickException(failure.message) from None
