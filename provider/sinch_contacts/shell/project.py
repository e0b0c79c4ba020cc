"""The Pulumi project that is being run."""

from pathlib import Path

import pulumi

from sinch_contacts.shell.paths import project_folder


def project_root() -> Path:
    """Returns the folder of the project, to which paths of contact files are relative.

    Older language hosts do not tell it.
    """
    told = pulumi.get_root_directory()
    return Path(told) if told else project_folder()
