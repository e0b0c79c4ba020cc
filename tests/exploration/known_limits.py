"""Limits of the promise that the exploration has found, and that nobody can lift.

Each names what breaks in words, and tells its own violations from all others. Whoever lifts one finds that the test
fails, and takes it out of the list.
"""

import re
from collections.abc import Callable
from typing import Final

import msgspec

from exploration.search import Violation

_BEFORE_A_CALL: Final = re.compile(
    r"\(equal\) (just before a (batch )?create|between two calls; "
    r"(a list or a look-up lags|the process dies just before a (batch )?create|a (batch )?create: lost))"
)

_UNHEARD: Final = re.compile("the engine dies before it records that|its journal is lost")


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


def _lags_after_an_unheard_run(violation: Violation) -> bool:
    path = violation.path
    unheard = [place for place, told in enumerate(path) if _UNHEARD.search(told)]
    return bool(unheard) and any("a list or a look-up lags" in told for told in path[unheard[0] :])


LIMITS: Final = (
    Limit(
        "What somebody makes between what the look of a run shows and its call, equal in every field, is taken for "
        "ours, and ours is removed as its copy. Nobody can tell the two apart.",
        "batches",
        ("the contact is declared", "a run: somebody else makes a contact (equal) just before a batch create"),
        _made_between_look_and_call,
    ),
    Limit(
        "What a run has created of which the state never heard is only looked for, not waited for, since a stack that "
        "was thrown away would make the next one wait; nor is what only a lost journal knows. Where lists lag behind "
        "it, it is created again.",
        "batches",
        (
            "the contact is declared",
            "a run: the engine dies before it records that",
            "the contact is edited",
            "a run: a list or a look-up lags",
        ),
        _lags_after_an_unheard_run,
    ),
)
