"""What a rule of the table is: an event, the states in which it may happen, and those that it leads to."""

from collections.abc import Callable, Collection
from enum import StrEnum
from functools import wraps
from typing import Concatenate, Final, ParamSpec, Protocol, TypeVar

import msgspec

from sinch_contacts.core.contact.contact import Key
from sinch_contacts.core.record.problem import Kind
from sinch_contacts.core.record.recorded import NOBODY_KNOWS, RecordedContact, Status


class State(StrEnum):
    """What an entry says of a contact."""

    ABSENT = "absent"
    """There is no entry."""

    CREATING = "creating"
    """Its creation was asked for, and it has not been seen yet."""

    REPLACING = "replacing"
    """It was seen gone, and is to be created again."""

    LIVE = "live"
    """It was seen as it was asked for."""

    KEPT = "kept differently"
    """It was asked for, and Sinch keeps it in its own way; it is not asked for again until one side changes."""

    DRIFTED = "drifted"
    """It was seen, and was not as it was asked for."""

    DOUBTFUL = "doubtful"
    """A patch of it had no clear answer: nobody knows what it is, only that it is there."""

    GONE = "gone"
    """It was not there when it was looked at: somebody else deleted it, or a view lags."""

    DELETING = "deleting"
    """Its deletion was asked for, and it has not been seen gone."""


def state_of(entry: RecordedContact | None) -> State:
    """Returns the state of an entry; `None` stands for no entry."""
    if entry is None:
        return State.ABSENT
    if entry.status is Status.CREATING and not entry.since:
        return State.REPLACING
    if entry.status is Status.LIVE and entry.applied:
        return State.KEPT
    if entry.status is Status.DRIFTED and entry.digest == NOBODY_KNOWS:
        return State.DOUBTFUL
    return _STATES[entry.status]


_STATES: Final = {status: State[status.name] for status in Status}


class Entries(Protocol):
    """Where the entries are that rules change."""

    def get(self, key: Key, /) -> RecordedContact | None:
        """Returns an entry; `None` where there is none."""

    def take(self, rule: "Rule", key: Key, entry: RecordedContact | None) -> None:
        """Puts what a rule makes of an entry into its place."""


class Rule(msgspec.Struct, frozen=True):
    """One line of the table.

    Attributes:
        number: Its place.
        event: What happens.
        before: The states in which it may happen.
        after: The states that it leads to; none where the entry stays as it is.
        tells: What people are told.
        why: What it is for: the docstring of the method.
    """

    number: int
    event: str
    before: frozenset[State]
    after: frozenset[State]
    tells: Kind | None
    why: str


class ForbiddenChange(RuntimeError):
    """An event met an entry in a state in which it cannot happen: the program is at fault, and nothing was changed.

    Attributes:
        rule: The rule of the event.
        state: The state that it met or led to.
    """

    def __init__(self, rule: Rule, state: State) -> None:
        super().__init__(f"Rule {rule.number} ({rule.event}) does not go with an entry that is {state}.")
        self.rule = rule
        self.state = state


_Evidence = ParamSpec("_Evidence")
_Told = TypeVar("_Told", bound=Kind | None)
_Where = TypeVar("_Where", bound=Entries)
_Method = Callable[Concatenate[_Where, Key, _Evidence], RecordedContact | None]
_Event = Callable[Concatenate[_Where, Key, _Evidence], _Told]

TABLE: Final[list[Rule]] = []
"""All rules, in their order."""


def rule(
    event: str, before: Collection[State], after: Collection[State], tells: _Told
) -> Callable[[_Method[_Where, _Evidence]], _Event[_Where, _Evidence, _Told]]:
    """Makes a line of the table of a method that returns what becomes of an entry.

    Args:
        event: What happens.
        before: The states in which it may happen.
        after: The states that it leads to; none where the entry stays as it is.
        tells: What the method returns then: what people are to be told.
    """

    def decorate(method: _Method[_Where, _Evidence]) -> _Event[_Where, _Evidence, _Told]:
        why = " ".join((method.__doc__ or "").split())
        line = Rule(len(TABLE) + 1, event, frozenset(before), frozenset(after), tells, why)
        TABLE.append(line)

        @wraps(method)
        def happen(where: _Where, key: Key, /, *evidence: _Evidence.args, **more: _Evidence.kwargs) -> _Told:
            entry = where.get(key)
            if (state := state_of(entry)) not in line.before:
                raise ForbiddenChange(line, state)
            changed = method(where, key, *evidence, **more)
            if changed is not entry and (state := state_of(changed)) not in line.after:
                raise ForbiddenChange(line, state)
            where.take(line, key, changed)
            return tells

        return happen

    return decorate
