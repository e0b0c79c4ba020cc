"""The folder of plan documents: one file of each kind for each set of a stack."""

from typing import Final

import msgspec

from sinch_contacts.core.errors import ContactsError
from sinch_contacts.shell.paths import chosen_folder, file_name, parse_urn, write_whole
from sinch_contacts.shell.settings import Settings

PLAN: Final = ".plan.json"
"""How the names of plan documents end."""

EXPLANATION: Final = ".explanation.json"
"""How the names of explanations of one contact end."""


class PlanNotWritten(ContactsError):
    """A document could not be written into the plan folder."""


def write_document(settings: Settings, urn: str, ending: str, document: msgspec.Struct) -> None:
    """Writes a document of a set, readable by its owner only: it holds keys. An older one is replaced.

    Args:
        settings: Settings; nothing is written unless they name a folder, which is made where it is missing.
        urn: Names the set.
        ending: How the file's name ends.
        document: What to write.

    Raises:
        PlanNotWritten: It cannot be written.
        SettingError: The folder's name is none.
    """
    folder = chosen_folder(settings, "planDir")
    if not folder:
        return
    parts = parse_urn(urn)
    path = folder / f"{file_name(f'{parts.stack}.{parts.label}')}{ending}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n")
    except OSError as error:
        raise PlanNotWritten(
            f"The file {path} cannot be written ({error.strerror}); nothing was changed.",
            "Let SINCH_PLAN_DIR (or sinch:planDir) name a folder that can be written, or leave it out.",
        ) from error
