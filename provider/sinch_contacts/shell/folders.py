"""Folders: the project's own, and those of this user for journals and undo bundles, outside any repository."""

import os
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sinch_contacts.shell.settings import Settings
from sinch_contacts.shell.urn import parse_urn

_PROJECT_FILES: Final = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")


def project_folder() -> Path:
    """Returns the nearest folder with a `Pulumi.yaml`, from this process's own upwards, or this one where none has."""
    here = Path.cwd()
    folders = (here, *here.parents)
    return next((folder for folder in folders if any((folder / name).exists() for name in _PROJECT_FILES)), here)


def journal_folder(settings: Settings) -> Path:
    """Returns the folder of all journals."""
    return _own_folder(settings, "journalDir", "journals")


def undo_root(settings: Settings) -> Path:
    """Returns the folder of the folders of all sets' undo bundles."""
    return _own_folder(settings, "undoDir", "undo")


def undo_folder(settings: Settings, urn: str) -> Path:
    """Returns the folder of a set's undo bundles."""
    parts = parse_urn(urn)
    return undo_root(settings) / quote(f"{parts.project}.{parts.stack}.{parts.name}", safe=" ")


def _own_folder(settings: Settings, setting: str, name: str) -> Path:
    if chosen := settings.text(setting):
        return Path(chosen).expanduser()
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "pulumi-sinch-contacts" / name
