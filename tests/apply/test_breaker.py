"""One circuit breaker for all writes: where Sinch does not answer clearly any more, nothing more is sent."""

from collections import Counter

import pytest

from apply.conftest import ONE_BY_ONE, Set
from outside import Sinch, edited, people, person, writes
from sinch_contacts.api.errors import Uncertain
from sinch_contacts.apply.breaker import Breaker, Unanswered
from sinch_contacts.apply.outcome import Outcome
from sinch_contacts.core.record.problem import Kind
from sinch_contacts.core.record.recorded import Status


def kinds(outcome: Outcome) -> Counter[Kind]:
    assert outcome.incomplete
    return Counter(problem.kind for problem in outcome.incomplete.problems)


def statuses(friends: Set) -> Counter[Status]:
    return Counter(entry.status for entry in friends.record.values())


class TestOfARun:
    def test_after_two_batches_of_deletions_without_an_answer_nothing_more_is_sent(
        self, friends: Set, sinch: Sinch
    ) -> None:
        friends.up(people(3500))
        sinch.calls()
        sinch.faults({"kind": "error_before", "operation": "batch_delete", "times": None})
        outcome = friends.up({})
        assert writes(sinch.calls()) == {"batch_delete": 2}
        assert kinds(outcome) == {Kind.UNDELETED: 2000, Kind.NOT_ATTEMPTED: 1500}
        assert statuses(friends) == {Status.DELETING: 2000, Status.LIVE: 1500}
        assert "2 calls in a row had no clear answer" in str(outcome.incomplete)
        sinch.faults()
        assert friends.up({}).incomplete is None
        assert sinch.contacts() == []

    def test_after_eight_patches_without_an_answer_nothing_more_is_sent(self, friends: Set, sinch: Sinch) -> None:
        friends.settings = ONE_BY_ONE
        friends.up(people(30))
        sinch.calls()
        sinch.faults({"kind": "error_before", "operation": "update", "times": None})
        outcome = friends.up(edited(30))
        assert writes(sinch.calls()) == {"update": 8}
        assert kinds(outcome) == {Kind.FAILED: 8, Kind.NOT_ATTEMPTED: 22}
        sinch.faults()
        assert friends.up(edited(30)).incomplete is None
        assert {contact["display_name"] for contact in sinch.contacts()} == {"Edited Surname"}

    def test_creations_and_changes_without_an_answer_count_together(self, friends: Set, sinch: Sinch) -> None:
        friends.settings = ONE_BY_ONE
        friends.up(people(30))
        sinch.calls()
        sinch.faults(
            {"kind": "lose_response", "operation": "batch_create"},
            {"kind": "error_before", "operation": "update", "times": None},
        )
        outcome = friends.up(edited(30) | people(1, first=100))
        assert writes(sinch.calls()) == {"batch_create": 1, "update": 4}
        assert kinds(outcome) == {Kind.FAILED: 4, Kind.NOT_ATTEMPTED: 26}

    def test_what_ends_the_work_ends_it_in_the_repetition_of_a_patch_too(self, friends: Set, sinch: Sinch) -> None:
        """A 429 (or a 401, or no connection) of the second try is dropped, and closes the breaker's count."""
        friends.settings = ONE_BY_ONE
        friends.up(people(20))
        sinch.calls()
        lost = {"kind": "error_before", "operation": "update"}
        sinch.faults(*[lost, {"kind": "throttle", "operation": "update", "times": 3}] * 20)
        outcome = friends.up(edited(20))
        assert writes(sinch.calls())["update"] <= 2 * 8 * 3, "three attempts at each call"
        assert kinds(outcome)[Kind.NOT_ATTEMPTED]

    def test_a_clear_answer_in_between_lets_the_work_go_on(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(4500))
        sinch.calls()
        sinch.faults(
            {"kind": "lose_response", "operation": "batch_delete"},
            {"kind": "lose_response", "operation": "batch_delete", "after": 2},
            {"kind": "lose_response", "operation": "batch_delete", "after": 4},
        )
        assert friends.up({}).incomplete is None
        assert writes(sinch.calls()) == {"batch_delete": 5}

    def test_the_removal_of_copies_stops_like_any_other_deletion(self, friends: Set, sinch: Sinch) -> None:
        friends.prefix = "qa-"
        bodies = [{**person(number), "external_id": f"qa-person-{number:05d}"} for number in range(1, 2502)]
        sinch.seed(bodies)
        sinch.seed(bodies)
        friends.clock.sleep(1000)
        sinch.calls()
        sinch.faults({"kind": "error_before", "operation": "batch_delete", "times": None})
        outcome = friends.up(people(2501))
        assert outcome.incomplete
        assert isinstance(outcome.incomplete.cause, Unanswered)
        assert "2 calls in a row had no clear answer" in str(outcome.incomplete)
        assert writes(sinch.calls()) == {"batch_delete": 2}

    def test_what_the_end_of_the_work_left_undone_is_told_whatever_step_it_belongs_to(
        self, friends: Set, sinch: Sinch
    ) -> None:
        friends.up(people(4))
        sinch.faults({"kind": "throttle", "operation": "batch_create", "times": None})
        wanted = {
            "person-00001": person(1, display_name="Edited Surname"),
            "person-00002": person(2),
            "new": person(9),
        }
        outcome = friends.up(wanted)
        assert outcome.incomplete
        told = {problem.key: (problem.kind, bool(problem.file)) for problem in outcome.incomplete.problems}
        assert told == {
            "new": (Kind.NOT_ATTEMPTED, True),
            "person-00001": (Kind.NOT_ATTEMPTED, True),
            "person-00003": (Kind.NOT_ATTEMPTED, False),
            "person-00004": (Kind.NOT_ATTEMPTED, False),
        }


class TestByItself:
    def test_it_opens_after_as_many_calls_in_a_row_as_their_kind_allows(self) -> None:
        breaker = Breaker()
        for _ in range(3):
            breaker.note_unclear(Uncertain("No answer."), 4)
            breaker.check()
        breaker.note_unclear(Uncertain("No answer at last."), 4)
        with pytest.raises(Unanswered, match=r"^4 calls in a row .* No answer at last\.$") as opened:
            breaker.check()
        assert opened.value.calls == 4

    def test_kinds_of_calls_count_together(self) -> None:
        breaker = Breaker()
        for most in (2, 8, 8, 8):
            breaker.note_unclear(Uncertain("No answer."), most)
        breaker.check()
        breaker.note_unclear(Uncertain("No answer."), 8)
        with pytest.raises(Unanswered):
            breaker.check()

    def test_a_clear_answer_makes_it_count_anew_but_closes_it_no_more(self) -> None:
        breaker = Breaker()
        breaker.note_unclear(Uncertain("No answer."), 2)
        breaker.note_clear()
        breaker.note_unclear(Uncertain("No answer."), 2)
        breaker.check()
        breaker.note_unclear(Uncertain("No answer."), 2)
        breaker.note_clear()
        with pytest.raises(Unanswered):
            breaker.check()
