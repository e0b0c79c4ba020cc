"""What a set's owner lets us do. The defaults are the careful ones, and are never loosened."""

import re
from enum import StrEnum
from typing import Final

import msgspec

from sinch_contacts.core.errors import SettingError

_REJECTS: Final = re.compile(r"[0-9]{1,9}|[0-9]{1,3}(\.[0-9]{1,3})?%")
_ALL: Final = 100


class OnConflict(StrEnum):
    """What to do with a contact that is there, is not recorded as ours, and differs from the desired one."""

    FAIL = "fail"
    ADOPT = "adopt"


class OnChange(StrEnum):
    """How a recorded contact is brought to its desired content."""

    PATCH = "patch"
    REPLACE = "replace"


class OnDelete(StrEnum):
    """What becomes of a recorded contact that leaves the set."""

    DELETE = "delete"
    RETAIN = "retain"


class Policy(msgspec.Struct, frozen=True):
    """The rules of one set.

    Attributes:
        on_conflict: See `OnConflict`.
        on_change: See `OnChange`; contacts that we adopted are always patched, since a replacement destroys them.
        on_delete: See `OnDelete`.
        delete_adopted: Whether a contact that we found, and did not create, may be deleted when it leaves the set.
        max_rejects: How many contacts Sinch may reject before a run fails: a number, or a percentage such as `2%`.
    """

    on_conflict: OnConflict = OnConflict.FAIL
    on_change: OnChange = OnChange.PATCH
    on_delete: OnDelete = OnDelete.DELETE
    delete_adopted: bool = False
    max_rejects: str = "0"

    def tolerates(self, rejects: int, contacts: int) -> bool:
        """Says whether so many rejected contacts, of a set of that size, are no reason to fail."""
        number = float(self.max_rejects.removesuffix("%"))
        most = contacts * number / 100 if self.max_rejects.endswith("%") else number
        return rejects <= most


def parse_max_rejects(value: object) -> str:
    """Reads a number of contacts, or a percentage of the set such as `2.5%`.

    Raises:
        SettingError: It is neither.
    """
    text = f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value).strip()
    if not _REJECTS.fullmatch(text) or (text.endswith("%") and float(text[:-1]) > _ALL):
        raise SettingError(
            "max_rejects",
            f"max_rejects is {text[:20]!r}, which is neither a number of contacts nor a percentage of them.",
            "Write a number such as 5, or a percentage such as `2%`.",
        )
    return text
