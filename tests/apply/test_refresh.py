"""Refreshes: what somebody else changed or deleted is written down, and repaired by the next run."""

from apply.conftest import Set
from outside import Sinch, people, writes
from sinch_contacts.core.record.recorded import Status


def test_drift_is_written_down_and_repaired(friends: Set, sinch: Sinch) -> None:
    friends.up(people(30))
    there = sinch.by_external_id()
    sinch.patch(there["person-00004"]["id"], {"display_name": "Else", "metadata": "not ours"})
    sinch.delete(there["person-00005"]["id"])
    sinch.calls()

    seen = friends.refresh()

    assert (dict(seen.changed), seen.deleted) == ({"person-00004": ("display_name",)}, ("person-00005",))
    assert writes(sinch.calls()) == {}
    again = friends.refresh()
    assert (dict(again.changed), again.deleted) == ({"person-00004": ()}, ("person-00005",))
    assert friends.up(people(30)).incomplete is None
    assert writes(sinch.calls()) == {"update": 1, "batch_create": 1}
    assert {key: contact["display_name"] for key, contact in sinch.by_external_id().items()} == {
        key: contact["display_name"] for key, contact in people(30).items()
    }
    nothing = friends.refresh()
    assert (dict(nothing.changed), nothing.deleted) == ({}, ())


def test_drift_that_went_away_is_no_drift(friends: Set, sinch: Sinch) -> None:
    friends.up(people(1))
    contact_id = friends.record["person-00001"].id
    sinch.patch(contact_id, {"display_name": "Else"})
    friends.refresh()
    sinch.patch(contact_id, {"display_name": "Person 1 Surname"})
    assert dict(friends.refresh().changed) == {}
    assert friends.record["person-00001"].status is Status.LIVE


def test_without_the_old_inputs_drift_is_seen_by_digests(friends: Set, sinch: Sinch) -> None:
    friends.up(people(2))
    sinch.patch(friends.record["person-00001"].id, {"display_name": "Else"})
    sinch.delete(friends.record["person-00002"].id)
    friends.declared = {}
    seen = friends.refresh()
    assert (dict(seen.changed), seen.deleted) == ({"person-00001": ()}, ("person-00002",))


def test_pending_contacts_stay_pending(friends: Set, sinch: Sinch) -> None:
    sinch.faults({"kind": "drop_item", "operation": "batch_create"})
    friends.up(people(1))
    assert friends.refresh().deleted == ()
    assert friends.record["person-00001"].status is Status.CREATING


def test_drift_is_seen_in_a_contact_that_a_run_which_failed_half_way_has_made(friends: Set, sinch: Sinch) -> None:
    friends.up(people(1))
    declared = friends.declared
    sinch.faults({"kind": "reject_item", "operation": "batch_create", "match": "person-00003", "times": None})
    assert friends.up(people(3)).incomplete
    sinch.faults()
    friends.declared = declared  # the engine keeps the old inputs
    sinch.patch(friends.record["person-00002"].id, {"display_name": "Theirs"})
    friends.refresh()
    assert friends.up(people(3)).incomplete is None
    assert sinch.by_external_id()["person-00002"]["display_name"] == "Person 2 Surname"
