"""What is in flight: creations that were asked for, and have not been seen yet.

There is one way to find out what became of them, be they of this run or of an earlier one: they are looked for until
each is seen, or its time is over.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from functools import partial

import msgspec

from sinch_contacts.apply.calls.delete import remove_copies
from sinch_contacts.apply.matching import Namesakes, is_kept_of
from sinch_contacts.apply.reading.agreement import look_until_agreed
from sinch_contacts.apply.reading.reader import Found, Names
from sinch_contacts.apply.run import Run
from sinch_contacts.core.contact.contact import ContactId, Key, LiveContact
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.record.problem import Kind, Problem
from sinch_contacts.core.record.recorded import Origin, Status


class Awaited(msgspec.Struct, frozen=True, gc=False):
    """A contact whose creation was asked for.

    Attributes:
        key: Its key.
        names: The names under which it may be there.
        asked_at: When it was asked for, in seconds since 1970 by Sinch's clock.
        row: What is declared now; `None` where nothing is.
    """

    key: Key
    names: Names
    asked_at: float
    row: DesiredContact | None


class InFlight(ABC):
    """Creations that are in flight.

    Attributes:
        left: Those that were not seen yet, by key.
        foreign: Those of them of which only namesakes are there that somebody else made.
    """

    def __init__(self, run: Run, awaited: Iterable[Awaited]) -> None:
        self._all = {item.key: item for item in awaited}
        self.left = dict(reversed(self._all.items()))
        self.foreign: dict[Key, tuple[LiveContact, ...]] = {}
        self._run = run
        self._doubled: list[tuple[Awaited, tuple[LiveContact, ...]]] = []
        self._owners = {entry.id: entry.key for entry in run.states.values() if entry.id}

    def look(self) -> None:
        """Looks for all that is left, by the way that costs least; what is older than its call is not it yet."""
        self._take_all(self._run.reader.find(self._names()), final=False)

    def wait(self, until: float) -> None:
        """Waits until each is seen, or the time is almost over: there is one more look to take then.

        Each look probes one contact; only when that one settles are all the others looked for, so that waiting costs
        one call at a time. The first probe is of the contact that was asked for last; it changes from look to look,
        since one that was lost tells nothing of the rest.

        Args:
            until: The end of the wait, in seconds since 1970.
        """
        if not self.left:
            return
        for last in self._run.waits.polls(until):
            self._tell_progress(len(self._all) - len(self.left), len(self._all))
            if last:
                return
            key, probe = next(iter(self.left.items()))
            self.left[key] = self.left.pop(key)
            self._take_all({key: self._run.reader.look_up(probe.names)}, final=False)
            if self.left and key not in self.left:
                self.look()
            if not self.left:
                return

    def conclude(self) -> None:
        """Looks each up that is left, for the last time: what is there now is what was asked for, however old it is."""
        run = self._run
        look = partial(run.reader.look_each_up, self._names())
        self._take_all(look_until_agreed(run.reader, run.waits, look, run.ctx.progress), final=True)
        self.take_kept()

    def take_kept(self) -> None:
        """Takes for what was asked for what else came in its time, and Sinch may have made of it; see `seen_kept`."""
        run = self._run
        for key, others in list(self.foreign.items()):
            item, live = self._all[key], others[0]
            if len(others) != 1 or not item.row or not self._is_unedited(item):
                continue
            if is_kept_of(item.row.contact, live) and self._is_made(item, live):
                del self.left[key], self.foreign[key]
                run.take(live, item.asked_at)
                self._owners[live.id] = key
                run.tell(run.states.seen_kept(key, live, item.row.contact), item.row, f"contact {live.id}")

    def settle_copies(self) -> None:
        """Removes copies; where there are any, an earlier run was cut off, and more may yet appear."""
        if not self._doubled:
            return
        self._remove_copies()
        self._run.ctx.progress("waiting for more copies")
        self._run.waits.until(lambda: False, self._run.waits.last_run_end())
        found = self._run.reader.find({key: item.names for key, item in self._all.items() if key in self._run.states})
        late = {key: copies for key, copies in found.items() if key in self.left}
        for key in [key for key in found if key not in late]:
            ours = self._split(self._all[key], self._free(key, found[key], frozenset())).ours
            if len(ours) > 1:
                self._doubled.append((self._all[key], ours))
        self._take_all(late, final=True)
        self._remove_copies()

    def namesakes(self, key: Key) -> str:
        """Names the contacts that somebody else made, for people."""
        return f"contacts {', '.join(live.id for live in self.foreign[key])}"

    @abstractmethod
    def _split(self, item: Awaited, found: Sequence[LiveContact]) -> Namesakes:
        """Tells what was asked for from what somebody else made."""

    def _is_unedited(self, item: Awaited) -> bool:
        """Says whether what is declared is what was asked for."""
        return item.row is not None

    @abstractmethod
    def _note_seen(self, item: Awaited, live: LiveContact) -> None:
        """Takes note of a contact that was seen once."""

    @abstractmethod
    def _tell_progress(self, seen: int, total: int) -> None:
        """Tells how far the wait is."""

    def _names(self) -> dict[Key, Names]:
        return {key: item.names for key, item in self.left.items()}

    def _take_all(self, found: Found, *, final: bool) -> None:
        claims, target = self._run.ctx.claims, self._run.ctx.target
        ids = [live.id for copies in found.values() for live in copies]
        elsewhere = claims.made_by_others(target, self._run.ctx.urn, ids)
        for key, copies in found.items():
            self._take(self.left[key], self._free(key, copies, elsewhere), final=final)

    def _free(self, key: Key, copies: Sequence[LiveContact], elsewhere: frozenset[ContactId]) -> list[LiveContact]:
        """Leaves out what is recorded under another key, and what another set has created in this run."""
        return [live for live in copies if live.id not in elsewhere and self._owners.get(live.id, key) == key]

    def _take(self, item: Awaited, copies: Sequence[LiveContact], *, final: bool) -> None:
        """Takes note of a contact where what was found settles it."""
        found = self._split(item, copies)
        if not found.ours:
            self.foreign[item.key] = found.others
            if not found.others:
                del self.foreign[item.key]
            return
        self.foreign.pop(item.key, None)
        if not final and found.all_older(self._run.waits.asked_at(item.asked_at)):
            self._run.states.seen_older(item.key)
            return
        del self.left[item.key]
        self._owners.update((live.id, item.key) for live in found.ours)
        if len(found.ours) > 1:
            self._doubled.append((item, found.ours))
        else:
            self._note_seen(item, found.ours[0])
        if found.others:
            self._tell_doubled(item, (found.ours[0], *found.others))

    def _remove_copies(self) -> None:
        """Removes all copies but one of each contact: what is recorded stays, or what was made first."""
        doubled, self._doubled = self._doubled, []
        keep = {item.key: self._run.states[item.key].id or ours[0].id for item, ours in doubled}
        extra = {item.key: {live.id for live in ours} - {keep[item.key]} for item, ours in doubled}
        made = {live.id for item, ours in doubled for live in ours if self._is_made(item, live)}
        gone = remove_copies(self._run, made & set().union(*extra.values()))
        for item, ours in doubled:
            if not gone.issuperset(extra[item.key]):
                self._run.states.seen_doubled(item.key)
                self._tell_doubled(item, ours)
            elif self._run.states[item.key].status is Status.CREATING:
                self._note_seen(item, ours[0])

    def _is_made(self, item: Awaited, live: LiveContact) -> bool:
        return self._run.origin_of(live, item.asked_at) is Origin.CREATED

    def _tell_doubled(self, item: Awaited, copies: Sequence[LiveContact]) -> None:
        detail = f"contacts {', '.join(live.id for live in copies)}"
        if item.row:
            self._run.tell(Kind.DOUBLED, item.row, detail)
        else:
            self._run.problems.append(Problem(Kind.DOUBLED, item.key, detail=detail))
