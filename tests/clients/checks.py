"""What each of Sinch's SDKs is asked to do, and the running of the programs that do it."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec

from sinch_contacts.emulator.server import running
from sinch_contacts.emulator.settings import EmulatorSettings

INSTALLED: Final = Path(__file__).parents[2] / ".venv/clients"
"""Where `make clients` puts the SDKs."""

CHECKS: Final = (
    "creates a contact and reads it",
    "lists contacts over several pages, by itself and by hand",
    "finds contacts by external id and by number",
    "updates what it names",
    "deletes a contact",
    "merges two contacts",
    "reads a channel profile by contact",
    "reads a channel profile by identity",
    "lists identity conflicts over several pages",
    "is told 404 of a contact that is not there",
    "is told 400 of a contact that is not valid",
    "is told 401 of a wrong key",
    "is told 401 of a token that is refused again",
    "is told 403 of a call that is not permitted",
    "renews a token that has expired",
    "asks again where the token endpoint throttles",
    "gets signed events and reads them",
    "refuses an event that was tampered with",
)
"""What every SDK can do."""

_PATIENCE: Final = 180.0


class Outcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a check ended.

    Attributes:
        check: Its name.
        failure: What went wrong, in the words of the SDK's language; `None` where nothing did.
    """

    check: str
    failure: str | None


def outcomes(
    command: Sequence[str | Path], notes: Path, variables: Mapping[str, str | Path] = MappingProxyType({})
) -> dict[str, str | None]:
    """Runs a program of checks against an emulator of its own, and returns the failure of each check.

    Args:
        command: Starts the program.
        notes: An empty folder for what it notes.
        variables: What it wants to have in its environment.
    """
    noted = notes / "outcomes.jsonl"
    with running(EmulatorSettings(key_id="keyId", key_secret="keySecret")) as url:
        given = {"SINCH_EMULATOR": url, "SINCH_OUTCOMES": noted, **variables}
        environment = {**os.environ, **{name: str(value) for name, value in given.items()}}
        done = subprocess.run(
            command, env=environment, capture_output=True, check=False, encoding="utf-8", timeout=_PATIENCE
        )
    assert done.returncode == 0, done.stdout + done.stderr
    ended = msgspec.json.Decoder(Outcome).decode_lines(noted.read_bytes())
    return {outcome.check: outcome.failure for outcome in ended}
