"""Creating contacts: sending them, reading them back, and sending again what is provably missing."""

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import Final

from sinch_contacts.apply.calls.create import CreateCalls
from sinch_contacts.apply.matching import Namesakes, is_made_of, split_namesakes
from sinch_contacts.apply.resolving.in_flight import Awaited, InFlight
from sinch_contacts.apply.run import Run
from sinch_contacts.core.contact.contact import Key, LiveContact
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.name import name_of
from sinch_contacts.core.errors import ContactsError

_STILL_PENDING: Final = "accepted by Sinch, but not visible in time"
_NO_ANSWER: Final = "asked for, but neither answered nor visible in time"


def create(run: Run, rows: Iterable[DesiredContact]) -> None:
    """Creates contacts that were not there when the run looked, and records each that was read back.

    What was asked for without a clear answer is waited for until the settling time is over, looked up one by one, and
    asked for once more where it is not there. Every other accepted contact that was not seen in time is told, and
    stays recorded as being created.

    Args:
        run: The run.
        rows: What to create.

    Raises:
        ContactsError: Something ended the work; what was accepted before was seen through, as far as possible.
    """
    _Creation(run, rows).carry_out()


class _Creation:
    """A creation of contacts."""

    def __init__(self, run: Run, rows: Iterable[DesiredContact]) -> None:
        self._run = run
        self._rows = {row.key: row for row in rows}

    def carry_out(self) -> None:
        """Creates them; what is provably not there although it was asked for is asked for once more."""
        calls = self._send(list(self._rows))
        lost = self._see_through(calls, calls.uncertain)
        if lost:
            for key in lost:
                self._run.states.lost(key)
            again = self._send(lost)
            self._see_through(again, frozenset())

    def _send(self, keys: Sequence[Key]) -> CreateCalls:
        calls = CreateCalls(self._run, self._rows)
        try:
            calls.send(keys)
        except ContactsError:
            for key in self._see_through(calls, calls.uncertain):
                self._run.tell(self._run.states.unseen(key), self._rows[key], _NO_ANSWER)
            raise
        return calls

    def _see_through(self, calls: CreateCalls, doubtful: Collection[Key]) -> list[Key]:
        """Waits for what was asked for, and tells what was not seen.

        Args:
            calls: What was asked for.
            doubtful: Those of them that are waited for until the settling time is over.

        Returns:
            Those of the doubtful that are provably not there.
        """
        run, waits = self._run, self._run.waits
        flight = _Confirmation(run, map(self._awaited, calls.asked))
        run.reader.grow(len(calls.asked))
        flight.wait(waits.confirm_end())
        flight.look()
        flight.take_kept()
        for key in [key for key in flight.left if key not in doubtful]:
            del flight.left[key]
            if key in flight.foreign:
                run.tell(run.states.seen_foreign(key), self._rows[key], flight.namesakes(key))
            else:
                detail = _NO_ANSWER if key in calls.uncertain else _STILL_PENDING
                run.tell(run.states.unseen(key), self._rows[key], detail)
        flight.wait(waits.settle_end(item.asked_at for item in flight.left.values()))
        flight.conclude()
        flight.settle_copies()
        for key in flight.left.keys() & flight.foreign.keys():
            run.tell(run.states.lost_to_namesake(key), self._rows[key], flight.namesakes(key))
        return [key for key in reversed(flight.left) if key not in flight.foreign]

    def _awaited(self, key: Key) -> Awaited:
        row = self._rows[key]
        return Awaited(key, (name_of(row.contact),), self._run.states[key].since, row)


class _Confirmation(InFlight):
    """Creations that this run has asked for: what is there must be just as declared."""

    def _split(self, item: Awaited, found: Sequence[LiveContact]) -> Namesakes:
        return split_namesakes(partial(is_made_of, item.row.contact), found) if item.row else Namesakes((), ())

    def _note_seen(self, item: Awaited, live: LiveContact) -> None:
        self._run.states.seen_as_asked(item.key, live.id, self._run.take(live, item.asked_at))

    def _tell_progress(self, seen: int, total: int) -> None:
        self._run.ctx.progress(f"confirming {seen:,} of {total:,}")
