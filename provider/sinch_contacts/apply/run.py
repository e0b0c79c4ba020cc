"""A run: the work on one set, with all that the work needs and all that came of it."""

from collections.abc import Collection, Iterable, Mapping

from sinch_contacts.apply.context import Context
from sinch_contacts.apply.journal.lines import AskedContact
from sinch_contacts.apply.journal.port import JournaledApi
from sinch_contacts.apply.journal.replay import Asked, Edited
from sinch_contacts.apply.names import names_of, recorded_name
from sinch_contacts.apply.problems import Problem
from sinch_contacts.apply.reading.reader import Reader, known_contacts
from sinch_contacts.core.contact.contact import Contact, ContactId, Key, LiveContact
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.digest import contact_digest
from sinch_contacts.core.contact.observed import observe
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.record.recorded import Origin, Record, RecordedContact, Status, record_contact


class Run:
    """The work on one set: the record as it changes, and the contacts that are not as desired.

    Attributes:
        ctx: What the run works with.
        id: The run's id, greater than those of earlier runs.
        last_run: The run that made the record.
        journal: Is written before anything is sent.
        api: The port, guarded by the journal and the interruption.
        started: When it began, in seconds since 1970.
        reader: Reads contacts back.
        record: What is confirmed at this moment.
        previous: What was declared when the record was made, by key, where that is known.
        problems: What did not go as planned.
        done: How many changes were made.
        cause: What ended the work early, if anything did.
        created: Stands for names that journals prove to be ours.
        changed: Ids of contacts that interrupted runs may have changed: they need not look as they were asked for, nor
            have the name that they were asked for under.
        orphans: Contacts that interrupted runs created and nobody declares any more, each with what stands for its
            name then.
        made: Contacts that runs which the state does not know of created and saw, by what stands for their names.
        wanted: Keys of the declared contacts.
        leaving: Ids whose deletion an interrupted run asked for, each with the time of that, in seconds since 1970.
        expected_gone: Likewise those whose deletion any earlier run asked for.
        awaited: Contacts that are pending, by what stands for their names.
    """

    def __init__(self, ctx: Context, record: Record, last_run: str = "", reader: Reader | None = None) -> None:
        self.ctx = ctx
        self.started = ctx.clock.now()
        self.last_run = last_run
        self.id, self.journal = ctx.journals.open(self.started, last_run)
        self.orphans: dict[ContactId, str] = {}
        self.api = JournaledApi(ctx.api, ctx.journals, self.journal, self.orphans, ctx.clock, ctx.interruption)
        self.reader = reader or Reader(self.api, ctx.settings.pace, ctx.clock.now, least=known_contacts(record))
        self.record = dict(record)
        self.previous: Mapping[Key, Contact] = {}
        self.problems: list[Problem] = []
        self.done = 0
        self.cause: ContactsError | None = None
        self.created: frozenset[str] = frozenset()
        self.changed: Mapping[ContactId, Edited] = {}
        self.made: Mapping[str, Asked] = {}
        self.wanted: Collection[Key] = ()
        self.leaving: Mapping[ContactId, int] = {}
        self.expected_gone: Mapping[ContactId, int] = {}
        self.awaited: Mapping[str, Asked] = {}

    def look_at_the_record(self) -> None:
        """Has discovery know what is under way, now that the record tells it."""
        entries = list(self.record.values())
        leaving = {entry.id: entry.since for entry in entries if entry.id and entry.status is Status.DELETING}
        self.expected_gone = {**leaving, **self.leaving}
        digest, prefix = self.ctx.journals.digest_name, self.ctx.recorded_prefix
        pending = {digest(recorded_name(entry, prefix)): entry for entry in entries if entry.status is Status.CREATING}
        self.awaited = {
            name: (AskedContact(name, entry.digest, entry.identities, entry.fields), entry.since)
            for name, entry in pending.items()
        }

    def note(self, entries: Iterable[RecordedContact]) -> None:
        """Puts entries into the record."""
        self.record.update((entry.key, entry) for entry in entries)

    def drop(self, keys: Iterable[Key]) -> None:
        """Takes contacts out of the record."""
        for key in keys:
            self.record.pop(key, None)

    def confirm(self, key: Key, wanted: Contact, live: LiveContact, origin: Origin) -> bool:
        """Records a contact as it was read back; returns whether it is as wanted."""
        seen = observe(live.contact, wanted)
        applied = contact_digest(wanted)
        same = contact_digest(seen) == applied
        self.record[key] = record_contact(
            key,
            seen,
            contact_id=live.id,
            origin=origin,
            status=Status.LIVE if same else Status.DRIFTED,
            applied="" if same else applied,
        )
        return same

    def note_created(self, row: DesiredContact, live: LiveContact) -> None:
        """Records a contact that this run has created, and keeps the other sets of the program from it."""
        self.claim([live.id])
        self.ctx.claims.note_made(self.ctx.target, self.ctx.urn, live.id)
        self.confirm(row.key, row.contact, live, Origin.CREATED)
        self.done += 1

    def is_ours(self, live: LiveContact) -> bool:
        """Says whether a contact carries the set's own prefix, which nobody else uses."""
        return bool(self.ctx.prefix) and (live.contact.external_id or "").startswith(self.ctx.prefix)

    def origin_of(self, live: LiveContact) -> Origin:
        """Says whether a contact that was found is one that we created.

        The set's own prefix, a journal or a state proves it.
        """
        digests = map(self.ctx.journals.digest_name, names_of(live)) if self.created else ()
        if self.is_ours(live) or not self.created.isdisjoint(digests):
            return Origin.CREATED
        return self.ctx.claims.origin(self.ctx.target, live.id) or Origin.ADOPTED

    def set_since(self, contact_id: ContactId) -> tuple[str, ...]:
        """Returns the names of the fields that interrupted runs may have set in a contact: they are ours since then."""
        edited = self.changed.get(contact_id)
        return tuple(sorted(edited.fields)) if edited else ()

    def claim(self, ids: Iterable[ContactId]) -> frozenset[ContactId]:
        """Claims contacts for this set; returns those that are being deleted in this run."""
        return self.ctx.claims.claim(self.ctx.target, self.ctx.urn, ids)

    def now(self) -> int:
        """Returns the time in whole seconds since 1970, as it is recorded."""
        return max(1, int(self.ctx.clock.now()))

    def asked_at(self, since: float) -> float:
        """Returns when an earlier run made a call, which another machine's clock may have told as later than now."""
        return min(since, self.started)

    @property
    def settled(self) -> str:
        """The run up to which journals are done with.

        It is this one, unless it ended before it had looked at everything that interrupted runs left: the record holds
        no id of what is pending, so only their journals can tell that it was deleted or changed.
        """
        open_ = self.leaving or self.changed
        waits = any(entry.status is Status.CREATING for entry in self.record.values())
        return self.last_run if self.cause and open_ and waits else self.id

    def end(self) -> None:
        """Notes in the journal that the run was not cut off. It stays until the state has recorded the run."""
        pending = (entry for entry in self.record.values() if entry.status is Status.CREATING)
        digest = self.ctx.journals.digest_name
        self.journal.end(digest(recorded_name(entry, self.ctx.prefix)) for entry in pending)

    def close(self) -> None:
        """Closes the journal."""
        self.journal.close()
