"""The search: breadth first, each distinct moment once, from each a clean run and all that the next run may meet."""

from collections import deque
from collections.abc import Iterator
from typing import Final

import msgspec

from exploration.invariants import wrong_end
from exploration.journal_folder import RealJournals
from exploration.limits import excused_copies, is_left, is_told, takes_long
from exploration.oracle import Oracle, every_course
from exploration.others import act_as_others, acts_of_others
from exploration.run import Run, Step
from exploration.scope import NOTHING, PATIENCE, RESTART, Scope
from exploration.sinch import START, Sinch
from exploration.state import State

_replace = msgspec.structs.replace
_FORMS: Final = {
    "plain": "the contact is declared plain",
    "edited": "the contact is edited",
    NOTHING: "the contact leaves the files",
}


class Violation(msgspec.Struct, frozen=True):
    """An invariant that does not hold.

    Attributes:
        scope: The name of the scope.
        wrong: What is wrong, in words.
        before: The moment before the run in which it shows.
        path: How to get there, in words; no path has fewer runs.
    """

    scope: str
    wrong: str
    before: State
    path: tuple[str, ...]

    def __str__(self) -> str:
        steps = (f"  {number}. {told}" for number, told in enumerate(self.path, 1))
        return "\n".join((f"{self.scope}: {self.wrong}", *steps))


class Search:
    """The exploration of one scope.

    Attributes:
        states: How many distinct moments were visited.
        runs: How often the real code ran.
        violations: What did not hold; nothing is explored behind it.
    """

    def __init__(self, scope: Scope) -> None:
        self.states = 0
        self.runs = 0
        self.violations: list[Violation] = []
        self._scope = scope
        self._sinch = Sinch()
        self._journals = RealJournals()
        self._quiet: set[bytes] = set()

    def explore(self) -> None:
        """Visits all that can be reached from a set that was just declared, and from one that lives already."""
        first = State(START, "plain", path=("the contact is declared",))
        try:
            self._visit([first, _replace(self._run(first, Oracle()).state, runs=0)])
        finally:
            self._journals.close()

    def _visit(self, first: list[State]) -> None:
        queue = deque(first)
        seen = {state.canonical() for state in queue}
        while queue:
            state = queue.popleft()
            self.states += 1
            if wrong := self._wrong_after_clean_runs(state):
                self._tell(wrong, state, state)
            elif state.runs < len(self._scope.faults):
                for after in self._followers(state):
                    form = after.canonical()
                    if form not in seen:
                        seen.add(form)
                        queue.append(after)

    def _followers(self, state: State) -> Iterator[State]:
        for step in self._every_run(state):
            if step.wrong:
                self._tell(step.wrong, state, step.state)
            else:
                yield from self._every_pause(step.state)

    def _tell(self, wrong: str, before: State, state: State) -> None:
        self.violations.append(Violation(self._scope.name, wrong, before, state.path))

    def _run(self, state: State, oracle: Oracle, *, destroy: bool = False) -> Step:
        self.runs += 1
        return Run(self._scope, self._sinch, self._journals, state, oracle).go(destroy=destroy)

    def _every_run(self, state: State) -> Iterator[Step]:
        """Goes through all that may become of the next run."""

        def live(oracle: Oracle) -> Step:
            may_destroy = state.last_run and state.wanted == NOTHING
            destroy = may_destroy and oracle.choose(["", "of destroying"], free=True)
            return self._run(state, oracle, destroy=bool(destroy))

        return every_course(live, self._scope.faults[state.runs])

    def _every_pause(self, state: State) -> Iterator[State]:
        """Goes through what may happen until the next run."""
        forms = {"": state.wanted, **{told: form for form, told in _FORMS.items() if form != state.wanted}}

        def live(oracle: Oracle) -> State:
            past, sinch = state.past, self._sinch
            sinch.restore(state.time, state.stored)
            wanted = forms[oracle.choose(list(forms), free=True)]
            acts = {told: act for act, told in acts_of_others(self._scope, sinch, past).items()}
            if told := oracle.choose(["", *acts], free=True):
                past = act_as_others(self._scope, sinch, past, acts[told])
            is_long = oracle.choose(["", "time passes"], free=True) or takes_long(state, wanted, self._scope)
            sinch.sleep(2 * PATIENCE.settle_time if is_long else RESTART)
            there = tuple(sinch.stored.values())
            path = (*state.path, *oracle.words)
            return _replace(state, time=sinch.time, stored=there, wanted=wanted, past=past, path=path)

        return every_course(live, 0)

    def _wrong_after_clean_runs(self, state: State) -> str:
        """Says what is wrong with the clean runs that follow; empty where nothing is."""
        if any(entry.id in state.past.taken for entry in state.record.values()):
            state = Run(self._scope, self._sinch, self._journals, state, Oracle()).refresh(state)
        step = self._run(state, Oracle())
        if step.problems and is_told(state, step.problems):
            step = self._run(step.state, Oracle())
        if is_left(state, step.refusal, step.problems):
            return ""
        if step.failure:
            return f"in a clean run: {step.failure}"
        wrong = wrong_end(self._scope, step.state, excused_copies(self._scope, step.state))
        if wrong:
            return f"after a clean run: {wrong}"
        return self._unquiet(step.state)

    def _unquiet(self, state: State) -> str:
        """Says what is wrong with a further clean run, which has nothing to do; many moments come to the same here."""
        form = _replace(state, runs=0).canonical()
        if form in self._quiet:
            return ""
        step = self._run(state, Oracle())
        if step.failure or step.writes:
            return f"in a second clean run: {step.failure or ', '.join(step.writes)}"
        self._quiet.add(form)
        return ""
