"""What did not go as planned, contact by contact."""

from enum import StrEnum

import msgspec

from sinch_contacts.core.contact.contact import Key
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.showing import mask_key


class Kind(StrEnum):
    """What became of a contact that is not as desired."""

    REJECTED = "rejected"
    PENDING = "not visible yet"
    UNDELETED = "not deleted yet"
    DIFFERENT = "kept differently by Sinch"
    DOUBLED = "there more than once"
    FOREIGN = "there, but not as it was asked for: somebody else made it, or Sinch keeps it differently"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"


class Problem(msgspec.Struct, frozen=True):
    """One contact that is not as desired.

    Attributes:
        kind: See `Kind`.
        key: Its key.
        file: The file that declares it; empty where none does.
        line: The line in that file; 0 where there is none.
        detail: The reason, masked; may be empty.
    """

    kind: Kind
    key: Key
    file: str = ""
    line: int = 0
    detail: str = ""

    def __str__(self) -> str:
        """Returns a line such as `friends.yaml:12: alice: rejected: …`, the key masked where it is personal."""
        place = f"{self.file}:{self.line}: " if self.file else ""
        return f"{place}{mask_key(self.key)}: {self.kind}" + (f": {self.detail}" if self.detail else "")


def problem_of(kind: Kind, desired: DesiredContact, detail: str = "") -> Problem:
    """Builds the problem of a declared contact."""
    return Problem(kind, desired.key, desired.file, desired.line, detail)
