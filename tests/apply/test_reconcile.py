"""One procedure: what it does first and last, what is judged before, and what an error leaves alone."""

from collections.abc import Callable
from typing import Any

import pytest

from apply.conftest import Set
from apply.endings import kill
from outside import Sinch, people, person, writes
from sinch_contacts.apply.context import Addition, Context, Proposal
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.plan.plan import Operation
from sinch_contacts.core.plan.policy import OnChange, OnConflict, OnDelete
from sinch_contacts.core.record.problem import Kind

WRITES = ("create_batch", "create", "update", "delete_batch", "delete")


class Noting:
    """A port that notes its writes, in order."""

    def __init__(self, api: Any) -> None:
        self.writes: list[tuple[str, int]] = []
        self._api = api

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._api, name)

        def call(*arguments: Any) -> Any:
            self.writes.append((name, len(arguments[0]) if name.endswith("_batch") else 1))
            return method(*arguments)

        return call if name in WRITES else method


class Refused(ContactsError):
    """Somebody says no."""


class Judge:
    """Notes what it is to judge, and refuses from a given proposal on."""

    def __init__(self, passes: int) -> None:
        self.proposals: list[Proposal] = []
        self._passes = passes

    def judge(self, proposal: Proposal) -> None:
        self.proposals.append(proposal)
        if len(self.proposals) > self._passes:
            raise Refused("No.")


def note_writes(friends: Set) -> Noting:
    friends.api = noting = Noting(friends.api)  # type: ignore[assignment]
    return noting


def judge(friends: Set, passes: int = 99) -> Judge:
    reviewer, make = Judge(passes), friends.ctx

    def ctx() -> Context:
        made = make()
        made.reviewer = reviewer
        return made

    friends.ctx = ctx  # type: ignore[method-assign]
    return reviewer


def edited(number: int) -> dict[str, Any]:
    return person(number, display_name="Edited Surname")


class TestTheOrderOfTheWork:
    def test_is_room_creations_changes_deletions(self, friends: Set) -> None:
        friends.up(people(4))
        noting = note_writes(friends)
        heir = {**person(3), "channel_identities": [*person(3)["channel_identities"], *person(8)["channel_identities"]]}
        wanted = {"person-00001": person(1), "person-00002": edited(2), "heir": heir, "new": person(9)}
        assert friends.up(wanted).incomplete is None
        assert noting.writes == [("delete_batch", 1), ("create_batch", 2), ("update", 1), ("delete_batch", 1)]

    def test_replaces_a_thousand_at_a_time_after_creations_and_before_deletions(self, friends: Set) -> None:
        friends.up(people(1502))
        noting = note_writes(friends)
        wanted = {f"person-{number:05d}": edited(number) for number in range(1, 1502)}
        assert friends.up({**wanted, "new": person(9999)}, on_change=OnChange.REPLACE).incomplete is None
        assert noting.writes == [
            ("create_batch", 1),
            ("delete_batch", 1000),
            ("create_batch", 1000),
            ("delete_batch", 501),
            ("create_batch", 501),
            ("delete_batch", 1),
        ]

    @pytest.mark.parametrize("operation", ["batch_create", "update"])
    def test_lets_a_failure_leave_too_much_rather_than_too_little(
        self, friends: Set, sinch: Sinch, operation: str
    ) -> None:
        friends.up(people(3))
        sinch.faults({"kind": "throttle", "operation": operation, "times": None})
        outcome = friends.up({"person-00001": edited(1), "new": person(9)})
        assert outcome.incomplete
        assert {"person-00002", "person-00003"} <= sinch.by_external_id().keys()
        told = {problem.key: problem.kind for problem in outcome.incomplete.problems}
        assert told.items() >= dict.fromkeys(["person-00002", "person-00003"], Kind.NOT_ATTEMPTED).items()
        sinch.faults()
        assert friends.up({"person-00001": edited(1), "new": person(9)}).incomplete is None
        assert sinch.by_external_id().keys() == {"person-00001", "new"}


class TestTheReview:
    def test_sees_the_plan_once_sinch_was_looked_at_and_before_anything_is_written(
        self, friends: Set, sinch: Sinch
    ) -> None:
        friends.up(people(2))
        sinch.seed([{**person(5), "external_id": "person-00005", "display_name": "Theirs"}])
        sinch.seed([{**person(6), "external_id": "person-00006"}])
        sinch.calls()
        reviewer, record = judge(friends, passes=0), friends.record
        wanted = {"person-00001": edited(1), **people(3, first=5)}
        with pytest.raises(Refused):
            friends.up(wanted, on_conflict=OnConflict.ADOPT)
        assert (writes(sinch.calls()), friends.record) == ({}, record)
        (proposal,) = reviewer.proposals
        counts = {operation: len(list(proposal.plan.of(operation))) for operation in Operation}
        assert {operation: count for operation, count in counts.items() if count} == {
            Operation.CREATE: 1,
            Operation.PATCH: 2,
            Operation.DELETE: 1,
        }
        assert (proposal.plan.unchanged, proposal.recorded) == (1, 2)
        assert {key: was.display_name for key, was in proposal.found.items()} == {
            "person-00005": "Theirs",
            "person-00006": "Person 6 Surname",
        }

    def test_sees_what_came_to_light_in_a_wait_before_that_is_changed(self, friends: Set, sinch: Sinch) -> None:
        sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 200})
        assert friends.up(people(1)).incomplete
        sinch.calls()
        reviewer = judge(friends, passes=1)
        outcome = friends.up({"person-00001": edited(1)})
        assert outcome.incomplete
        assert outcome.incomplete.message.endswith("No.")
        assert [problem.kind for problem in outcome.incomplete.problems] == [Kind.NOT_ATTEMPTED]
        _, addition = reviewer.proposals
        assert isinstance(addition, Addition)
        assert [change.operation for change in addition.plan.changes] == [Operation.PATCH]
        assert writes(sinch.calls()) == {}

    def test_sees_the_emptying_of_a_set_before_anything_is_deleted(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(3))
        sinch.calls()
        reviewer = judge(friends, passes=0)
        with pytest.raises(Refused):
            friends.destroy()
        (proposal,) = reviewer.proposals
        assert (len(list(proposal.plan.of(Operation.DELETE))), proposal.recorded) == (3, 3)
        assert writes(sinch.calls()) == {}


class TestEmptying:
    def test_forgets_what_is_retained_without_a_call(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(3))
        sinch.calls()
        outcome = friends.destroy(on_delete=OnDelete.RETAIN)
        assert (outcome.incomplete, outcome.record, sinch.calls()) == (None, {}, {})
        assert len(sinch.contacts()) == 3

    def test_that_fails_keeps_the_record_of_what_is_still_there_and_tells_it(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(1500))
        sinch.faults({"kind": "throttle", "operation": "batch_delete", "after": 1, "times": None})
        outcome = friends.destroy()
        assert outcome.incomplete
        assert [problem.kind for problem in outcome.incomplete.problems] == [Kind.NOT_ATTEMPTED] * 500
        assert (outcome.done, len(outcome.record)) == (1000, 500)
        sinch.faults()
        assert friends.destroy().incomplete is None
        assert sinch.contacts() == []


def test_the_outcome_tells_up_to_which_run_journals_are_done_with(friends: Set) -> None:
    kill(friends, "create_batch", people(2))
    first = friends.up(people(2))
    assert first.run
    second = friends.up(people(2))
    assert second.run > first.run
    assert not [path for path in friends.journals.rglob("*.jsonl") if path.stem <= first.run]
