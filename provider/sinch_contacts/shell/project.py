"""The Pulumi project that is being run."""

from pathlib import Path
from typing import Final

import pulumi

_FILES: Final = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")


def project_root() -> Path:
    """Returns the folder of the project, to which paths of contact files are relative.

    Older language hosts do not tell it.
    """
    told = pulumi.get_root_directory()
    return Path(told) if told else project_folder()


def project_folder() -> Path:
    """Returns the nearest folder with a `Pulumi.yaml`, from this process's own upwards, or this one where none has."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if any((folder / name).exists() for name in _FILES)), here)
