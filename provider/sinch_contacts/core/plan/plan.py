"""The plan: what is to be done to each contact, and why.

A plan says nothing of calls; `apply` decides how to carry it out. Its digest names exactly this plan: the target and,
of each change, the key, the operation, the new content and the recorded id.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

import msgspec

from sinch_contacts.core.contact.contact import Key
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.digest import contact_digest, content_digest
from sinch_contacts.core.record.recorded import RecordedContact
from sinch_contacts.core.target import Target

_LETTERS: Final = "abcdef"
_DIGEST_LENGTH: Final = 33


class Operation(StrEnum):
    """What is to be done to one contact, in the order in which it is done."""

    MAKE_ROOM = "make room"
    """Delete it, and see it gone, before something else is created: its identity moves to another contact."""

    CREATE = "create"
    PATCH = "patch"
    RENAME = "rename"
    """Patch it, since only its key is new: it keeps its id and history."""

    REPLACE = "replace"
    """Delete it and create it again."""

    AWAIT = "await"
    """Look whether a creation that was asked for earlier has appeared."""

    WITHDRAW = "withdraw"
    """Delete it as soon as it appears: it left the set before its creation was seen."""

    DELETE = "delete"
    FORGET = "forget"
    """Take it out of the record and leave it at Sinch."""


DELETIONS: Final = (Operation.MAKE_ROOM, Operation.WITHDRAW, Operation.DELETE)
"""What takes a contact away from Sinch and puts nothing in its place."""


class Reason(StrEnum):
    """Where a change comes from."""

    GIT = "Git"
    DRIFT = "drift"
    BOTH = "Git and drift"
    PENDING = "pending"


class Change(msgspec.Struct, frozen=True, gc=False):
    """What is to be done to one contact.

    Attributes:
        operation: See `Operation`.
        key: The key in the set; for a rename the new one.
        reason: See `Reason`.
        desired: The declared contact; `None` where it leaves the set.
        recorded: What is recorded of it; `None` where nothing is.
        fields: Names of the fields that change, for a patch or a rename.
    """

    operation: Operation
    key: Key
    reason: Reason
    desired: DesiredContact | None = None
    recorded: RecordedContact | None = None
    fields: tuple[str, ...] = ()


class Plan(msgspec.Struct, frozen=True):
    """All that is to be done to a set.

    Attributes:
        changes: The changes in the order of operations, then of keys.
        unchanged: How many contacts stay as they are.
        adopted: Creations that need not be made, since the contacts were found at Sinch just as declared.
    """

    changes: tuple[Change, ...]
    unchanged: int
    adopted: tuple[Change, ...] = ()

    def of(self, *operations: Operation) -> Iterator[Change]:
        """Goes through the changes of the given kinds."""
        return (change for change in self.changes if change.operation in operations)

    @property
    def size(self) -> int:
        """How many contacts it is about, those that stay as they are among them."""
        return self.unchanged + len(self.changes)

    @property
    def counts(self) -> dict[Operation, int]:
        """How many changes there are of each kind; kinds without any are left out."""
        return dict(Counter(change.operation for change in self.changes))

    def digest(self, target: Target) -> str:
        """Returns 33 hexadecimal digits that name this plan and no other: nobody can make two plans that share them.

        A contact that is found as declared counts as one that is created: both lead to the same, and a preview need not
        know which it will be. The first digit is a letter: people write the digest into YAML, where digits alone
        would be a number.
        """
        lines = [f"{target.project_id} {target.region}"]
        lines += sorted(
            "\t".join(
                (
                    change.key,
                    change.operation,
                    contact_digest(change.desired.contact) if change.desired else "",
                    change.recorded.id if change.recorded else "",
                )
            )
            for change in (*self.changes, *self.adopted)
        )
        digits = content_digest("\n".join(lines).encode())[:_DIGEST_LENGTH]
        return _LETTERS[int(digits[0], 16) % len(_LETTERS)] + digits[1:]


def plan_of(changes: Iterable[Change], unchanged: int, adopted: tuple[Change, ...] = ()) -> Plan:
    """Makes a plan, its changes put into their order; see `Plan`."""
    order = {operation: place for place, operation in enumerate(Operation)}
    return Plan(tuple(sorted(changes, key=lambda change: (order[change.operation], change.key))), unchanged, adopted)
