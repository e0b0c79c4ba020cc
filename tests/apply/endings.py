"""How runs end early: killed, or asked to stop."""

from collections.abc import Mapping, Sequence

import pytest

from apply.conftest import Set
from machine.inside import Died, Mortal, Nth
from sinch_contacts.apply.clock import Interruption
from sinch_contacts.apply.undo import Kept


class Keeper:
    """Keeps nothing, and has contacts looked at before they are deleted."""

    is_on = True

    def keep(self, contacts: Sequence[Kept]) -> None:
        pass


def die() -> None:
    raise Died


def kill(friends: Set, at: str, wanted: Mapping[str, object] | None, *, number: int = 1, applied: bool = True) -> None:
    """Runs the set, or destroys it where nothing is said to be wanted, in a process that is killed at a call.

    Args:
        friends: The set.
        at: The operation of the port.
        wanted: What is declared.
        number: Which call of that operation it is.
        applied: Whether the call is carried out, its answer being lost to the run.
    """
    api = friends.api
    friends.api = Mortal(api, Nth(at, number), die, applied=applied)  # type: ignore[assignment]
    with pytest.raises(Died):
        friends.destroy() if wanted is None else friends.up(wanted)
    friends.api = api


def stop(friends: Set, at: str, wanted: Mapping[str, object], *, number: int = 1) -> None:
    """Runs the set, and asks the run to stop at a call of an operation, which is carried out."""
    api = friends.api
    friends.api = Mortal(api, Nth(at, number), friends.interruption.ask, applied=True)  # type: ignore[assignment]
    assert friends.up(wanted).incomplete
    friends.api, friends.interruption = api, Interruption()
