"""What becomes of creations whose names somebody else has, or that Sinch keeps differently."""

from collections.abc import Callable
from typing import Any

import pytest

from apply.conftest import Set
from outside import Sinch, people, person, writes
from sinch_contacts.apply.conflicts import Conflict
from sinch_contacts.core.record.problem import Kind
from sinch_contacts.core.record.recorded import Status


class Intruder:
    """A port through which somebody else makes a contact in the moment before a call."""

    def __init__(self, api: Any, at: str, make: Callable[[], None]) -> None:
        self._api, self._at, self._make = api, at, make

    def __getattr__(self, name: str) -> Any:
        if name == self._at:
            self._at = ""
            self._make()
        return getattr(self._api, name)


def intrude(friends: Set, sinch: Sinch) -> None:
    """Has somebody else make a namesake, with another number, once the run has looked."""
    namesake = {**person(77), "external_id": "person-00001"}
    friends.api = Intruder(friends.api, "create_batch", lambda: sinch.seed([namesake]))  # type: ignore[assignment]


def test_a_creation_without_an_answer_that_only_a_namesake_answers_to_is_told_and_not_recorded(
    friends: Set, sinch: Sinch
) -> None:
    intrude(friends, sinch)
    sinch.faults({"kind": "error_before", "operation": "batch_create"})
    outcome = friends.up(people(1))
    assert outcome.incomplete, "the contact is not there"
    assert [problem.kind for problem in outcome.incomplete.problems] == [Kind.FOREIGN]
    assert outcome.record == {}
    assert writes(sinch.calls()) == {"batch_create": 1}
    with pytest.raises(Conflict):
        friends.up(people(1))
    assert [contact["channel_identities"][0]["identity"] for contact in sinch.contacts()] == ["12020000077"]


def test_a_creation_that_was_accepted_is_awaited_although_a_namesake_is_there(friends: Set, sinch: Sinch) -> None:
    intrude(friends, sinch)
    sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 100})
    outcome = friends.up(people(1))
    assert outcome.incomplete
    assert [problem.kind for problem in outcome.incomplete.problems] == [Kind.FOREIGN]
    assert [entry.status for entry in outcome.record.values()] == [Status.CREATING]
    again = friends.up(people(1))
    assert again.incomplete
    assert [problem.kind for problem in again.incomplete.problems] == [Kind.DOUBLED]
    assert [entry.status for entry in again.record.values()] == [Status.LIVE]
    assert writes(sinch.calls()) == {"batch_create": 1}
