"""How an entry of the record may change: one rule for each event, and no other way.

Everything that decides about an entry lives here, and nothing here calls anybody or looks at a clock. Readers bring
evidence: what was seen of a contact, and when it was asked for. Callers carry out effects: calls, claims, and telling
people what a rule says is to be told. A rule raises `ForbiddenChange` in a state that it does not name.

The rules stand in the order of a contact's life: creation, deletion, update, and what was found by looking or in a
journal. `docs/lifecycle.md` is drawn from them. ADR 9 says why they are so.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from sinch_contacts.core.contact.contact import Contact, ContactId, Key, LiveContact
from sinch_contacts.core.contact.digest import (
    Fingerprint,
    contact_digest,
    fingerprint_of,
    is_same,
    own_fields,
    recorded_forms,
)
from sinch_contacts.core.contact.kept import differing, may_be_kept_as
from sinch_contacts.core.contact.observed import observe
from sinch_contacts.core.record.problem import Kind
from sinch_contacts.core.record.recorded import (
    NOBODY_KNOWS,
    Origin,
    Record,
    RecordedContact,
    Status,
    record_fingerprint,
    record_of,
)
from sinch_contacts.core.record.rules import Rule, State, rule, state_of

_replace = msgspec.structs.replace
_NOTHING: Final[frozenset[State]] = frozenset()
_ALIVE: Final = frozenset({State.LIVE, State.KEPT, State.DRIFTED, State.DOUBTFUL})
_SEEN: Final = frozenset({State.LIVE, State.DRIFTED})
_SETTLED: Final = _SEEN | {State.KEPT}
_NOT_THERE: Final = frozenset({State.ABSENT, State.GONE, State.REPLACING})
_WITH_ID: Final = _ALIVE | {State.GONE, State.DELETING}


def as_found(
    key: Key, live: LiveContact, wanted: Contact, origin: Origin, owned: tuple[str, ...] = ()
) -> RecordedContact:
    """Compares a contact that was found with what is wanted, and says how it would be recorded.

    Args:
        key: Its key.
        live: What was found.
        wanted: What is declared.
        origin: Where it comes from.
        owned: Names of further fields that are ours, to be cleared.
    """
    seen = observe(live.contact, wanted, owned)
    if is_same(seen, wanted):
        return record_fingerprint(key, fingerprint_of(wanted), contact_id=live.id, origin=origin)
    return _drifted(key, live.id, origin, seen, contact_digest(wanted))


def without_applied(record: Record) -> Record:
    """Leaves out of a record what was applied to contacts that live otherwise by now, for want of room."""
    return {key: _replace(entry, applied="") for key, entry in record.items()}


def _drifted(key: Key, contact_id: ContactId, origin: Origin, seen: Contact, applied: str) -> RecordedContact:
    found = fingerprint_of(seen)
    return record_fingerprint(key, found, contact_id=contact_id, origin=origin, status=Status.DRIFTED, applied=applied)


def _kept(entry: RecordedContact) -> RecordedContact:
    return _replace(entry, status=Status.LIVE)


class States(Mapping[Key, RecordedContact]):
    """The record of a set while a run changes it; reading it is reading the record."""

    def __init__(self, record: Record) -> None:
        self._record = dict(record)
        self._before: dict[Key, RecordedContact | None] = {}

    def __getitem__(self, key: Key) -> RecordedContact:
        return self._record[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._record)

    def __len__(self) -> int:
        return len(self._record)

    @property
    def record(self) -> Record:
        """The record as it is now, sorted by key."""
        return record_of(self._record.values())

    def take(self, rule: Rule, key: Key, entry: RecordedContact | None) -> None:
        """Puts what a rule makes of an entry into the record; only rules call it."""
        self._record.pop(key, None)  # a patch may give it another key
        if entry:
            self._record[entry.key] = entry

    # Creation

    @rule("create sent", _NOT_THERE, {State.CREATING}, None)
    def create_sent(self, key: Key, asked: Fingerprint, at: int) -> RecordedContact | None:
        """Recorded before the call: whatever ends it, the record does not forget what may have been asked for."""
        self._before[key] = self.get(key)
        return record_fingerprint(key, asked, status=Status.CREATING, since=at)

    @rule("create clearly refused", {State.CREATING}, _NOT_THERE, None)
    def create_refused(self, key: Key) -> RecordedContact | None:
        """Nothing was applied, so the entry is what it was before the call."""
        return self._before.pop(key)

    @rule("single create answered", {State.CREATING}, _SETTLED, None)
    def created(self, key: Key, live: LiveContact, wanted: Contact, origin: Origin) -> RecordedContact | None:
        """The answer of a single call is the contact itself; one that is older than the call is adopted."""
        seen = observe(live.contact, wanted)
        if is_same(seen, wanted):
            return _replace(self[key], id=live.id, status=Status.LIVE, since=0, origin=origin)
        found = _drifted(key, live.id, origin, seen, self[key].digest)
        return _kept(found) if origin is Origin.CREATED else found

    @rule("create without a clear answer", {State.CREATING}, _NOTHING, None)
    def create_unanswered(self, key: Key) -> RecordedContact | None:
        """It may have been applied: it is neither taken for there nor sent again before `settle_time` is over."""
        return self[key]

    @rule("seen once, as asked", {State.CREATING}, {State.LIVE}, None)
    def seen_as_asked(self, key: Key, contact_id: ContactId, origin: Origin) -> RecordedContact | None:
        """One contact is there, and is what was asked for. If it is older than that, it is adopted, else ours."""
        return _replace(self[key], id=contact_id, status=Status.LIVE, since=0, origin=origin)

    @rule("seen once, asked for by an earlier run", {State.CREATING}, _SEEN, None)
    def seen_late(
        self, key: Key, live: LiveContact, wanted: Contact, origin: Origin, owned: tuple[str, ...]
    ) -> RecordedContact | None:
        """It is compared with what is declared by now, in all fields that are ours; where it differs, it is patched."""
        return as_found(key, live, wanted, origin, owned)

    @rule("seen, but older than the call", {State.CREATING}, _NOTHING, None)
    def seen_older(self, key: Key) -> RecordedContact | None:
        """It comes from a run that was cut off before; ours will follow, unless the time is over."""
        return self[key]

    @rule(
        "seen more than once, and the copies stay",
        _SETTLED | {State.CREATING, State.DELETING},
        _NOTHING,
        Kind.DOUBLED,
    )
    def seen_doubled(self, key: Key) -> RecordedContact | None:
        """Nobody can say which of them is meant. Where the copies go, what stays is seen once."""
        return self[key]

    @rule("seen once, and Sinch may keep it so", {State.CREATING}, {State.KEPT}, Kind.DIFFERENT)
    def seen_kept(self, key: Key, live: LiveContact, wanted: Contact) -> RecordedContact | None:
        """Nothing else came in time, it is not older than the call, and `may_be_kept_as` says that it is ours."""
        return _kept(_drifted(key, live.id, Origin.CREATED, observe(live.contact, wanted), self[key].digest))

    @rule("only namesakes are there, and `confirm_timeout` is over", {State.CREATING}, _NOTHING, Kind.FOREIGN)
    def seen_foreign(self, key: Key) -> RecordedContact | None:
        """A name proves nothing by itself: what was asked for may yet appear."""
        return self[key]

    @rule("not seen by `confirm_timeout`", {State.CREATING}, _NOTHING, Kind.PENDING)
    def unseen(self, key: Key) -> RecordedContact | None:
        """Accepted is not done; the next run looks again."""
        return self[key]

    @rule("looked up after `settle_time`, and not there", {State.CREATING, State.REPLACING}, {State.ABSENT}, None)
    def lost(self, key: Key) -> RecordedContact | None:
        """The call is taken to have been lost; what is declared is created again."""
        return None

    @rule("looked up after `settle_time`, and only namesakes are there", {State.CREATING}, {State.ABSENT}, Kind.FOREIGN)
    def lost_to_namesake(self, key: Key) -> RecordedContact | None:
        """The next run meets them as a conflict, where `on_conflict` decides."""
        return None

    @rule("seen, and an earlier run asked for its deletion", {State.CREATING}, {State.DELETING}, None)
    def seen_leaving(self, key: Key, contact_id: ContactId, since: int) -> RecordedContact | None:
        """A journal says so: it is waited for until it is gone, not taken for living."""
        return _replace(self[key], id=contact_id, status=Status.DELETING, since=since)

    # Deletion

    @rule("delete sent", _WITH_ID, {State.DELETING}, None)
    def delete_sent(self, key: Key, at: int) -> RecordedContact | None:
        """Recorded before the call, also of what was seen gone. No id is used twice, so it may be asked for again."""
        entry = self[key]
        self._before[key] = entry
        return _replace(entry, status=Status.DELETING, since=at)

    @rule("delete clearly refused", {State.DELETING}, _WITH_ID, None)
    def delete_refused(self, key: Key) -> RecordedContact | None:
        """Nothing was applied, so the entry is what it was before the call."""
        return self._before.pop(key)

    @rule("seen gone", {State.DELETING}, {State.ABSENT}, None)
    def gone(self, key: Key) -> RecordedContact | None:
        """By this run's deletion or by an earlier one's: what was not asked for is not taken for done."""
        return None

    @rule("seen gone, to be created again", {State.DELETING}, {State.REPLACING}, None)
    def replaced(self, key: Key) -> RecordedContact | None:
        """The second half of a replacement is not forgotten, even if the creation is refused."""
        return _replace(self[key], id=ContactId(""), status=Status.CREATING, since=0)

    @rule("still there when the wait is over", {State.DELETING}, _NOTHING, Kind.UNDELETED)
    def undeleted(self, key: Key) -> RecordedContact | None:
        """It is neither taken for living nor for gone; the next run asks again."""
        return self[key]

    @rule("declared, and still there after `settle_time`", {State.DELETING}, _SEEN, None)
    def survived(self, key: Key, live: LiveContact, wanted: Contact, owned: tuple[str, ...]) -> RecordedContact | None:
        """Its deletion is taken to have been lost; it lives on, and is compared with what is declared."""
        return as_found(key, live, wanted, self[key].origin, owned)

    @rule("claimed by another set of the run", _WITH_ID, {State.ABSENT}, None)
    def claimed(self, key: Key) -> RecordedContact | None:
        """It has a new owner, who must not lose it."""
        return None

    # Update

    @rule("patch answered", _ALIVE, _SETTLED, None)
    def patched(
        self, key: Key, new_key: Key, live: LiveContact, wanted: Contact, fields: Sequence[str]
    ) -> RecordedContact | None:
        """The answer is the contact itself; where it may be what Sinch makes of what was set, that is not set again.

        A difference that was answered once before is Sinch's own way, too.
        """
        entry = self[key]
        found = as_found(new_key, live, wanted, entry.origin)
        seen = observe(live.contact, wanted)
        again = entry.is_as(found.digest) and entry.was_applied(found.applied)
        if differing(seen, wanted) <= {*fields} and (again or may_be_kept_as(wanted, seen)):
            return _kept(found)
        return found

    @rule("patch: there is no such contact", _ALIVE, {State.ABSENT}, None)
    def patch_missed(self, key: Key) -> RecordedContact | None:
        """Somebody else deleted it; what is declared is created again."""
        return None

    @rule("patch without a clear answer", _ALIVE, {State.DOUBTFUL}, None)
    def patch_unanswered(self, key: Key, fields: Sequence[str]) -> RecordedContact | None:
        """The next run sets every field that is ours, those among them that this patch was the first to set."""
        entry = self[key]
        owned = own_fields(entry.fields, fields)
        applied = entry.applied if entry.digest == NOBODY_KNOWS else entry.digest
        return _replace(entry, status=Status.DRIFTED, digest=NOBODY_KNOWS, applied=applied, fields=owned)

    # Looking, and journals

    @rule("found before it was created", _NOT_THERE, _SEEN, None)
    def discovered(self, key: Key, found: RecordedContact) -> RecordedContact | None:
        """What is there already is adopted, or taken up where it is proved to be ours; see `as_found`."""
        return found

    @rule("looked at: there", _ALIVE | {State.GONE}, _SETTLED, None)
    def looked_at(self, key: Key, seen: Contact, wanted: Contact | None = None) -> RecordedContact | None:
        """It drifted where it is neither what was applied last nor, as far as the reader knows that, what is wanted."""
        entry = self[key]
        digest, applied = contact_digest(seen), entry.applied or entry.digest
        if state_of(entry) is State.KEPT and entry.is_as(digest):
            return entry
        if applied in recorded_forms(digest) or (wanted and digest == contact_digest(wanted)):
            return record_fingerprint(key, fingerprint_of(seen), contact_id=entry.id, origin=entry.origin)
        return _drifted(key, entry.id, entry.origin, seen, applied)

    @rule("looked at: not there", _ALIVE | {State.GONE}, {State.GONE}, None)
    def missing(self, key: Key) -> RecordedContact | None:
        """Somebody else deleted it, or a view lags: the next plan looks for it and creates it again, or deletes it."""
        return _replace(self[key], status=Status.GONE)

    @rule("somebody of ours asked for its deletion", _WITH_ID, {State.DELETING}, None)
    def leaving(self, key: Key, since: int) -> RecordedContact | None:
        """A journal of a run that was cut off before the state could say so, or another set in this run."""
        return _replace(self[key], status=Status.DELETING, since=since)

    @rule("a journal asked for its creation", _NOT_THERE | {State.CREATING}, {State.CREATING}, None)
    def journal_creating(self, key: Key, asked: Fingerprint, since: int) -> RecordedContact | None:
        """Likewise; it is looked for, and not created again before `settle_time` is over."""
        return record_fingerprint(key, asked, status=Status.CREATING, since=since)

    @rule("a journal asked for its creation, and the old one is gone", _WITH_ID, {State.CREATING}, None)
    def journal_replacing(self, key: Key, asked: Fingerprint, since: int) -> RecordedContact | None:
        """The second half of a replacement was asked for once the first was seen gone, whoever had deleted it."""
        return record_fingerprint(key, asked, status=Status.CREATING, since=since)

    @rule("an orphan of an interrupted run is found", {State.ABSENT}, {State.LIVE, State.DELETING}, None)
    def orphaned(self, key: Key, asked: Fingerprint, contact_id: ContactId, since: int) -> RecordedContact | None:
        """Neither recorded nor declared, and made by us: it leaves the set like any other contact."""
        status = Status.DELETING if since else Status.LIVE
        return record_fingerprint(key, asked, contact_id=contact_id, status=status, since=since)

    @rule("the policy forgets it", frozenset(State) - {State.ABSENT}, {State.ABSENT}, None)
    def forgotten(self, key: Key) -> RecordedContact | None:
        """It left the set and is not ours to delete, or stays at Sinch by `on_delete: retain`."""
        return None
