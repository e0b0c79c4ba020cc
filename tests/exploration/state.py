"""A moment between two runs: all that the next run meets, and what the limits of ADR 9 must know of the past."""

import json
from typing import Any, Final

import msgspec

from exploration.scope import PATIENCE
from exploration.sinch import Stored
from sinch_contacts.core.contact.contact import Contact, ContactId, Key
from sinch_contacts.core.contact.ulid import made_at
from sinch_contacts.core.record.recorded import Record, RecordedContact

_OLD: Final = 2 * PATIENCE.settle_time
"""Seconds after which nothing depends on how long ago something was."""

_CHECKSUM: Final = 9
_OF_THE_RUN: Final = frozenset({"run", "plan", "set"})


class Past(msgspec.Struct, frozen=True):
    """What no run knows, but who judges must.

    Attributes:
        adopted: Contacts of somebody else that a run took over: they may be changed and deleted. So are those of ours
            of which the state never heard: ADR 9.
        mistakable: Those that somebody made after a call of ours was lost, equal in every field.
        taken: Contacts of ours that somebody else deleted.
        left: Contacts of ours that runs left behind, since they took one of those for ours.
        asked: Forms of our contact that were asked for, and whose fate no recorded run has settled.
        lost: Contacts of ours that runs made whose journals were lost, until a record has them.
        unheard: Those that a first run made and saw, of which the state never heard, until a record has them.
        blurred: Contacts in which a run whose journal was lost was the first to set a field.
        losses: How many runs asked for creations and lost their journal.
    """

    adopted: frozenset[ContactId] = frozenset()
    mistakable: frozenset[ContactId] = frozenset()
    taken: frozenset[ContactId] = frozenset()
    left: frozenset[ContactId] = frozenset()
    asked: frozenset[str] = frozenset()
    lost: frozenset[ContactId] = frozenset()
    unheard: frozenset[ContactId] = frozenset()
    blurred: frozenset[ContactId] = frozenset()
    losses: int = 0


class State(msgspec.Struct, frozen=True):
    """A moment between two runs.

    Attributes:
        time: Seconds since 1970.
        wanted: The form of our contact that the files declare.
        stored: What Sinch has.
        record: What the engine keeps of the set.
        previous: What was declared when the record was made.
        last_run: The run that made the record.
        journals: The content of the set's journals, by file name.
        runs: How many runs there were.
        past: See `Past`.
        path: How it came to this, in words.
    """

    time: float
    wanted: str
    stored: tuple[Stored, ...] = ()
    record: Record = {}
    previous: dict[Key, Contact] = {}
    last_run: str = ""
    journals: tuple[tuple[str, bytes], ...] = ()
    runs: int = 0
    past: Past = Past()
    path: tuple[str, ...] = ()

    @property
    def unfinished(self) -> tuple[bytes, ...]:
        """The journals of which the state has not heard."""
        return tuple(content for name, content in self.journals if name.partition(".")[0] > self.last_run)

    def lines(self) -> list[dict[str, Any]]:
        """Returns the lines of those journals; calls that were clearly refused are left out."""
        found: list[dict[str, Any]] = []
        for content in self.unfinished:
            lines = _lines(content)
            refused = {line["call"] for line in lines if line.get("answer") == "refused"}
            found += [line for line in lines if line.get("call") not in refused]
        return found

    def canonical(self) -> bytes:
        """Returns what is the same for two moments that differ in nothing on which anything can depend.

        Times are told as ages and ids in the order of their making; what is over long since is left out.
        """
        stored = sorted(self.there(), key=lambda each: each.id)
        places = {each.id: f"#{place}" for place, each in enumerate(stored)}
        ages = [
            (_capped(self.time - made_at(each.id)), self._age(each.visible_at), self._age(each.gone_at))
            for each in stored
        ]
        return msgspec.json.encode((
            self.wanted,
            self.runs,
            [(each.contact, each.is_theirs) for each in stored],
            ages,
            [self._entry(entry, places) for entry in self.record.values()],
            self.previous,
            bool(self.last_run),
            [[self._line(line, places) for line in _lines(content)] for content in self.unfinished],
            [sorted(places.get(item, "") for item in ids) for ids in self._judged()],
            sorted(self.past.asked),
            self.past.losses,
            bool(self.past.taken),
            [entry.key for entry in self.record.values() if entry.id in self.past.taken],
        ))  # fmt: skip

    def there(self) -> list[Stored]:
        """Returns what is at Sinch, or on its way in."""
        return [each for each in self.stored if each.gone_at is None or each.gone_at > self.time]

    def _judged(self) -> tuple[frozenset[ContactId], ...]:
        past = self.past
        return past.adopted, past.mistakable, past.left, past.lost, past.unheard, past.blurred

    def _age(self, time: float | None) -> float | None:
        return None if time is None else _capped(self.time - time)

    def _entry(self, entry: RecordedContact, places: dict[ContactId, str]) -> list[Any]:
        values = {**msgspec.structs.asdict(entry), "since": self._age(entry.since or None)}
        return [places.get(value, value) for value in values.values()]

    def _line(self, line: dict[str, Any], places: dict[ContactId, str]) -> dict[str, Any]:
        told = {name: value for name, value in line.items() if name not in _OF_THE_RUN}
        if "at" in told:
            told["at"] = self._age(told["at"])
        if "ids" in told:
            told["ids"] = [places.get(contact_id, "gone") for contact_id in told["ids"]]
        if "id" in told:
            told["id"] = places.get(told["id"], "gone")
        return told


def _lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line[_CHECKSUM:]) for line in content.splitlines()]


def _capped(age: float) -> float:
    return min(_OLD, round(age, 1))
