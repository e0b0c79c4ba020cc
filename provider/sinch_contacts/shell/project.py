"""The Pulumi project that is being run."""

from pathlib import Path
from typing import Final

import pulumi

_FILES: Final = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")


def project_root() -> Path:
    """Returns the folder of the project, to which paths of contact files are relative.

    Older language hosts do not tell it; it is then the nearest folder with a `Pulumi.yaml`, from the program's upwards.
    """
    if told := pulumi.get_root_directory():
        return Path(told)
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if any((folder / name).exists() for name in _FILES)), here)
