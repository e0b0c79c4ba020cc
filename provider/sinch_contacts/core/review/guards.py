"""Guards: what stops a plan before its first call.

They judge the difference between what is recorded and what is desired, and never the calls that it takes. A plan that
is refused has a digest, and whoever has looked at it lets exactly that plan through by writing the digest down.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from fnmatch import translate
from functools import cache
from typing import Final

import msgspec

from sinch_contacts.core.contact.contact import ContactId, Key
from sinch_contacts.core.contact.normalize import normalize_key
from sinch_contacts.core.contact.showing import mask_key
from sinch_contacts.core.plan.amount import most_of
from sinch_contacts.core.plan.plan import DELETIONS, Operation, Plan
from sinch_contacts.core.record.recorded import Record, RecordedContact

_ALWAYS: Final = 10
"""So many contacts may be deleted or changed whatever the size of the set: of a few, any share is a large one."""

_TIERS: Final = ((100, 50), (1_000, 30), (10_000, 10))
_LARGEST: Final = 2
"""Percent of the recorded contacts that may be deleted at once: of sets up to so many, and of larger ones."""

_CHANGES: Final = 3
"""A set may change so many times as many contacts as it may delete: what is changed is still there."""

_LEAVES: Final = (*DELETIONS, Operation.FORGET)
UPDATES: Final = (Operation.PATCH, Operation.RENAME, Operation.REPLACE)
"""What changes a contact that is there."""

_DESTROYS: Final = (*DELETIONS, Operation.REPLACE)
_PLUS: Final = re.compile(r"^([A-Z]+):\+")


class Rule(StrEnum):
    """A guard, named by the setting that says how much it lets through."""

    MAX_DELETES = "max_deletes"
    MAX_CHANGES = "max_changes"
    MAX_SHRINK = "max_shrink"
    ALLOW_EMPTY = "allow_empty"
    PROTECT = "protect"
    STACK_DELETES = "sinch:maxStackDeletes"
    STACK_CHANGES = "sinch:maxStackChanges"


class Guards(msgspec.Struct, frozen=True):
    """The guards of a set.

    Attributes:
        max_deletes: The most contacts that may be deleted at once, as a number or a percentage of those recorded;
            empty for the default, which depends on the size of the set.
        max_changes: The most contacts that may be changed at once, likewise.
        max_shrink: The most contacts that may leave the set at once, be they deleted or forgotten. Up to ten may.
        allow_empty: Whether a recorded set may be declared empty.
        protect: Keys, or patterns such as `board-*`, of contacts that are never deleted.
        approve: Digests of plans that were looked at and may pass.
        protected_as: Protected keys of contacts that were given another one since, by id: they stay protected.
    """

    max_deletes: str = ""
    max_changes: str = ""
    max_shrink: str = "50%"
    allow_empty: bool = False
    protect: tuple[str, ...] = ()
    approve: tuple[str, ...] = ()
    protected_as: Mapping[ContactId, Key] = {}

    def protects(self, key: Key, recorded: RecordedContact | None = None) -> bool:
        """Says whether a contact is never deleted.

        Args:
            key: Its key.
            recorded: What is recorded of it, if anything is.
        """
        keys = {key, self.protected_as.get(recorded.id, key)} if recorded else {key}
        return any(_matches(pattern, one) for pattern in self.protect for one in keys)

    def protected_after(self, before: Record, after: Record) -> dict[ContactId, Key]:
        """Returns the protected keys of contacts that have another one by now.

        Args:
            before: What was recorded before a run.
            after: What is recorded since.
        """
        keys = {entry.id: entry.key for entry in before.values() if self.protects(entry.key)}
        protected = {**keys, **self.protected_as}
        ids = {entry.id: entry.key for entry in after.values() if entry.id}
        return {one: key for one, key in protected.items() if one in ids and ids[one] != key}

    def idle(self, keys: Collection[Key]) -> tuple[str, ...]:
        """Returns the patterns of `protect` that match none of some keys."""
        return tuple(
            pattern
            for pattern in self.protect
            if pattern not in keys and not any(_matches(pattern, key) for key in keys)
        )


class Violation(msgspec.Struct, frozen=True):
    """One rule that a plan breaks.

    Attributes:
        rule: See `Rule`.
        message: What the plan would do, with the numbers, such as "would delete 1,204 of 9,870 contacts, 12.2 %; the
            limit for this size is 10 %".
        count: Contacts that the plan would delete, change, or lose.
        limit: Contacts that it may.
    """

    rule: Rule
    message: str
    count: int
    limit: int


def violations_of(plan: Plan, recorded: int, guards: Guards, unknown: int = 0) -> tuple[Violation, ...]:
    """Names the rules of a set that a plan breaks.

    Args:
        plan: The plan.
        recorded: How many contacts are recorded, before it is carried out.
        guards: The set's guards.
        unknown: Declared contacts that the plan leaves out, since a preview does not know them yet.
    """
    counts = plan.counts
    found = [_protected(plan, guards), _emptied(plan, recorded, unknown, guards)]
    deletes, changes = weight_of(plan)
    whole = recorded or plan.size  # a first run may change what it adopts
    found.append(_over(Rule.MAX_DELETES, "delete", deletes, recorded, guards.max_deletes))
    found.append(_over(Rule.MAX_CHANGES, "change", changes, whole, guards.max_changes))
    if not any(found[1:3]):
        found.append(_shrunk(_count(counts, _LEAVES), recorded, guards.max_shrink))
    return tuple(violation for violation in found if violation)


def split_violations(deletes: int, recorded: int, guards: Guards) -> tuple[Violation, ...]:
    """Names the rules that a set breaks which leaves the program while others take over a part of its contacts.

    Args:
        deletes: Contacts that would be deleted with it.
        recorded: How many it has.
        guards: The set's guards.
    """
    over = _over(Rule.MAX_DELETES, "delete", deletes, recorded, guards.max_deletes)
    found = over or _shrunk(deletes, recorded, guards.max_shrink)
    return (found,) if found else ()


def stack_violations(deletes: int, changes: int, most_deletes: float, most_changes: float) -> tuple[Violation, ...]:
    """Names the rules of the whole stack that its plans break together.

    Args:
        deletes: Contacts that the sets of the stack would delete together.
        changes: Contacts that they would change.
        most_deletes: How many they may delete.
        most_changes: How many they may change.
    """
    found = [
        Violation(
            rule,
            f"makes {count:,} {what} of all sets of the stack together; the limit is {most:,.0f} ({rule})",
            count,
            int(most),
        )
        for rule, what, count, most in (
            (Rule.STACK_DELETES, "deletions", deletes, most_deletes),
            (Rule.STACK_CHANGES, "changes", changes, most_changes),
        )
        if count > most
    ]
    return tuple(found)


def weight_of(plan: Plan) -> tuple[int, int]:
    """Returns how many contacts a plan deletes, and how many it changes, as the guards count them."""
    counts = plan.counts
    return _count(counts, DELETIONS), _count(counts, UPDATES)


def is_approved(violations: Iterable[Violation], digest: str, guards: Guards) -> bool:
    """Says whether a plan may pass although it breaks rules; no approval lets a protected contact be deleted."""
    return digest in guards.approve and all(violation.rule is not Rule.PROTECT for violation in violations)


def _count(counts: Mapping[Operation, int], operations: Sequence[Operation]) -> int:
    return sum(counts.get(operation, 0) for operation in operations)


def _over(rule: Rule, verb: str, count: int, size: int, setting: str) -> Violation | None:
    share = next((percent for most, percent in _TIERS if size <= most), _LARGEST)
    share = min(share * _CHANGES, 100) if rule is Rule.MAX_CHANGES else share
    limit = most_of(setting, size) if setting else max(_ALWAYS, most_of(f"{share}%", size))
    if count <= limit:
        return None
    told = f"the limit is {_shown(setting)}" if setting else f"the limit for this size is {_default(share, size)}"
    message = f"would {verb} {count:,} of {size:,} contacts, {100 * count / size:.1f} %; {told} ({rule})"
    return Violation(rule, message, count, limit)


def _default(share: int, size: int) -> str:
    return f"{share} %" if most_of(f"{share}%", size) >= _ALWAYS else f"{_ALWAYS} contacts"


def _shown(setting: str) -> str:
    return setting.replace("%", " %") if setting.endswith("%") else f"{int(setting):,} contacts"


def _shrunk(count: int, size: int, setting: str) -> Violation | None:
    limit = most_of(setting, size)
    if count <= max(limit, _ALWAYS):
        return None
    message = (
        f"would take {count:,} of {size:,} contacts out of the set, {100 * count / size:.1f} %; the limit is "
        f"{_shown(setting)} ({Rule.MAX_SHRINK}), since a pattern that matches too few files looks like this"
    )
    return Violation(Rule.MAX_SHRINK, message, count, limit)


def _emptied(plan: Plan, recorded: int, unknown: int, guards: Guards) -> Violation | None:
    declared = unknown + plan.unchanged + sum(change.desired is not None for change in plan.changes)
    if guards.allow_empty or declared or not recorded:
        return None
    message = f"would leave nothing of {recorded:,} recorded contacts, since none is declared ({Rule.ALLOW_EMPTY})"
    return Violation(Rule.ALLOW_EMPTY, message, recorded, 0)


def _protected(plan: Plan, guards: Guards) -> Violation | None:
    keys = [change.key for change in plan.of(*_DESTROYS) if guards.protects(change.key, change.recorded)]
    if not keys:
        return None
    shown = ", ".join(map(mask_key, keys[:5])) + (", …" if len(keys) > 5 else "")  # noqa: PLR2004  # a few names
    return Violation(Rule.PROTECT, f"would delete {len(keys):,} protected contacts ({shown})", len(keys), 0)


def _matches(pattern: str, key: Key) -> bool:
    """Says whether a pattern means a contact: it is its key as it is written, or matches it like a file name."""
    return any(key == plain or expression.match(key) for plain, expression in _forms(pattern))


@cache
def _forms(pattern: str) -> tuple[tuple[Key, re.Pattern[str]], ...]:
    """Returns a pattern as it is written, and without the plus that a key made of a phone number has lost."""
    written = normalize_key(pattern)
    keys = dict.fromkeys((written, Key(_PLUS.sub(r"\1:", written))))
    return tuple((key, re.compile(translate(key))) for key in keys)
