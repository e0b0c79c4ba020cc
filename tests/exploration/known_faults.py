"""Faults that the exploration has found and that are still there.

Each names what breaks in words, and tells its own violations from all others. Who mends one finds that the test fails,
and takes it out of the list.
"""

import re
from collections.abc import Callable
from typing import Final

import msgspec

from exploration.scope import SLOW
from exploration.search import Violation
from sinch_contacts.core.contact.ulid import made_at

_DOUBLED: Final = {
    "after a clean run: it is there twice",
    "after a clean run: it left, and is still there",
    "in a clean run: it is incomplete: DOUBLED",
}
_BEFORE_A_CALL: Final = re.compile(r"\(equal\) just before a (batch )?create")


class Fault(msgspec.Struct, frozen=True):
    """A fault that is known.

    Attributes:
        says: What goes wrong, and what should happen.
        scope: The scope that shows it for sure.
        path: The shortest way there.
        explains: Says whether a violation comes of it.
    """

    says: str
    scope: str
    path: tuple[str, ...]
    explains: Callable[[Violation], bool]


def _creation_is_asked_for_again(violation: Violation) -> bool:
    """Journals of two runs that no state knows of: the earlier one asked in vain, the later one ended in good order."""
    journals = [content for content in violation.before.unfinished if b'"creating"' in content]
    return (
        violation.wrong in {"in a clean run: it is incomplete: FOREIGN", "after a clean run: it is not as declared"}
        and len(journals) > 1
        and b'"ended"' in journals[-1]
    )


def _slow_creation_is_forgotten(violation: Violation) -> bool:
    """Ours is not visible within `confirm_timeout`, an older one of ours is, and is taken for it."""
    before = violation.before
    recorded = {entry.id for entry in before.record.values()}
    ours = [each for each in before.stored if not each.is_theirs]
    return violation.wrong in _DOUBLED and any(
        slow.visible_at - made_at(slow.id) >= SLOW and slow.id not in recorded and slow.gone_at is None
        for slow in ours
        if any(made_at(each.id) < made_at(slow.id) and each.id not in before.past.lost for each in ours)
    )


def _name_in_a_journal_proves_too_much(violation: Violation) -> bool:
    return violation.wrong.endswith("recorded as created by us") and any(
        b'"creating"' in content for content in violation.before.unfinished
    )


def _made_between_look_and_call(violation: Violation) -> bool:
    return any(_BEFORE_A_CALL.search(told) for told in violation.path)


FAULTS: Final = (
    Fault(
        "A creation that a later run has settled counts as still asked for where neither run was recorded. The contact "
        "that the later run made is told as somebody else's (with a prefix: fields that it set are not cleared). What "
        "a run that ended in good order has seen should take the place of what journals before it say of that name.",
        "batches",
        (
            "the contact is declared",
            "a run: the process dies just before a batch create",
            "the contact is edited",
            "a run: the engine dies before it records that",
        ),
        _creation_is_asked_for_again,
    ),
    Fault(
        "A run sees a copy that is older than its own call, waits for its own until `confirm_timeout`, and then takes "
        "the older one for it. Its own appears later, stays for ever, and is in no record. The contact should stay "
        "recorded as being created, and be told as pending, until `settle_time` is over.",
        "batches",
        (
            "the contact is declared",
            "a run: a batch create: the process dies after it is applied; its journal is lost",
            "a run: a batch create: accepted, and done slowly",
        ),
        _slow_creation_is_forgotten,
    ),
    Fault(
        "Where a journal says that a name was asked for, any contact with that name is recorded as created by us, also "
        "one that is not as it was asked for. Without `delete_adopted` it would be deleted when it leaves the set. It "
        "should be recorded as adopted.",
        "batches",
        (
            "the contact is declared",
            "a run: the process dies while it waits",
            "the contact leaves the files",
            "a run: the process dies while it waits",
            "the contact is edited",
            "somebody else makes a contact (different)",
        ),
        _name_in_a_journal_proves_too_much,
    ),
    Fault(
        "What somebody makes between the look of a run and its call, equal in every field, is taken for ours, and ours "
        "is removed as its copy. ADR 9 states the limit for what is made after a call was lost; nobody can tell the "
        "two apart here either, so the limit should say so.",
        "batches",
        ("the contact is declared", "a run: somebody else makes a contact (equal) just before a batch create"),
        _made_between_look_and_call,
    ),
)
