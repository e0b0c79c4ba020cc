"""What a set's owner lets us do. The defaults are the careful ones, and are never loosened."""

from enum import StrEnum

import msgspec

from sinch_contacts.core.plan.amount import most_of


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
        return rejects <= most_of(self.max_rejects, contacts)
