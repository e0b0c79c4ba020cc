"""Taking up what a run left that was cut off before the state could record it.

Its journal says which contacts may have been created, deleted or changed. What it says is turned into entries of the
record, which the planner then treats like any other: creating, deleting, drifted or gone.
"""

from collections import ChainMap
from collections.abc import Iterable, Mapping
from math import inf
from typing import Final

import msgspec

from sinch_contacts.apply.journal.lines import AskedContact
from sinch_contacts.apply.journal.replay import Asked
from sinch_contacts.apply.run import Run
from sinch_contacts.core.contact.contact import Contact, ContactId, Key, LiveContact
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.name import Name, key_of, name_of, names_of
from sinch_contacts.core.contact.observed import observe, owned_part
from sinch_contacts.core.record.recorded import RecordedContact, Status

_SEEN_LONG_AGO: Final = 1
"""A time, in seconds since 1970, after which nothing is to be waited for any more; 0 would stand for no time."""


def recover(run: Run, desired: Iterable[DesiredContact], last_run: str) -> None:
    """Puts into the record what may have become of contacts; reads, and writes nothing at Sinch.

    Args:
        run: The run; it knows in the end what was recovered.
        desired: The declared contacts.
        last_run: The run that made the record; journals of later runs tell what may have been sent since.
    """
    run.ctx.journals.forget(last_run)
    run.recovered = left = run.ctx.journals.unfinished(last_run)
    if left:
        run.ctx.progress("settling what an interrupted run left")
        recovery = _Recovery(run, {row.key: row.contact for row in desired}, has_state=bool(last_run))
        recovery.take_up()
        run.recovered = msgspec.structs.replace(left, orphans=recovery.find_orphans())


def foresee(run: Run, desired: Iterable[DesiredContact]) -> None:
    """Puts into the record what a first run that was cut off may have made, for a preview; it waits for nothing.

    Raises:
        OverBudget: To find what is not declared any more would take more calls than may be spent.
    """
    run.recovered = run.ctx.journals.unfinished("")
    recovery = _Recovery(run, {row.key: row.contact for row in desired}, has_state=False)
    recovery.take_up()
    recovery.find_orphans(latest=0)


class _Recovery:
    """The work on what interrupted runs left."""

    def __init__(self, run: Run, wanted: Mapping[Key, Contact], *, has_state: bool) -> None:
        self._run = run
        self._has_state = has_state
        self._left = run.recovered
        self._wanted = wanted
        self._digest_name = run.ctx.journals.digest_name
        self._asked = dict(self._left.asked)
        self._seen = dict(self._left.seen)

    def take_up(self) -> None:
        """Takes up what is recorded or declared."""
        states = self._run.states
        self._note_deleting()
        self._look_at_changed()
        replaced: list[tuple[RecordedContact, Asked]] = []
        for entry in list(states.values()):
            asked = self._asked_for(entry)
            if asked and entry.status in {Status.GONE, Status.CREATING}:
                states.journal_creating(entry.key, asked[0].fingerprint, asked[1])
            elif asked:
                replaced.append((entry, asked))
        self._look_behind(replaced)
        for key, contact in self._wanted.items():
            digests = [self._digest_name(name_of(contact))]
            _pop(self._seen, digests)  # discovery finds it
            for call, since in _pop(self._asked, digests):
                if key not in states:
                    states.journal_creating(key, call.fingerprint, since)

    def find_orphans(self, latest: float = inf) -> dict[ContactId, str]:
        """Looks for contacts that were asked for, and are neither recorded nor declared any more.

        Their names are known by their digests alone, so every contact of the project is looked at. What is found is
        recorded as created by us, and leaves the set like any other contact. Those that were seen before are not waited
        for, and those that were edited since are known by their ids.

        Args:
            latest: When waiting for them ends at the latest, in seconds since 1970.
        """
        run, ctx = self._run, self._run.ctx
        recorded = {entry.id for entry in run.states.values()}
        # Without a state nobody knows whether what an earlier one created, and saw, was to stay.
        by_name, before = dict(self._asked), dict(self._seen if self._has_state else {})
        by_id = {
            key: edited.asked for key, edited in self._left.changed.items() if edited.asked and key not in recorded
        }
        orphans: dict[ContactId, str] = {}
        if not (by_name or by_id or before):
            return orphans
        calls = ChainMap(by_name, before)

        def take(live: LiveContact) -> tuple[Name, Asked] | None:
            if ctx.claims.made_by_others(ctx.target, ctx.urn, [live.id]):
                return None
            if live.id in by_id:
                return next(((name, by_id.pop(live.id)) for name in names_of(live)), None)
            found = None
            if live.id not in recorded:
                found = run.call_of(live, calls)
            if found:
                _pop(by_name, [found[1][0].name])
                _pop(before, [found[1][0].name])
            return found

        def look() -> bool:
            count = len(by_name) + len(by_id) + len(before)
            ctx.progress(f"looking for {count:,} contacts that an interrupted run asked for")
            for live in run.reader.everything():
                if found := take(live):
                    name, (asked, _) = found
                    orphans[live.id] = asked.name
                    self._note_orphan(key_of(name, ctx.prefix), live, asked)
            return not (by_name or by_id)

        since = [since for _, since in (*by_name.values(), *by_id.values())]
        run.waits.until(look, min(latest, run.waits.settle_end(since)))
        return orphans

    def _asked_for(self, entry: RecordedContact) -> Asked | None:
        """Finds the latest creation that was asked for under the name of a recorded contact."""
        names = {entry.name(self._run.ctx.recorded_prefix)}
        if entry.key in self._wanted:
            names.add(name_of(self._wanted[entry.key]))  # another one, where the prefix has changed since
        digests = [self._digest_name(name) for name in names]
        calls = [(contact, _SEEN_LONG_AGO) for contact, _ in _pop(self._seen, digests)] + _pop(self._asked, digests)
        return max(calls, key=lambda call: call[1], default=None)

    def _note_deleting(self) -> None:
        for entry in list(self._run.states.values()):
            if entry.id and entry.id in self._left.deleting:
                self._run.states.leaving(entry.key, self._left.deleting[entry.id])

    def _look_at_changed(self) -> None:
        """Reads contacts that may have been changed, and writes down what they are."""
        states = self._run.states
        entries = [entry for entry in states.values() if entry.is_live and entry.id in self._left.changed]
        live = self._run.reader.find_ids(sorted(entry.id for entry in entries))
        for entry in entries:
            if found := live.get(entry.id):
                self._look_at(entry, found)
            else:
                states.missing(entry.key)

    def _look_at(self, entry: RecordedContact, found: LiveContact) -> None:
        """Records a contact as it was found, with all the fields that are ours by now."""
        like = self._wanted.get(entry.key)
        owned = entry.owned + self._left.fields_set(found.id)
        seen = observe(found.contact, like, owned) if like else owned_part(found.contact, owned, entry.identities)
        self._run.states.looked_at(entry.key, seen, like)

    def _look_behind(self, replaced: Iterable[tuple[RecordedContact, Asked]]) -> None:
        """Settles replacements: the second half of each was asked for only once the first was seen gone.

        Who deleted it does not matter: where somebody else did, no journal says so.
        """
        entries = {entry.id: (entry.key, *asked) for entry, asked in replaced}
        live = self._run.reader.find_ids(list(entries)) if entries else {}
        for contact_id, (key, asked, since) in entries.items():
            if contact_id not in live:
                self._run.states.journal_replacing(key, asked.fingerprint, since)

    def _note_orphan(self, key: Key, live: LiveContact, asked: AskedContact) -> None:
        states = self._run.states
        if key in states:  # another contact has its name by now, so it goes by its id
            key = Key(live.id)
        states.orphaned(key, asked.fingerprint, live.id, self._left.deleting.get(live.id, 0))
        if live.id in self._left.changed and states[key].is_live:
            self._look_at(states[key], live)


def _pop(calls: dict[str, Asked], digests: Iterable[str]) -> list[Asked]:
    return [calls.pop(digest) for digest in digests if digest in calls]
