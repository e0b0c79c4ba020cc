"""Calls in batches: how many items go in one, what each answer means, and what is told when the work ends."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

import pytest

from sinch_contacts.api.errors import BatchNotPermitted, Forbidden, Rejected, Throttled, Uncertain
from sinch_contacts.apply.calls.batches import Calls
from sinch_contacts.apply.reading.reader import Reader
from sinch_contacts.apply.run import Run
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.plan.reading import Pace

DENIED = BatchNotPermitted("Batches are not permitted.")
SILENCE = Uncertain("No answer.")
BAD = Rejected("No.")
THROTTLED = Throttled("Later.")


class Sending(Calls[int, str]):
    """Sends numbers; what happens to them is noted in order.

    Attributes:
        log: What happened: a word, and how many items it happened to.
        progress: What was told.
        permits: Whether batches are worth a try.
    """

    _doing = "sending"

    def __init__(self, *, batches: Sequence[ContactsError | None] = (), **singles: ContactsError) -> None:
        """Prepares the answers.

        Args:
            batches: Errors of the first batch calls; all others are accepted.
            singles: Errors of single calls, by `n` and the item.
        """
        self.log: list[tuple[str, int]] = []
        self.progress: list[str] = []
        self.permits = True
        self.answers: dict[int, str] = {}
        reader = Reader(None, Pace(concurrency=1), lambda: 0.0)  # type: ignore[arg-type]  # it reads nothing
        api = SimpleNamespace(permits_batches=lambda: self.permits)
        ctx = SimpleNamespace(progress=self.progress.append)
        super().__init__(cast("Run", SimpleNamespace(ctx=ctx, api=api, reader=reader)))
        self._batches = list(batches)
        self._singles = singles

    def happened(self, *words: str) -> list[tuple[str, int]]:
        """Returns what happened of these kinds."""
        return [entry for entry in self.log if entry[0] in words]

    def _call_batch(self, items: Sequence[int]) -> None:
        self.log.append(("batch", len(items)))
        if self._batches and (error := self._batches.pop(0)):
            raise error

    def _call(self, item: int) -> str:
        self.log.append(("single", item))
        if error := self._singles.get(f"n{item}"):
            raise error
        return f"answer {item}"

    def _isolate(self, items: Sequence[int], error: Rejected) -> None:
        self.log.append((f"isolate: {error.message}", len(items)))

    def _note_sent(self, items: Sequence[int]) -> None:
        self.log.append(("sent", len(items)))

    def _note_refused(self, items: Sequence[int]) -> None:
        self.log.append(("refused", len(items)))

    def _note_unanswered(self, items: Sequence[int]) -> None:
        self.log.append(("unanswered", len(items)))

    def _settle_answered(self, item: int, answer: str) -> None:
        self._settled.add(item)
        self.answers[item] = answer

    def _settle_rejected(self, item: int, error: Rejected) -> None:
        self._settled.add(item)
        self.answers[item] = error.message


class TestBatches:
    def test_hold_a_thousand_items_each_and_are_noted_before_they_are_sent(self) -> None:
        calls = Sending()
        calls.send(range(2500))
        assert calls.log == [(word, count) for count in (1000, 1000, 500) for word in ("sent", "batch")]
        assert calls.progress == ["sending 1,000 of 2,500", "sending 2,000 of 2,500", "sending 2,500 of 2,500"]
        assert (calls.asked, calls.uncertain) == (list(range(2500)), set())

    def test_of_nothing_are_not_sent(self) -> None:
        calls = Sending()
        calls.send([])
        assert (calls.log, calls.progress) == ([], [])

    def test_without_an_answer_count_as_asked_for_and_the_next_one_is_sent(self) -> None:
        calls = Sending(batches=[SILENCE])
        calls.send(range(1500))
        assert calls.happened("batch", "unanswered", "refused") == [
            ("batch", 1000),
            ("unanswered", 1000),
            ("batch", 500),
        ]
        assert (len(calls.asked), calls.uncertain) == (1500, set(range(1000)))

    def test_that_are_rejected_are_isolated_with_the_reason_and_the_next_one_is_sent(self) -> None:
        calls = Sending(batches=[BAD])
        calls.send(range(1500))
        assert calls.log[2:] == [("refused", 1000), ("isolate: No.", 1000), ("sent", 500), ("batch", 500)]
        assert calls.asked == list(range(1000, 1500))

    @pytest.mark.parametrize("error", [THROTTLED, Forbidden("No access.")])
    def test_that_fail_otherwise_end_the_work_and_what_was_accepted_is_known(self, error: ContactsError) -> None:
        calls = Sending(batches=[None, error])
        with pytest.raises(type(error)):
            calls.send(range(2500))
        assert calls.happened("batch", "refused") == [("batch", 1000), ("batch", 1000), ("refused", 1000)]
        assert calls.asked == list(range(1000))


class TestWhereBatchesAreNotPermitted:
    def test_the_refused_batch_goes_one_by_one_and_so_does_what_follows_it(self) -> None:
        calls = Sending(batches=[DENIED])
        calls.send([1, 2, 3])
        assert calls.log == [
            ("sent", 3),
            ("batch", 3),
            ("refused", 3),
            ("sent", 3),
            ("single", 1),
            ("single", 2),
            ("single", 3),
        ]
        assert calls.answers == {1: "answer 1", 2: "answer 2", 3: "answer 3"}
        assert calls.asked == []

    def test_no_batch_is_tried_once_that_is_known(self) -> None:
        calls = Sending()
        calls.permits = False
        calls.send([1, 2])
        assert calls.happened("batch", "single") == [("single", 1), ("single", 2)]

    def test_one_without_an_answer_and_one_that_is_rejected_say_nothing_of_the_others(self) -> None:
        calls = Sending(n1=SILENCE, n2=BAD)
        calls.permits = False
        calls.send([1, 2, 3])
        assert calls.answers == {2: "No.", 3: "answer 3"}
        assert (calls.asked, calls.uncertain) == ([1], {1})
        assert calls.happened("unanswered", "refused") == [("unanswered", 1)]

    def test_any_other_error_ends_the_work_and_nothing_more_is_sent(self) -> None:
        calls = Sending(n2=THROTTLED)
        calls.permits = False
        with pytest.raises(Throttled):
            calls.send([1, 2, 3])
        assert calls.answers == {1: "answer 1"}
        assert calls.happened("refused", "single") == [("single", 1), ("single", 2), ("refused", 1), ("refused", 1)]
