"""The root of the error tree.

Each error carries its data as attributes, says in one sentence what happened, and names the next step. Callers decide
by class, never by text.
"""

from collections.abc import Sequence
from typing import Final

_SHOWN: Final = 20


class ContactsError(Exception):
    """Anything that this package reports to its user.

    Attributes:
        message: What happened, with the numbers, in one sentence.
        next_step: What the user can do about it, in one sentence; may be empty.
    """

    def __init__(self, message: str, next_step: str = "") -> None:
        """Keeps the two sentences; `str()` joins them."""
        super().__init__(message, next_step)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        """Returns the message and the next step as one paragraph."""
        return f"{self.message} {self.next_step}".strip()


class SettingError(ContactsError):
    """A setting or credential is missing or has a value that cannot be used.

    Attributes:
        name: The setting's name, as the user writes it.
    """

    def __init__(self, name: str, message: str, next_step: str = "") -> None:
        """Keeps the setting's name beside the two sentences."""
        super().__init__(message, next_step)
        self.name = name


def listing(lines: Sequence[object]) -> str:
    """Returns the first lines, each indented on a line of its own, and how many more there are."""
    shown = "".join(f"\n  {line}" for line in lines[:_SHOWN])
    return shown + (f"\n  and {len(lines) - _SHOWN:,} more" if len(lines) > _SHOWN else "")
