"""Contacts that were asked for and are not seen yet, while the files change."""

import pytest

from apply.conftest import Set, VirtualClock
from apply.endings import kill
from apply.naming import allow_nameless, body, check_the_states, delay, number
from outside import Sinch, people, person, writes
from sinch_contacts.core.plan.policy import OnDelete
from sinch_contacts.core.record.recorded import Origin


def test_what_was_edited_while_pending_is_patched_when_it_appears(friends: Set, sinch: Sinch) -> None:
    sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 200})
    assert friends.up(people(1)).incomplete
    edited = {"person-00001": person(1, display_name="Edited")}
    assert friends.up(edited).incomplete is None
    assert sinch.contacts()[0]["display_name"] == "Edited"
    assert writes(sinch.calls()) == {"batch_create": 1, "update": 1}


def test_what_was_removed_while_pending_is_deleted_when_it_appears(friends: Set, sinch: Sinch) -> None:
    sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 200})
    friends.up(people(1))
    assert friends.up({}).incomplete is None
    assert friends.record == {}
    assert sinch.contacts() == []


def test_what_was_removed_while_pending_stays_where_contacts_are_retained(friends: Set, sinch: Sinch) -> None:
    sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 200})
    friends.up(people(1))
    assert friends.up({}, on_delete=OnDelete.RETAIN).incomplete is None
    assert friends.record == {}
    assert len(sinch.contacts()) == 1


def test_what_was_removed_while_pending_is_forgotten_when_it_never_appears(
    friends: Set, sinch: Sinch, clock: VirtualClock
) -> None:
    sinch.faults({"kind": "drop_item", "operation": "batch_create"})
    friends.up(people(1))
    clock.sleep(600)
    assert friends.up({}).incomplete is None
    assert friends.record == {}


def test_a_pending_contact_whose_deletion_was_lost_is_deleted_again(friends: Set, sinch: Sinch) -> None:
    sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 100})
    friends.up(people(1))
    sinch.faults({"kind": "drop_item", "operation": "batch_delete"})
    record, declared, last_run = friends.record, friends.declared, friends.last_run
    assert friends.destroy().incomplete
    friends.record, friends.declared, friends.last_run = record, declared, last_run  # the engine keeps what it had
    assert friends.up({}).incomplete is None
    assert sinch.contacts() == []


@pytest.mark.parametrize("killed", [True, False])
def test_what_is_awaited_is_not_adopted_under_another_key(friends: Set, sinch: Sinch, *, killed: bool) -> None:
    allow_nameless(friends)
    if killed:
        kill(friends, "create_batch", {"k0": body(3)})
    else:
        delay(sinch, "batch_create", 100)
        assert friends.up({"k0": body(3)}).incomplete
    friends.clock.sleep(60)
    friends.up({"nameless": body(3), "k0": body(1)})
    assert len(sinch.contacts()) == 2
    check_the_states(sinch, friends)


def test_a_pending_contact_that_loses_its_name_is_still_ours(friends: Set, sinch: Sinch) -> None:
    allow_nameless(friends)
    delay(sinch, "batch_create", 100)
    assert friends.up({"alice": body(1)}).incomplete
    friends.clock.sleep(60)
    assert friends.up({"nameless": body(1)}).incomplete is None
    assert [contact["external_id"] for contact in sinch.contacts()] == [""]
    assert [entry.origin for entry in friends.record.values()] == [Origin.CREATED]


@pytest.mark.parametrize("killed", [True, False])
@pytest.mark.parametrize(("before", "after"), [(body(1), body(2)), (body(1, number(1, "MMS")), body(1))])
def test_a_pending_contact_whose_identities_are_edited_is_still_ours(
    friends: Set, sinch: Sinch, before: dict[str, object], after: dict[str, object], *, killed: bool
) -> None:
    if before == body(1):
        sinch.unify()
    if killed:
        kill(friends, "create_batch", {"alice": before})
    else:
        delay(sinch, "batch_create", 100)
        assert friends.up({"alice": before}).incomplete
    assert friends.up({"alice": after}).incomplete is None
    assert [entry.origin for entry in friends.record.values()] == [Origin.CREATED]


def test_an_apple_identity_is_found_again(friends: Set, sinch: Sinch) -> None:
    allow_nameless(friends)
    delay(sinch, "batch_create", 100)
    assert friends.up({"nameless": body({"channel": "APPLEBC", "identity": "urn:mbid:AQAAY1"})}).incomplete
    assert friends.up({}).incomplete is None
    check_the_states(sinch, friends)
