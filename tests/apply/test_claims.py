"""Claims: which set of a run has which contacts, and which of two sets may have a name."""

from collections.abc import Iterable

import pytest

from sinch_contacts.apply.claims import ClaimedTwice, Claims
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, Key
from sinch_contacts.core.record.recorded import Origin, Record, Status, record_contact
from sinch_contacts.core.record.states import States
from sinch_contacts.core.target import Region, Target

HERE, THERE = Target("here", Region.EU), Target("there", Region.EU)
FIRST, SECOND, THIRD = "urn::first", "urn::second", "urn::third"


class Asked:
    """Names, or a record, that somebody may ask for."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.times = 0

    def give(self) -> Iterable[str]:
        self.times += 1
        return self.names

    def record(self) -> Record:
        self.times += 1
        contact = Contact((ChannelIdentity("SMS", "1"),), "DE")
        return {
            Key(name): record_contact(Key(name), contact, contact_id=ContactId(f"id-{name}"), origin=Origin.ADOPTED)
            for name in self.names
        }


class TestDeclaredNames:
    def test_of_the_only_set_of_a_project_are_never_looked_at(self) -> None:
        claims, first, other = Claims(), Asked("a", "b"), Asked("a")
        claims.declare(HERE, FIRST, first.give)
        claims.declare(HERE, FIRST, first.give)
        claims.declare(THERE, SECOND, other.give)
        assert first.times == other.times == 0

    def test_of_several_sets_are_compared_and_looked_at_once(self) -> None:
        claims, asked = Claims(), [Asked("a", "b"), Asked("c"), Asked("d")]
        for urn, names in zip((FIRST, SECOND, THIRD), asked, strict=True):
            claims.declare(HERE, urn, names.give)
        assert [names.times for names in asked] == [1, 1, 1]

    def test_that_another_set_has_are_told_and_not_taken(self) -> None:
        claims = Claims()
        claims.declare(HERE, FIRST, Asked("a", "b").give)
        with pytest.raises(ClaimedTwice) as caught:
            claims.declare(HERE, SECOND, Asked("b", "c").give)
        assert (caught.value.other, caught.value.names) == (FIRST, ("b",))
        claims.declare(HERE, THIRD, Asked("c").give)


class TestSetThatStaysAsItIs:
    def test_is_not_looked_at_while_nobody_asks(self) -> None:
        claims, asked = Claims(), Asked("a")
        claims.claim_lazily(HERE, FIRST, asked.record)
        claims.release_for_deletion(THERE, {ContactId("id-a"): ""})
        assert asked.times == 0

    def test_keeps_its_contacts_from_being_deleted(self) -> None:
        claims, asked = Claims(), Asked("a")
        claims.claim_lazily(HERE, FIRST, asked.record)
        ids = {ContactId("id-a"): SECOND, ContactId("id-b"): ""}
        assert claims.release_for_deletion(HERE, ids) == {"id-b"}
        assert claims.origin(HERE, ContactId("id-a")) is Origin.ADOPTED
        assert asked.times == 1

    def test_claims_before_what_is_claimed_after_it(self) -> None:
        claims = Claims()
        claims.claim_lazily(HERE, FIRST, Asked("a").record)
        assert claims.claim(HERE, SECOND, [ContactId("id-a")]) == frozenset()
        assert claims.release_for_deletion(HERE, {ContactId("id-a"): SECOND}) == {"id-a"}
        assert claims.claim(HERE, FIRST, [ContactId("id-a")]) == {"id-a"}


class TestWhatStaysOfASet:
    def test_is_claimed_unless_it_is_not_declared_any_more(self) -> None:
        claims, states = Claims(), States(Asked("a", "b").record())
        claims.claim_staying(HERE, FIRST, states, {Key("a")}, lambda: 7)
        assert claims.unclaimed(HERE, [ContactId("id-a"), ContactId("id-b")]) == {"id-b"}
        assert {entry.status for entry in states.values()} == {Status.LIVE}

    def test_is_recorded_as_being_deleted_where_another_set_deletes_it(self) -> None:
        claims, states = Claims(), States(Asked("a", "b").record())
        assert claims.release_for_deletion(HERE, {ContactId("id-a"): SECOND}) == {"id-a"}
        times = iter((7, 8))
        for _ in range(2):
            claims.claim_staying(HERE, FIRST, states, {Key("a"), Key("b")}, lambda: next(times))
        assert {key: (entry.status, entry.since) for key, entry in states.items()} == {
            "a": (Status.DELETING, 7),
            "b": (Status.LIVE, 0),
        }
