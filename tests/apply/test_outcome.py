"""What a run leaves: when it counts as incomplete, and what it tells then."""

import pytest

from apply.conftest import Set
from machine.inside import Mortal, Nth
from outside import Sinch, people
from sinch_contacts.api.errors import Throttled
from sinch_contacts.apply.outcome import Incomplete
from sinch_contacts.core.contact.contact import Key
from sinch_contacts.core.record.problem import Kind, Problem

REJECTED = {"kind": "reject_item", "operation": "batch_create", "times": None}
LATE = Problem(Kind.PENDING, Key("ann"), "all.yaml", 3)


class TestIncomplete:
    def test_counts_what_was_done_and_each_kind_of_what_was_not(self) -> None:
        lost = Problem(Kind.REJECTED, Key("bob"), detail="no number")
        error = Incomplete([LATE, lost, LATE], 1234)
        assert error.message == (
            "1,234 changes made, and recorded; of the other contacts: 2 not visible yet, 1 rejected."
        )
        assert error.next_step.splitlines() == [
            "The next `pulumi up` goes on from here.",
            "  all.yaml:3: ann: not visible yet",
            "  bob: rejected: no number",
            "  all.yaml:3: ann: not visible yet",
        ]
        assert (error.problems, error.done) == ((LATE, lost, LATE), 1234)

    def test_tells_what_ended_the_work_and_what_to_do_about_that_first(self) -> None:
        error = Incomplete([], 1, Throttled("Sinch said 429.", "Wait a minute."))
        assert error.message == "1 change made, and recorded; the work ended early. Sinch said 429."
        assert error.next_step == "Wait a minute. The next `pulumi up` goes on from here."


class TestARunWithRejectedContacts:
    @pytest.mark.parametrize(("most", "rejected"), [("1", 1), ("10%", 1), ("10%", 0)])
    def test_is_complete_up_to_max_rejects_and_tells_them(
        self, friends: Set, sinch: Sinch, most: str, rejected: int
    ) -> None:
        sinch.faults(*({**REJECTED, "match": f"person-0000{number}"} for number in range(1, 1 + rejected)))
        outcome = friends.up(people(10), max_rejects=most)
        assert outcome.incomplete is None
        assert [problem.key for problem in outcome.rejected] == ["person-00001"][:rejected]
        assert (outcome.done, len(outcome.record)) == (10 - rejected, 10 - rejected)

    @pytest.mark.parametrize("most", ["0", "1", "19%"])
    def test_is_incomplete_with_one_more(self, friends: Set, sinch: Sinch, most: str) -> None:
        sinch.faults(*({**REJECTED, "match": f"person-0000{number}"} for number in (1, 2)))
        outcome = friends.up(people(10), max_rejects=most)
        assert outcome.incomplete
        assert [problem.kind for problem in outcome.incomplete.problems] == [Kind.REJECTED] * 2
        assert outcome.rejected == ()
        assert outcome.done == outcome.incomplete.done == 8

    def test_is_incomplete_where_anything_else_is_wrong(self, friends: Set, sinch: Sinch) -> None:
        sinch.faults(
            {**REJECTED, "match": "person-00001"},
            {"kind": "drop_item", "operation": "batch_create", "match": "person-00002"},
        )
        outcome = friends.up(people(10), max_rejects="100%")
        assert outcome.incomplete
        assert {problem.kind for problem in outcome.incomplete.problems} == {Kind.REJECTED, Kind.PENDING}
        assert outcome.rejected == ()

    def test_is_incomplete_where_something_ended_it(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(3))
        sinch.faults({"kind": "throttle", "operation": "batch_delete", "times": None})
        outcome = friends.up({}, max_rejects="100%")
        assert outcome.incomplete
        assert [problem.kind for problem in outcome.incomplete.problems] == [Kind.NOT_ATTEMPTED] * 3
        assert "429" in outcome.incomplete.message


def test_a_run_that_was_stopped_in_a_wait_is_incomplete_and_tells_what_it_waited_for(
    friends: Set, sinch: Sinch
) -> None:
    sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 200})
    assert friends.up(people(1)).incomplete
    friends.api = Mortal(friends.api, Nth("find_by_external_id"), friends.interruption.ask, applied=True)  # type: ignore[assignment]
    outcome = friends.destroy()
    assert outcome.incomplete
    assert outcome.incomplete.problems == (Problem(Kind.PENDING, Key("person-00001")),)
    assert len(outcome.record) == 1
    assert "1 not visible yet. The run was interrupted." in str(outcome.incomplete)
