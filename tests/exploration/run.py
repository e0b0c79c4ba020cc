"""One run of the real code, from one moment to the next, and what the engine then keeps."""

from collections.abc import Mapping, Sequence

import msgspec

from exploration.fate import Call, Died, FatedApi
from exploration.invariants import wrong_record, wrong_write
from exploration.journal_folder import RealJournals
from exploration.limits import after_outcome, after_record, forget_journal
from exploration.oracle import Oracle
from exploration.others import act_as_others, acts_of_others
from exploration.scope import PATIENCE, TARGET, URN, Scope
from exploration.sinch import Sinch
from exploration.state import Past, State
from sinch_contacts.apply.claims import Claims
from sinch_contacts.apply.clock import Interruption
from sinch_contacts.apply.context import Context
from sinch_contacts.apply.reconcile import Outcome, empty, reconcile
from sinch_contacts.apply.refresh import refresh
from sinch_contacts.apply.undo import Kept
from sinch_contacts.core.contact.contact import ContactId
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.record.problem import Kind

_replace = msgspec.structs.replace


class Wrong(AssertionError):
    """An invariant was broken in the middle of a run."""


class Step(msgspec.Struct, frozen=True):
    """What a run came to.

    Attributes:
        state: The moment after it.
        outcome: What it returned, where it did.
        error: Why it refused to begin, where it did.
        writes: Its writes, in words.
        wrong: The invariant that it broke; empty for none.
    """

    state: State
    outcome: Outcome | None
    error: ContactsError | None
    writes: tuple[str, ...]
    wrong: str

    @property
    def problems(self) -> frozenset[str]:
        """The kinds of problems that were told."""
        incomplete = self.outcome.incomplete if self.outcome else None
        return frozenset(problem.kind.name for problem in incomplete.problems) if incomplete else frozenset()

    @property
    def refusal(self) -> str:
        """Why the run refused to do something, as people are told; empty where it did not."""
        incomplete = self.outcome.incomplete if self.outcome else None
        is_refused = incomplete and self.problems <= {Kind.NOT_ATTEMPTED.name}
        return str(self.error or (incomplete if is_refused else ""))

    @property
    def failure(self) -> str:
        """What went wrong, be it an invariant or not."""
        if self.error:
            return f"it refuses: {type(self.error).__name__}"
        is_incomplete = self.outcome and self.outcome.incomplete
        told = ", ".join(sorted(self.problems)) or self.refusal
        return self.wrong or (f"it is incomplete: {told}" if is_incomplete else "")


class Run:
    """A run that is under way: it stands between the real code and the world."""

    is_on = True
    """It is the port for undo as well."""

    def __init__(self, scope: Scope, sinch: Sinch, journals: RealJournals, state: State, oracle: Oracle) -> None:
        """Goes back to the moment at which the run begins."""
        sinch.restore(state.time, state.stored)
        journals.restore(state.journals)
        self.past: Past = state.past
        self._scope = scope
        self._sinch = sinch
        self._journals = journals
        self._state = state
        self._oracle = oracle
        self._interruption = Interruption()
        self._api = FatedApi(sinch, oracle, self, batches=scope.batches)

    def go(self, *, destroy: bool = False) -> Step:
        """Runs, and has the engine keep what it would keep.

        Args:
            destroy: Whether the set is destroyed.
        """
        state, oracle = self._state, self._oracle
        outcome: Outcome | None = None
        error: ContactsError | None = None
        died, wrong = False, ""
        try:
            outcome = self._destroy() if destroy else self._up()
        except Died:
            died = True
        except ContactsError as caught:
            error = caught
        except Exception as caught:  # noqa: BLE001  # whatever the run raises beside its own errors is a fault
            wrong = str(caught) if isinstance(caught, Wrong) else f"{type(caught).__name__}: {caught}"
        if outcome:
            wrong = wrong_record(self._scope, outcome.record, self._sinch, self.past)
            self.past = after_outcome(self.past, outcome.record, self._sinch)
            died = bool(oracle.choose(["", "the engine dies before it records that"]))
            if not died:
                state = self._recorded(state, outcome, destroy=destroy)
            elif not state.last_run:
                self.past = _replace(self.past, unheard=self.past.unheard | self._seen(outcome))
        told = "; ".join(oracle.words) or "nothing goes wrong"
        state = self._after(state, f"{'the set is destroyed' if destroy else 'a run'}: {told}")
        if died and state.unfinished and oracle.choose(["", "its journal is lost"], free=True):
            state = self._elsewhere(state)
        return Step(state, outcome, error, tuple(self._api.writes), wrong)

    def refresh(self, state: State) -> State:
        """Has all that was accepted become visible, and refreshes the record."""
        self._sinch.sleep(PATIENCE.settle_time)
        seen = refresh(self._context(), state.record, state.previous)
        state = _replace(state, record=seen.record, previous=dict(seen.contacts), time=self._sinch.time)
        return _replace(state, path=(*state.path, "time passes; a refresh"))

    # What the port asks

    def acts_of_others(self) -> Mapping[str, str]:
        """Returns what somebody else may do just now, each with its words."""
        return acts_of_others(self._scope, self._sinch, self.past)

    def act(self, act: str) -> None:
        """Somebody else acts."""
        self.past = act_as_others(self._scope, self._sinch, self.past, act)

    def stop(self) -> None:
        """Asks the run to stop."""
        self._interruption.ask()

    def note_asked(self, call: Call) -> None:
        """Takes note of a write that stands in the journal, be it sent or not."""
        forms = {form for form in ("plain", "edited") if self._scope.contact(form) in call.contacts}
        self.past = _replace(self.past, asked=self.past.asked | forms)

    def note_sent(self, call: Call) -> None:
        """Sees to it that a write that is sent is to nothing of others."""
        for contact_id in call.ids:
            stored = self._sinch.stored.get(contact_id)
            if reason := wrong_write(call.name, stored, self._state.wanted, self.past):
                raise Wrong(reason)

    def keep(self, contacts: Sequence[Kept]) -> None:
        """Sees to it that what is kept for undo is what lived."""
        for kept in contacts:
            lives = self._sinch.stored[kept.id].contact
            for name in kept.fields or ("display_name", "metadata", "external_id"):
                if (getattr(kept.contact, name) or "") != (getattr(lives, name) or ""):
                    raise Wrong(f"kept for undo as it was not: {name}")

    # What the engine does

    def _up(self) -> Outcome:
        state, scope = self._state, self._scope
        ctx = self._context()
        ctx.claims.remember_origins(TARGET, state.record)
        rows = scope.rows(state.wanted)
        return reconcile(ctx, rows, state.record, scope.policy, state.previous, last_run=state.last_run)

    def _destroy(self) -> Outcome:
        state = self._state
        return empty(self._context(), state.record, self._scope.policy, last_run=state.last_run)

    def _context(self) -> Context:
        return Context(
            TARGET,
            self._api,
            claims=Claims(),
            settings=PATIENCE,
            clock=self._sinch,
            progress=lambda _text: self._api.point(),
            urn=URN,
            journals=self._journals.port,
            interruption=self._interruption,
            undo=self,
            prefix=self._scope.prefix,
        )

    def _recorded(self, state: State, outcome: Outcome, *, destroy: bool) -> State:
        """The engine keeps what a run returned; of a set that could not be destroyed, what it had."""
        if destroy and outcome.incomplete:
            return state
        if destroy:
            return _replace(state, record={}, previous={}, last_run="")
        self.past = after_record(self.past, outcome.record)
        declared = {row.key: row.contact for row in self._scope.rows(state.wanted)}
        is_known = outcome.incomplete is None or not state.last_run
        previous = declared if is_known else state.previous
        return _replace(state, record=outcome.record, previous=previous, last_run=outcome.run)

    def _seen(self, outcome: Outcome) -> frozenset[ContactId]:
        theirs = {each.id for each in self._sinch.stored.values() if each.is_theirs}
        return frozenset(entry.id for entry in outcome.record.values() if entry.id) - theirs

    def _after(self, state: State, told: str) -> State:
        return _replace(
            state,
            time=self._sinch.time,
            stored=tuple(self._sinch.stored.values()),
            journals=self._journals.read(),
            runs=state.runs + 1,
            past=self.past,
            path=(*state.path, told),
        )

    def _elsewhere(self, state: State) -> State:
        """The next run is on another machine; where only a refresh tells what was done, there is one first."""
        lost, needs_refresh = forget_journal(state)
        if not needs_refresh:
            return lost
        return Run(self._scope, self._sinch, self._journals, lost, Oracle()).refresh(lost)
