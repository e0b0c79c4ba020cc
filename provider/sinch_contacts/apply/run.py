"""A run: the work on one set, and all that came of it."""

from collections.abc import Iterable, Mapping
from math import inf

from sinch_contacts.apply.context import Context
from sinch_contacts.apply.journal.folder import begun_at
from sinch_contacts.apply.journal.port import JournaledApi
from sinch_contacts.apply.journal.replay import Asked, Recovered
from sinch_contacts.apply.matching import find_call, is_as_asked
from sinch_contacts.apply.reading.reader import Reader, known_contacts
from sinch_contacts.apply.reading.waits import Waits
from sinch_contacts.core.contact.contact import ContactId, LiveContact
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.name import Name, names_of
from sinch_contacts.core.contact.ulid import is_older
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.record.problem import Kind, Problem, problem_of
from sinch_contacts.core.record.recorded import Origin, Record, Status
from sinch_contacts.core.record.states import States


class Run:
    """The work on one set.

    Attributes:
        ctx: What it works with.
        id: Its id, greater than those of earlier runs.
        journal: Is written before anything is sent.
        api: The port, guarded by the journal, the breaker and the interruption.
        reader: Reads contacts back.
        waits: How long accepted work is waited for.
        states: The record as it changes.
        recovered: What interrupted runs left.
        problems: What did not go as planned.
        done: How many changes were made.
    """

    def __init__(self, ctx: Context, record: Record, last_run: str = "", *, budget: float = float("inf")) -> None:
        """Begins a run.

        Args:
            ctx: What it works with.
            record: What is recorded of the set.
            last_run: The run that made the record.
            budget: The most calls that may be made to read.
        """
        self.ctx = ctx
        self.waits = Waits(ctx.clock, ctx.settings, ctx.api.clock_offset)
        self.id, self.journal = ctx.journals.open(self.waits.started, last_run)
        self.api = JournaledApi(ctx.api, ctx.journals, self.journal, self.waits.now, ctx.interruption)
        least = known_contacts(record)
        self.reader = Reader(self.api, ctx.settings.pace, ctx.clock.now, least=least, budget=budget)
        self.states = States(record)
        self._last_run = last_run
        self.recovered = Recovered()
        self.problems: list[Problem] = []
        self.done = 0

    @property
    def follows_soon(self) -> bool:
        """Whether views may still show what the last run deleted."""
        return begun_at(self._last_run) > self.waits.oldest_new()

    def tell(self, kind: Kind, row: DesiredContact, detail: str = "") -> None:
        """Tells a problem of a declared contact."""
        self.problems.append(problem_of(kind, row, detail))

    def claim(self, ids: Iterable[ContactId]) -> frozenset[ContactId]:
        """Claims contacts for this set; returns those that are being deleted in this run."""
        return self.ctx.claims.claim(self.ctx.target, self.ctx.urn, ids)

    def take(self, live: LiveContact, asked_at: float) -> Origin:
        """Notes that a contact was seen which this set has asked for, and keeps the other sets of the program from it.

        Args:
            live: The contact.
            asked_at: When it was asked for, in seconds since 1970 by Sinch's clock.

        Returns:
            Whether it is one that we created; what is older than the call is adopted.
        """
        origin = self.origin_of(live, asked_at)
        self.claim([live.id])
        if origin is Origin.CREATED:
            self.ctx.claims.note_made(self.ctx.target, self.ctx.urn, live.id)
        self.done += 1
        return origin

    def has_prefix(self, live: LiveContact) -> bool:
        """Says whether a contact carries the set's own prefix, which nobody else uses."""
        return bool(self.ctx.prefix) and (live.contact.external_id or "").startswith(self.ctx.prefix)

    def origin_of(self, live: LiveContact, asked_at: float = inf) -> Origin:
        """Says whether a contact that was found is one that we created.

        The set's own prefix, a journal or a state proves it, or a call of ours that it is what was asked for by, and
        than which it is not older. Being equal to what was asked for proves nothing.

        Args:
            live: The contact.
            asked_at: When it was asked for, likewise, if it is what this run, or the state, awaits.
        """
        if self.has_prefix(live) or not self._is_older(live, asked_at) or self._is_made(live):
            return Origin.CREATED
        return self.ctx.claims.origin(self.ctx.target, live.id) or Origin.ADOPTED

    def call_of(self, live: LiveContact, calls: Mapping[str, Asked]) -> tuple[Name, Asked] | None:
        """Finds the creation that a contact comes from; what is older than every call for its name comes from none.

        Args:
            live: The contact.
            calls: Creations that were asked for, by what stands for their names.
        """
        found = find_call(live, calls, self.ctx.journals.digest_name, self.recovered.changed)
        if found:
            asked, at = found[1]
            times = [at, *(earlier for _, earlier in self.recovered.created.get(asked.name, ()))]
            if self._is_older(live, min(times)):
                return None
        return found

    def _is_older(self, live: LiveContact, asked_at: float) -> bool:
        return asked_at == inf or is_older(live.id, self.waits.asked_at(asked_at))

    def _is_made(self, live: LiveContact) -> bool:
        """Says whether an interrupted run asked for just this contact, or has changed it since it asked."""
        created = self.recovered.created
        for name in names_of(live) if created else ():
            for asked, at in created.get(self.ctx.journals.digest_name(name), ()):
                is_ours = live.id in self.recovered.changed or is_as_asked(asked.fingerprint, None, live)
                if is_ours and not self._is_older(live, at):
                    return True
        return False

    def end(self) -> None:
        """Notes in the journal that the run was not cut off. It stays until the state has recorded the run."""
        digest, prefix = self.ctx.journals.digest_name, self.ctx.prefix
        creating = (entry for entry in self.states.values() if entry.status is Status.CREATING)
        self.journal.end(digest(entry.name(prefix)) for entry in creating)

    def journal_watermark(self, last_run: str, ended_by: ContactsError | None) -> str:
        """Returns the run up to which journals are done with.

        It is this one, unless it ended before it had looked at everything that interrupted runs left: the record holds
        no id of what is being created, so only their journals can tell that it was deleted or changed.

        Args:
            last_run: The run that made the record.
            ended_by: What ended this run early, if anything did.
        """
        open_ = self.recovered.deleting or self.recovered.changed
        waits = any(entry.status is Status.CREATING for entry in self.states.values())
        return last_run if ended_by and open_ and waits else self.id

    def close(self) -> None:
        """Closes the journal."""
        self.journal.close()
