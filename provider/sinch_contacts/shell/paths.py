"""Names and places: URNs, the project's folder, this user's folders outside any repository, files written whole."""

import os
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec

from sinch_contacts.core.contact.digest import content_digest
from sinch_contacts.core.errors import SettingError
from sinch_contacts.shell.settings import Settings, both_names

CONTACT_SET_TYPE: Final = "pulumi-python:dynamic/sinch:ContactSet"
"""The type of contact sets in URNs and in states; it may never change."""

_LONGEST_NAME: Final = 150
"""Characters of a name, beside which a digest and the ends of names find room in the 255 bytes of file systems."""

_TAG: Final = 32

_PROJECT_FILES: Final = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")


class Urn(msgspec.Struct, frozen=True):
    """The parts of a URN that people know.

    Attributes:
        stack: The stack.
        project: The Pulumi project.
        parents: The types of its parents, `$` between them; empty where it has none.
        name: The resource's name in the program, which another one may have under other parents.
    """

    stack: str
    project: str
    parents: str
    name: str

    @property
    def label(self) -> str:
        """What people and files call it: no other resource of the stack that is a set is called so."""
        return f"{self.parents}${self.name}" if self.parents else self.name


def parse_urn(urn: str) -> Urn:
    """Reads a text such as `urn:pulumi:dev::shop::pulumi-python:dynamic/sinch:ContactSet::friends`."""
    head, project, types, name = [*urn.split("::", 3), "", "", ""][:4]
    return Urn(head.removeprefix("urn:pulumi:"), project, types.rpartition("$")[0], name)


def file_name(text: str) -> str:
    """Returns the name of a file or folder for a text, which no other text has on any file system."""
    name = quote(text, safe=" ")
    if name == name.lower() and len(name) <= _LONGEST_NAME:
        return name
    return f"{name[:_LONGEST_NAME]}={content_digest(text.encode())[:_TAG]}"


def project_folder() -> Path:
    """Returns the nearest folder with a `Pulumi.yaml`, from this process's own upwards, or this one where none has."""
    here = Path.cwd()
    folders = (here, *here.parents)
    return next((folder for folder in folders if any((folder / name).exists() for name in _PROJECT_FILES)), here)


def journal_folder(settings: Settings) -> Path:
    """Returns the folder of all journals."""
    return _user_folder(settings, "journalDir", "journals")


def undo_root(settings: Settings) -> Path:
    """Returns the folder of the folders of all sets' undo bundles."""
    return _user_folder(settings, "undoDir", "undo")


def undo_folder(settings: Settings, urn: str) -> Path:
    """Returns the folder of a set's undo bundles."""
    parts = parse_urn(urn)
    return undo_root(settings) / file_name(f"{parts.project}.{parts.stack}.{parts.label}")


def write_whole(path: Path, text: str) -> None:
    """Writes a file whole or not at all, readable by its owner only: it may hold keys. An older one is replaced last.

    Args:
        path: The file; its folder has to be there.
        text: What it is to hold.

    Raises:
        OSError: It cannot be written; nothing is left behind.
    """
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def chosen_folder(settings: Settings, setting: str) -> Path | None:
    """Returns the folder that a setting names, `None` where it is set nowhere; a relative one is in the project's.

    Raises:
        SettingError: It begins with the home folder of a user who has none.
    """
    chosen = settings.text(setting)
    if not chosen:
        return None
    try:
        return project_folder() / Path(chosen).expanduser()
    except RuntimeError as error:
        message = f"The setting {both_names(setting)} is {chosen!r}, and there is no such home folder."
        raise SettingError(f"sinch:{setting}", message, "Write the folder's full path.") from error


def _user_folder(settings: Settings, setting: str, name: str) -> Path:
    if chosen := chosen_folder(settings, setting):
        return chosen
    state = Path(os.environ.get("XDG_STATE_HOME", ""))
    try:
        base = state if state.is_absolute() else Path.home() / ".local" / "state"
    except RuntimeError as error:
        message = f"Nobody says where {name} is to be kept: this user has no home folder."
        raise SettingError(f"sinch:{setting}", message, f"Let {both_names(setting)} name a folder.") from error
    return base / "pulumi-sinch-contacts" / name
