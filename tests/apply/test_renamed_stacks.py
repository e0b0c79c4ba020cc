"""Stacks and sets that are renamed, and states that move to another stack: URNs change, and secrets do not."""

from collections.abc import Callable

import pytest

from apply.conftest import Set
from apply.endings import kill
from apply.naming import body, check_the_states
from outside import Sinch, people, person
from sinch_contacts.core.record.recorded import Origin

RENAMED = "urn:pulumi:renamed::other::sinch:ContactSet::friends"
BOTH = {"a": body(1), "b": body(2)}


class Renamed(Set):
    """A set whose URN is another one by now; its secret is in the state."""

    secret = b"key"


@pytest.fixture
def renamed(friends: Set) -> Callable[[], Set]:
    """Renames the stack: its state, the secret of the set in it, and the journals stay."""

    def rename() -> Set:
        friends.__class__ = Renamed
        friends.urn = RENAMED
        return friends

    return rename


def test_a_contact_that_a_killed_run_has_deleted_is_made_again(
    friends: Set, sinch: Sinch, renamed: Callable[[], Set]
) -> None:
    """Seen: it counted as live."""
    friends.up(BOTH)
    kill(friends, "delete_batch", {"a": body(1)})
    after = renamed()
    assert after.up(BOTH).incomplete is None
    check_the_states(sinch, after)


def test_a_field_that_a_killed_run_was_the_first_to_set_is_cleared(
    friends: Set, sinch: Sinch, renamed: Callable[[], Set]
) -> None:
    """Seen: the e-mail stayed."""
    friends.up(people(1))
    kill(friends, "update", {"person-00001": person(1, email="a@example.com")})
    assert renamed().up(people(1)).incomplete is None
    assert [contact["email"] for contact in sinch.contacts()] == [""]


def test_a_contact_that_a_killed_run_has_created_goes_where_it_is_not_wanted_any_more(
    friends: Set, sinch: Sinch, renamed: Callable[[], Set]
) -> None:
    """Seen: it belonged to nobody."""
    friends.up({"a": body(1)})
    kill(friends, "create_batch", BOTH)
    after = renamed()
    assert after.up({"a": body(1)}).incomplete is None
    check_the_states(sinch, after)


def test_what_a_state_that_has_moved_holds_is_not_deleted_by_the_stack_that_it_left(
    friends: Set, sinch: Sinch, make_set: Callable[..., Set]
) -> None:
    """Seen: the journal of the last run, which was done with, proved that all was created by the old stack."""
    friends.up(BOTH)
    moved = make_set()
    moved.urn, moved.record, moved.last_run, moved.declared = (
        RENAMED,
        friends.record,
        friends.last_run,
        friends.declared,
    )
    friends.record, friends.last_run, friends.declared = {}, "", {}
    friends.clock.sleep(1000)
    assert friends.up(BOTH).incomplete is None
    assert {entry.origin for entry in friends.record.values()} == {Origin.ADOPTED}
    assert friends.destroy().incomplete is None
    check_the_states(sinch, moved)
    assert {entry.origin for entry in moved.record.values()} == {Origin.CREATED}
