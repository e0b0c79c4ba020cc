"""Shards: a large set that is spread over several resources, each contact by a stable hash of its key.

Nothing but the key decides, and nothing but the number of shards beside it. So a contact that comes, changes or goes
touches one shard, and the same contact is in the same shard on every machine, for ever.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final, Protocol, TypeVar

from sinch_contacts.core.contact.contact import Key
from sinch_contacts.core.errors import ContactsError, SettingError

MOST: Final = 1_000
"""Shards that a set may have."""

_HASH: Final = 8
_DIGITS: Final = 2


class _Keyed(Protocol):
    @property
    def key(self) -> Key: ...


Row = TypeVar("Row", bound=_Keyed)


class ShardsChanged(ContactsError):
    """A set is recorded with another number of shards than the program now says.

    Attributes:
        name: The set's name.
        recorded: Its shards in the state.
        declared: Its shards in the program.
    """

    def __init__(self, name: str, recorded: int, declared: int) -> None:
        super().__init__(
            f"The set {name!r} is recorded with {_count(recorded)}, and the program now says {_count(declared)}; "
            "nothing was changed.",
            f"Go back to `shards: {recorded}`, or change the state first, with `sinch-contacts reshard STATE --set "
            f"{name} --to {declared}`.",
        )
        self.name = name
        self.recorded = recorded
        self.declared = declared


class ShardLeftOut(ContactsError):
    """A shard of a set would be deleted with its contacts while the program declares other shards of the same set.

    Attributes:
        name: The shard's name.
        shards: How many shards the set has.
    """

    def __init__(self, name: str, shards: int) -> None:
        super().__init__(
            f"{name!r} is one of {shards:,} shards of a set, it is recorded in this stack, and the program declares "
            "others of them without it; its contacts were not deleted.",
            "Let SINCH_SHARD (or sinch:shard, or the option `shard`) name every shard that this stack holds, or name "
            "none where it holds all.",
        )
        self.name = name
        self.shards = shards


def shard_of(key: Key, shards: int) -> int:
    """Returns the shard of a contact, counted from 0."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:_HASH], "big") % shards


def split(rows: Iterable[Row], shards: int) -> tuple[tuple[Row, ...], ...]:
    """Returns rows by shard, in the order in which they came."""
    if shards == 1:
        return (tuple(rows),)
    found: list[list[Row]] = [[] for _ in range(shards)]
    for row in rows:
        found[shard_of(row.key, shards)].append(row)
    return tuple(map(tuple, found))


def shard_name(name: str, number: int, shards: int) -> str:
    """Returns the name of a shard's resource, such as `customers-03`; a set of one shard keeps its own."""
    width = max(_DIGITS, len(str(shards - 1)))
    return name if shards == 1 else f"{name}-{number:0{width}}"


def shard_names(name: str, shards: int) -> tuple[str, ...]:
    """Returns the names of all shards of a set."""
    return tuple(shard_name(name, number, shards) for number in range(shards))


def set_name(name: str, shards: int) -> str:
    """Returns the name of the set to which a resource belongs."""
    return name.rpartition("-")[0] if shards > 1 else name


def siblings(name: str, shards: int) -> frozenset[str]:
    """Returns the names of the other shards of the set to which a shard belongs."""
    return frozenset(shard_names(set_name(name, shards), shards)) - {name}


def parse_shards(value: object) -> int:
    """Reads a number of shards.

    Raises:
        SettingError: It is none.
    """
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST:
        return value
    raise SettingError("shards", "shards is not a number of shards.", f"Set it to a whole number from 1 to {MOST:,}.")


def parse_choice(value: object, shards: int) -> tuple[int, ...]:
    """Reads which shards of a set a stack holds.

    Args:
        value: A number, a text such as `3`, `0-3` or `0,4-7`, or a list of such; all shards where it is empty.
        shards: How many there are.

    Returns:
        Their numbers, sorted.

    Raises:
        SettingError: It names a shard that there is not, or is no such choice.
    """
    if value is None or value == "":
        return tuple(range(shards))
    parts = value if isinstance(value, Sequence) and not isinstance(value, str) else str(value).split(",")
    chosen = {number for part in parts for number in _range(str(part))}
    if chosen and max(chosen) < shards:
        return tuple(sorted(chosen))
    raise _no_choice(shards)


def _range(text: str) -> range:
    first, dash, last = (part.strip() for part in text.partition("-"))
    if first.isdecimal() and (last.isdecimal() or not dash) and max(len(first), len(last)) <= len(str(MOST)):
        return range(int(first), int(last or first) + 1)
    raise _no_choice(MOST)


def _no_choice(shards: int) -> SettingError:
    return SettingError(
        "shard",
        "shard (SINCH_SHARD, sinch:shard) names shards that the set does not have.",
        f"Set it to numbers from 0 to {shards - 1:,}, such as `3`, `0-3` or `0,4-7`.",
    )


def _count(shards: int) -> str:
    return f"{shards:,} shards" if shards > 1 else "no shards"
