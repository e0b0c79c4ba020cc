"""`sinch-contacts emulator`: a stand-in for Sinch on this machine."""

import json
import signal
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from sinch_contacts.emulator.profiles import PROFILES

_MISSING = "The emulator needs starlette and uvicorn. Run: pip install 'pulumi-sinch-contacts[emulator]'"


def _knob(name: str, values: Sequence[str], text: str) -> Callable[[Any], Any]:
    """Adds an option for something that Sinch's documents leave open; the first value is the emulator's own."""
    return click.option(name, type=click.Choice(values), default=values[0], show_default=True, help=text)


def _take_profile(context: click.Context, _: click.Parameter, name: str | None) -> str | None:
    """Puts the knobs of a profile in the place of the defaults: what the command line says still wins."""
    if name:
        context.default_map = dict(PROFILES[name].knobs)
    return name


@click.command(
    epilog="Example: sinch-contacts emulator --port 8580 --lag 2, and then SINCH_EMULATOR_URL=http://127.0.0.1:8580"
)
@click.option("--port", type=click.IntRange(0, 65535), default=8580, show_default=True, help="Port; 0 for a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    is_eager=True,
    callback=_take_profile,
    help="A world to live in: " + "; ".join(f"{name}, where {profile.summary}" for name, profile in PROFILES.items()),
)
@click.option("--db", "database", type=click.Path(dir_okay=False), default="", help="File that keeps the state.")
@click.option(
    "--lag", type=click.FloatRange(0), default=0.2, show_default=True, help="Seconds until batches are visible."
)
@click.option("--token-lifetime", type=click.FloatRange(1), default=3600, show_default=True, help="Seconds.")
@click.option("--page-token-lifetime", type=click.FloatRange(1), default=3600, show_default=True, help="Seconds.")
@click.option("--key-id", default="emulator", show_default=True, help="Access key that is accepted.")
@click.option("--key-secret", default="emulator", show_default=True, help="Its secret.")
@click.option(
    "--requests-per-second", type=click.FloatRange(1), default=800, show_default=True, help="Limit of each project."
)
@_knob("--bad-items", ["reject", "drop"], "One bad item rejects its batch, or is passed over.")
@_knob("--batch-answer", ["object", "nothing"], "Batch calls answer {}, or no body.")
@_knob("--large-pages", ["clamp", "refuse"], "A page size above 20 counts as 20, or is refused.")
@_knob("--duplicates", ["allow", "refuse", "merge"], "A second contact with a number, under Unified Contact ID.")
@_knob("--metadata-unit", ["characters", "utf16", "bytes"], "What the 1,024 of metadata are counted in.")
@_knob("--plus", ["strip", "keep"], "The + of phone numbers.")
@_knob("--unknown-fields", ["ignore", "refuse"], "Fields that no contact has.")
@_knob("--errors", ["nested", "flat", "problem"], "The form of error bodies.")
@click.option("--faults", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="JSON file of faults.")
def emulator(*, port: int, host: str, profile: str | None, faults: Path | None, **knobs: Any) -> None:
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
    settings = EmulatorSettings(**knobs)
    rules = faults.read_bytes() if faults else json.dumps(PROFILES[profile].faults).encode() if profile else b""
    try:
        with running(settings, host=host, port=port, faults=rules) as url:
            state = f"state in {settings.database}" if settings.database else "state in memory"
            world = f", profile {profile}" if profile else ""
            click.echo(f"sinch-contacts emulator: ready at {url} (lag {settings.lag:g} s, {state}{world})")
            stop.wait()
    except OSError as error:
        raise click.ClickException(f"Cannot listen on {host}:{port}: {error.strerror}.") from None
    except sqlite3.Error as error:
        raise click.ClickException(f"Cannot use {settings.database} as the state: {error}.") from None
    except ApiFailure as failure:
        raise click.ClickException(failure.message) from None
