"""Creating contacts: sending them, reading them back, and sending again what is provably missing."""

from collections.abc import Mapping, Sequence
from typing import Final

from sinch_contacts.apply.copies import is_made_of, remove_copies, tell_others
from sinch_contacts.apply.problems import Kind, problem_of
from sinch_contacts.apply.reading.waits import wait_until
from sinch_contacts.apply.run import Run
from sinch_contacts.apply.sending import Sending
from sinch_contacts.core.contact.contact import Key, LiveContact
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.ulid import is_older

_STILL_PENDING: Final = "accepted by Sinch, but not visible in time"
_NO_ANSWER: Final = "asked for, but neither answered nor visible in time"


class Creation:
    """Creates contacts of one run, and confirms them. None of them was there when the run looked."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._others: dict[Key, tuple[LiveContact, ...]] = {}
        self._doubled: list[tuple[DesiredContact, Sequence[LiveContact]]] = []

    def create(self, rows: Sequence[DesiredContact]) -> None:
        """Creates contacts and records each as live that was read back, each other accepted one as pending.

        What was asked for without a clear answer is waited for until the settling time is over, looked up one by one,
        and asked for once more where it is not there.
        """
        sending = Sending(self._run)
        sending.send(rows)
        self._run.reader.grow(len(sending.asked))
        settings = self._run.ctx.settings
        missing = self.read_back(sending.asked, self._run.ctx.clock.now() + settings.confirm_timeout)
        doubtful = {key: row for key, row in missing.items() if key in sending.uncertain}
        if doubtful:
            absent = self.outwait(doubtful)
            missing = {key: row for key, row in missing.items() if key not in doubtful}
            if absent and self._run.cause is None:
                again = Sending(self._run)
                again.send(list(absent.values()))
                missing |= self.read_back(again.asked, self._run.ctx.clock.now() + settings.confirm_timeout)
            else:
                missing |= absent
        self._tell_missing(missing, sending.uncertain)
        self._settle_copies(sending.asked)

    def read_back(self, asked: Mapping[Key, DesiredContact], until: float) -> dict[Key, DesiredContact]:
        """Reads back what was asked for, until a time in seconds since 1970; returns what was not seen.

        Each look probes one contact; only when that one is there are all the others read, so that waiting costs one
        call at a time. The first probe is of the contact that was asked for last; it changes from look to look, since
        one that was lost tells nothing of the rest.
        """
        missing = dict(reversed(list(asked.items())))
        total = len(missing)
        if not missing:
            return missing

        def look(last: bool) -> bool:  # noqa: FBT001  # the shape that wait_until asks for
            self._run.ctx.progress(f"confirming {total - len(missing):,} of {total:,}")
            probe = missing.pop(next(iter(missing)))
            copies = self._run.reader.look_up(probe)
            if not (copies and self._found(probe, copies, final=last)):
                missing[probe.key] = probe
            if missing and (copies or last):
                for key, found in self._run.reader.find(missing).items():
                    if self._found(missing[key], found, final=last):
                        missing.pop(key)
            return not missing

        wait_until(look, self._run.ctx.clock, self._run.ctx.settings, until)
        return missing

    def outwait(self, asked: Mapping[Key, DesiredContact]) -> dict[Key, DesiredContact]:
        """Waits out the settling time of pending contacts; returns those that are then provably not there.

        A miss in a scan is not absence: each is looked up in the end.
        """
        settle_time = self._run.ctx.settings.settle_time
        until = max(self._run.record[key].since for key in asked) + settle_time
        missing = self.read_back(asked, until)
        rows = list(missing.values())
        for row, copies in zip(rows, self._run.reader.side_by_side(self._run.reader.look_up, rows), strict=True):
            if copies and self._found(row, copies, final=True):
                missing.pop(row.key)
        return {key: row for key, row in missing.items() if key not in self._others}

    def _found(self, row: DesiredContact, copies: Sequence[LiveContact], *, final: bool) -> bool:
        """Records a contact that was read back; returns whether what was found is what we asked for.

        What is older than our call comes from a run that was cut off. Ours will follow, and then one of the two goes.
        """
        ours = sorted((live for live in copies if is_made_of(row.contact, live)), key=lambda live: live.id)
        others = tuple(live for live in copies if live not in ours)
        if not ours:
            self._others[row.key] = others
            return False
        self._others.pop(row.key, None)
        asked_at = self._run.record[row.key].since + self._run.api.clock_offset()
        if not final and all(is_older(live.id, asked_at) for live in ours):
            return False
        if len(ours) > 1:
            self._doubled.append((row, ours))
        else:
            self._run.note_created(row, ours[0])
        tell_others(self._run, row, ours[0], others)
        return True

    def _tell_missing(self, missing: Mapping[Key, DesiredContact], uncertain: set[Key]) -> None:
        for key, row in missing.items():
            if others := self._others.get(key):
                ids = ", ".join(live.id for live in others)
                self._run.problems.append(problem_of(Kind.FOREIGN, row, f"contacts {ids}"))
            else:
                detail = _NO_ANSWER if key in uncertain else _STILL_PENDING
                self._run.problems.append(problem_of(Kind.PENDING, row, detail))

    def _settle_copies(self, asked: Mapping[Key, DesiredContact]) -> None:
        """Removes copies; where there are any, an earlier run was cut off, and more of them may yet appear."""
        if not self._doubled:
            return
        self._remove()
        ctx = self._run.ctx

        def look(last: bool) -> bool:  # noqa: FBT001  # the shape that wait_until asks for
            ctx.progress("waiting for more copies")
            return last

        wait_until(look, ctx.clock, ctx.settings, self._run.started + ctx.settings.settle_time)
        for key, copies in self._run.reader.find(asked).items():
            ours = [live for live in copies if is_made_of(asked[key].contact, live)]
            if len(ours) > 1:
                self._doubled.append((asked[key], sorted(ours, key=lambda live: live.id)))
        self._remove()

    def _remove(self) -> None:
        """Removes all copies but the first of each contact; one whose copies stay is pending still."""
        doubled, self._doubled = self._doubled, []
        gone = remove_copies(self._run, [live.id for _, ours in doubled for live in ours[1:]])
        for row, (first, *extra) in doubled:
            if gone.issuperset(live.id for live in extra):
                self._run.note_created(row, first)
            else:
                detail = f"contacts {', '.join(live.id for live in (first, *extra))}"
                self._run.problems.append(problem_of(Kind.DOUBLED, row, detail))
