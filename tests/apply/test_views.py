"""Views that do not agree: lists, look-ups and reads by id that lag, each by itself, or that are no answers at all."""

from typing import Any

import pytest

from apply.conftest import TARGET, Set, VirtualClock
from outside import Sinch, lagging, people, person, writes
from sinch_contacts.api.errors import Unavailable
from sinch_contacts.apply.undo import UndoFolder
from sinch_contacts.core.record.recorded import Origin, Status


@pytest.fixture
def kept(friends: Set, tmp_path: Any, clock: VirtualClock) -> Set:
    """A set whose contacts are kept for undo before they are deleted."""
    friends.undo = UndoFolder(tmp_path / "undo", "friends", TARGET, 30, clock.now)
    return friends


class TestGone:
    @pytest.mark.parametrize("count", [1, 20, 300])
    def test_a_replica_that_lags_does_not_keep_contacts_from_being_deleted(
        self, kept: Set, sinch: Sinch, clock: VirtualClock, count: int
    ) -> None:
        """Seen: a destroy made one read of each contact, no deletion, and emptied the state."""
        kept.up(people(count))
        sinch.calls()
        sinch.faults(lagging("get"), lagging("list"))
        assert kept.destroy().incomplete is None
        assert writes(sinch.calls()) == {"batch_delete": 1}
        clock.sleep(3)
        assert sinch.contacts() == []
        assert kept.record == {}

    def test_what_a_refresh_did_not_see_is_deleted_all_the_same(
        self, friends: Set, sinch: Sinch, clock: VirtualClock
    ) -> None:
        """Seen: 10 of 30 contacts were forgotten with status 0, and stayed at Sinch as nobody's."""
        friends.up(people(30))
        sinch.faults(lagging("get"), lagging("list"))
        assert len(friends.refresh().deleted) == 30
        sinch.faults()
        assert friends.up(people(20)).incomplete is None
        assert len(sinch.by_external_id()) == 20
        sinch.faults(lagging("get"), lagging("list"))
        friends.refresh()
        assert friends.destroy().incomplete is None
        clock.sleep(3)
        assert sinch.contacts() == []

    def test_what_is_declared_and_was_not_seen_is_looked_for_before_it_is_created(
        self, friends: Set, sinch: Sinch
    ) -> None:
        friends.up(people(3))
        before = sinch.by_external_id()
        sinch.faults(lagging("get"), lagging("list"))
        friends.refresh()
        sinch.faults()
        sinch.calls()
        assert friends.up(people(3)).incomplete is None
        assert writes(sinch.calls()) == {}
        assert sinch.by_external_id() == before
        assert {entry.origin for entry in friends.record.values()} == {Origin.CREATED}

    @pytest.mark.parametrize("count", [1, 50])
    @pytest.mark.parametrize("kind", ["html_error", "empty_error"])
    def test_a_404_of_a_gateway_deletes_and_forgets_nothing(
        self, kept: Set, sinch: Sinch, kind: str, count: int
    ) -> None:
        kept.up(people(count))
        gateway = {"kind": kind, "status": 404, "times": None}
        sinch.faults({**gateway, "operation": "get"}, {**gateway, "operation": "list"})
        outcome = kept.destroy()
        assert outcome.incomplete
        assert len(kept.record) == count
        sinch.faults()
        assert kept.destroy().incomplete is None
        assert sinch.contacts() == []


class TestPages:
    @pytest.mark.parametrize("count", [30, 300])
    def test_a_list_that_is_no_list_doubles_and_forgets_nothing(self, friends: Set, sinch: Sinch, count: int) -> None:
        """Seen: 30 contacts doubled, and 300 that were to be deleted forgotten, where a 200 was no page."""
        friends.up(people(count))
        sinch.faults({"kind": "no_page", "times": None})
        with pytest.raises(Unavailable, match="cannot be read"):
            friends.refresh()
        with pytest.raises(Unavailable):
            friends.up({**people(count), "late": person(count + 1)})
        assert friends.destroy().incomplete
        assert len(friends.record) == count
        sinch.faults()
        assert friends.up(people(count)).incomplete is None
        assert len(sinch.by_external_id()) == count
        assert {entry.status for entry in friends.record.values()} == {Status.LIVE}


class TestGhosts:
    """Look-ups that lag behind deletions still show what is gone."""

    @pytest.mark.parametrize("others", [0, 2000])
    def test_what_was_deleted_and_is_put_back_is_created_and_not_adopted_as_a_ghost(
        self, friends: Set, sinch: Sinch, others: int
    ) -> None:
        """Seen: "done 0", 55 of 60 there, and wrong for ever until a refresh."""
        sinch.seed([{**person(5000 + number), "external_id": f"other-{number}"} for number in range(others)])
        friends.up(people(60))
        ours = {entry.id for entry in friends.record.values()}
        friends.clock.sleep(100)
        friends.up(people(55))
        sinch.faults(lagging("find"))
        sinch.calls()
        assert friends.up(people(60)).incomplete is None
        assert writes(sinch.calls()) == {"batch_create": 1}
        there = sinch.by_external_id()
        assert {key: there[key]["id"] for key in people(60)} == {key: entry.id for key, entry in friends.record.items()}
        assert len({entry.id for entry in friends.record.values()} - ours) == 5

    @pytest.mark.parametrize("count", [30, 150])
    def test_what_pages_still_show_after_its_deletion_is_created_and_not_adopted(
        self, friends: Set, sinch: Sinch, count: int
    ) -> None:
        """Seen: one declared contact of 120 was missing after a run that ended with 0, and over three more."""
        friends.up(people(count))
        friends.up(people(1))
        sinch.faults(lagging("list"), lagging("find"))
        sinch.calls()
        assert friends.up(people(count)).incomplete is None
        assert writes(sinch.calls()) == {"batch_create": 1}
        assert {contact["id"] for contact in sinch.contacts()} == {entry.id for entry in friends.record.values()}

    def test_namesakes_of_others_do_not_have_pages_trusted_after_a_run(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(150))
        key, *_ = people(150)
        sinch.seed([{**people(1)[key], "external_id": key}])
        friends.clock.sleep(30)
        friends.up({})
        sinch.faults(lagging("list"), lagging("find"))
        assert friends.up(people(150)).incomplete is None
        assert {contact["id"] for contact in sinch.contacts()} == {entry.id for entry in friends.record.values()}

    def test_pages_of_a_large_adoption_are_trusted_where_no_run_was_before(self, friends: Set, sinch: Sinch) -> None:
        sinch.seed([{**one, "external_id": key} for key, one in people(300).items()])
        assert friends.up(people(300)).incomplete is None
        assert sinch.calls() == {"list": 16}

    def test_a_few_contacts_are_read_by_their_ids_before_they_are_adopted(self, friends: Set, sinch: Sinch) -> None:
        sinch.seed([{**one, "external_id": key} for key, one in people(100).items()])
        assert friends.up(people(100)).incomplete is None
        assert sinch.calls() == {"list": 6, "get": 100}
