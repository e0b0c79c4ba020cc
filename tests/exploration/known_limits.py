"""Limits of the promise that the exploration has found, and that nobody can lift.

Each names what breaks in words, and tells its own violations from all others. Whoever lifts one finds that the test
fails, and takes it out of the list.
"""

import re
from collections.abc import Callable
from typing import Final

import msgspec

from exploration.search import Violation

_BEFORE_A_CALL: Final = re.compile(r"\(equal\) just before a (batch )?create")


class Limit(msgspec.Struct, frozen=True):
    """A limit that ADR 9 states.

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


def _made_between_look_and_call(violation: Violation) -> bool:
    return any(_BEFORE_A_CALL.search(told) for told in violation.path)


LIMITS: Final = (
    Limit(
        "What somebody makes between the look of a run and its call, equal in every field, is taken for ours, and ours "
        "is removed as its copy. Nobody can tell the two "
        "apart.",
        "batches",
        ("the contact is declared", "a run: somebody else makes a contact (equal) just before a batch create"),
        _made_between_look_and_call,
    ),
)
