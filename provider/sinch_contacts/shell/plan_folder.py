"""The folder of plan documents: one file for each set of a stack."""

import os
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec

from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.plan_document import PlanDocument

SUFFIX: Final = ".plan.json"


class PlanNotWritten(ContactsError):
    """A plan document could not be written."""


def write_plan(folder: Path, document: PlanDocument) -> None:
    """Writes a plan document, readable by its owner only: it holds keys. An older one of the same set is replaced.

    Args:
        folder: Where to; it is made where it is missing.
        document: The plan.

    Raises:
        PlanNotWritten: It cannot be written.
    """
    write_owned(folder / file_name(document.stack, document.set, SUFFIX), msgspec.json.encode(document))


def write_owned(path: Path, content: bytes) -> None:
    """Writes a file that its owner alone can read, whole or not at all.

    Raises:
        PlanNotWritten: It cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(number, "wb") as file:
            file.write(msgspec.json.format(content, indent=1) + b"\n")
        Path(name).replace(path)
    except OSError as error:
        raise PlanNotWritten(
            f"The file {path} cannot be written ({error.strerror}); nothing was changed.",
            "Let SINCH_PLAN_DIR (or sinch:planDir) name a folder that can be written, or leave it out.",
        ) from error


def file_name(stack: str, name: str, suffix: str) -> str:
    """Returns the name of a set's file: stack and set, with what a file name cannot have escaped."""
    return f"{quote(stack, safe='')}.{quote(name, safe=' ')}{suffix}"
