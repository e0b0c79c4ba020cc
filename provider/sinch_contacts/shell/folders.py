"""Folders of this user, outside any repository: journals and undo bundles."""

import os
from pathlib import Path
from urllib.parse import quote

from sinch_contacts.shell.settings import Settings
from sinch_contacts.shell.urn import parse_urn


def journal_folder(settings: Settings) -> Path:
    """Returns the folder of all journals."""
    return _own_folder(settings, "journalDir", "journals")


def undo_folder(settings: Settings, urn: str) -> Path:
    """Returns the folder of a set's undo bundles."""
    parts = parse_urn(urn)
    return _own_folder(settings, "undoDir", "undo") / quote(f"{parts.project}.{parts.stack}.{parts.name}", safe=" ")


def _own_folder(settings: Settings, setting: str, name: str) -> Path:
    if chosen := settings.text(setting):
        return Path(chosen).expanduser()
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "pulumi-sinch-contacts" / name
