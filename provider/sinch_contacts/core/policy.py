"""What a set's owner lets us do. The defaults are the careful ones, and are never loosened."""

from enum import StrEnum

import msgspec


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
    """

    on_conflict: OnConflict = OnConflict.FAIL
    on_change: OnChange = OnChange.PATCH
    on_delete: OnDelete = OnDelete.DELETE
    delete_adopted: bool = False
