"""Several sets of one project in one run, after runs that were cut off as well."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from apply.conftest import TARGET, Set
from apply.naming import body, check_the_states, delay
from outside import Sinch, people, person, writes
from sinch_contacts.apply.claims import Claims
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.record.recorded import Origin


@pytest.fixture
def two(make_set: Callable[..., Set]) -> tuple[Set, Set]:
    a, b = make_set(), make_set()
    b.urn = a.urn.replace("friends", "others")
    return a, b


def share(a: Set, b: Set) -> None:
    """One run of both sets."""
    a.claims = b.claims = Claims()
    a.claims.remember_origins(TARGET, a.record)
    a.claims.remember_origins(TARGET, b.record)


def test_a_set_does_not_delete_what_another_has_claimed(make_set: Callable[..., Set], sinch: Sinch) -> None:
    first, second = make_set(), make_set()
    second.urn = "urn:pulumi:test::scratch::sinch:ContactSet::second"
    first.up(people(3))
    first.claims = second.claims
    first.claims.remember_origins(TARGET, first.record)
    second.reconcile({"person-00003": person(3)})
    first.reconcile(people(2))

    assert sinch.by_external_id().keys() == people(3).keys()
    assert second.record["person-00003"].origin is Origin.CREATED, "the state of the first set proves it"


def test_what_another_set_deletes_is_created_anew_once_it_is_gone(make_set: Callable[..., Set], sinch: Sinch) -> None:
    first, second = make_set(confirm_timeout=5), make_set()
    second.urn = "urn:pulumi:test::scratch::sinch:ContactSet::second"
    first.up(people(1))
    first.claims = second.claims
    sinch.faults({"kind": "delay", "operation": "batch_delete", "seconds": 10})
    assert first.reconcile({}).incomplete, "its deletion takes longer than it waits"

    assert second.reconcile(people(1)).incomplete is None

    assert [contact["id"] for contact in sinch.contacts()] == [second.record["person-00001"].id]


def test_a_copy_is_not_what_another_set_has_just_created(two: tuple[Set, Set], sinch: Sinch) -> None:
    a, b = two
    b.up({"y": body(2)})
    delay(sinch, "batch_create", 75)
    assert a.up({"x": body(1)}).incomplete
    share(a, b)
    assert b.reconcile({"x": body(1), "y": body(2)}).incomplete is None
    b.clock.sleep(20)
    assert a.reconcile({}).incomplete is None
    check_the_states(sinch, a, b)


@pytest.mark.parametrize("batches", [True, False])
def test_nor_is_what_is_awaited(two: tuple[Set, Set], sinch: Sinch, *, batches: bool) -> None:
    a, b = two
    delay(sinch, "batch_create", 70)
    assert a.up({"x": body(1)}).incomplete
    b.up({"y": body(2)})
    if not batches:
        sinch.faults({"kind": "deny_batch", "operation": "batch_create", "times": None})
    share(a, b)
    assert b.reconcile({"x": body(1), "y": body(2)}).incomplete is None
    assert a.reconcile({}).incomplete is None
    check_the_states(sinch, a, b)


def test_what_is_on_its_way_out_is_not_adopted_by_another_set(two: tuple[Set, Set], sinch: Sinch) -> None:
    a, b = two
    a.up({"x": body(1)})
    b.up({"y": body(2)})
    delay(sinch, "batch_delete", 300)
    assert a.up({}).incomplete
    share(a, b)
    b.reconcile({"x": body(1), "y": body(2)})
    a.reconcile({})
    check_the_states(sinch, a, b)


def test_a_set_that_meets_a_conflict_has_claimed_nothing(two: tuple[Set, Set], sinch: Sinch) -> None:
    a, b = two
    a.up({"x": body(1)})
    b.up({"y": body(2)})
    for _ in range(2):
        share(a, b)
        with suppress(ContactsError):  # a conflict, until the other set has let go
            b.reconcile({"x": body(1, display_name="Edited"), "y": body(2)})
        a.reconcile({})
    check_the_states(sinch, a, b)


def test_that_batches_are_not_permitted_is_asked_once_for_all_sets_of_a_connection(
    two: tuple[Set, Set], sinch: Sinch
) -> None:
    a, b = two
    sinch.faults({"kind": "deny_batch", "times": None})
    share(a, b)
    assert a.reconcile({"x": body(1)}).incomplete is None
    assert b.reconcile({"y": body(2), "z": body(3)}).incomplete is None
    assert writes(sinch.calls()) == {"batch_create": 1, "create": 3}
    share(a, b)
    assert a.reconcile({}).incomplete is None
    assert writes(sinch.calls()) == {"delete": 1}


def test_a_set_notices_that_another_one_of_this_run_has_deleted_what_both_record(
    two: tuple[Set, Set], sinch: Sinch
) -> None:
    a, b = two
    a.up({"x": body(1)})
    share(a, b)
    assert b.reconcile({"x": body(1), "y": body(2)}).incomplete is None
    # The update of `a`, which does not declare "x" any more, fails before its first call; then the edit is reverted.
    share(a, b)
    b.reconcile({"y": body(2)})
    a.reconcile({"x": body(1), "z": body(3)})
    check_the_states(sinch, a, b)
