"""Contacts that share a name, or an identity, with what is ours or awaited."""

import pytest

from apply.conftest import Set
from apply.endings import kill
from apply.naming import allow_nameless, body, check_the_states, delay, number
from outside import Sinch
from sinch_contacts.core.plan.policy import OnConflict, Policy
from sinch_contacts.core.record.recorded import Origin


def test_a_withdrawal_spares_somebody_elses_contact_of_that_name(friends: Set, sinch: Sinch) -> None:
    sinch.faults({"kind": "drop_item", "operation": "batch_create"})
    assert friends.up({"alice": body(1)}).incomplete
    sinch.seed([body(9, external_id="alice")])
    friends.up({})
    assert [contact["external_id"] for contact in sinch.contacts()] == ["alice"]


def test_a_search_for_orphans_spares_it(friends: Set, sinch: Sinch) -> None:
    kill(friends, "create_batch", {"alice": body(1)}, applied=False)
    sinch.seed([body(9, external_id="alice")])
    friends.up({})
    assert [contact["external_id"] for contact in sinch.contacts()] == ["alice"]


def test_it_is_not_awaited_either(friends: Set, sinch: Sinch) -> None:
    delay(sinch, "batch_create", 100)
    assert friends.up({"alice": body(1)}).incomplete
    sinch.seed([body(9, external_id="alice")])
    friends.clock.sleep(100)
    friends.up({})
    assert len(sinch.contacts()) == 1


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


def test_two_rows_do_not_share_a_contact(friends: Set, sinch: Sinch) -> None:
    allow_nameless(friends)
    friends.policy = Policy(OnConflict.ADOPT)
    sinch.seed([body(1, number(2, "WHATSAPP"))])
    friends.up({"nameless1": body(1), "nameless2": body(number(2, "WHATSAPP"))})
    assert len(sinch.contacts()) == 2
    check_the_states(sinch, friends)


@pytest.mark.parametrize("attempt", range(8))  # it hangs on the order in which Sinch lists the two
def test_a_changed_contact_is_not_taken_for_an_orphan(friends: Set, sinch: Sinch, attempt: int) -> None:
    allow_nameless(friends)
    kill(friends, "create_batch", {"k0": body(2), "nameless": body(3)})
    friends.clock.sleep(10)
    kill(friends, "update", {"k0": body(3)})
    assert friends.up({"k0": body(3)}).incomplete is None
    check_the_states(sinch, friends)


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


def test_a_name_that_another_contact_of_ours_is_about_to_give_back_is_free(friends: Set, sinch: Sinch) -> None:
    friends.up({"old": body(1), "b": body(2)})
    kill(friends, "update", {"n": body(1), "b": body(2)})
    assert friends.up({"old": body(1), "n": body(2)}).incomplete is None


def test_so_is_one_that_an_outsider_gave_to_it(friends: Set, sinch: Sinch) -> None:
    friends.up({"old": body(1), "z": body(2)})
    sinch.patch(friends.record["z"].id, {"external_id": "new"})
    friends.refresh()
    assert friends.up({"new": body(1), "z": body(2)}).incomplete is None


def test_a_contact_of_ours_is_no_double(friends: Set, sinch: Sinch) -> None:
    allow_nameless(friends)
    kill(friends, "create_batch", {"nameless": body(2)})
    friends.clock.sleep(10)
    kill(friends, "find_by_external_id", {"k0": body(1, 2)}, number=3)
    assert friends.up({"nameless": body(2)}).incomplete is None


def test_a_contact_to_which_an_outsider_gave_a_name_is_not_what_is_awaited(friends: Set, sinch: Sinch) -> None:
    friends.prefix = "qa-"
    friends.up({"s": body(3, metadata="m2")})
    sinch.faults({"kind": "drop_item", "operation": "batch_create"})
    assert friends.up({"s": body(3, metadata="m2"), "k1": body(1)}).incomplete
    sinch.patch(friends.record["s"].id, {"external_id": "qa-k1"})
    friends.refresh()
    friends.up({"s": body(3, metadata="m2"), "k1": body(1)})
    friends.up({"s": body(3, metadata="m2"), "k1": body(1)})
    check_the_states(sinch, friends)
