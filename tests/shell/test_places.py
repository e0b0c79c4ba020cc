"""States that were made at one place, and runs for another: Sinch and an emulator, or two emulators."""

import pytest

from machine.inside import Inside
from outside import people
from shell.conftest import Stack
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.shell.place import PLACE, RecordedElsewhere

A, B = "http://127.0.0.1:4010", "http://127.0.0.1:4020"


@pytest.fixture
def made(stack: Stack) -> Stack:
    """A stack that was made at one emulator, and is run for another."""
    stack.environment["SINCH_EMULATOR_URL"] = A
    stack.up(people(3))
    stack.environment["SINCH_EMULATOR_URL"] = B
    return stack


def test_nothing_is_done_at_another_place_and_nothing_is_forgotten(made: Stack, sinch: Inside) -> None:
    """Seen: "unchanged", and a destroy emptied the state while the contacts stayed."""
    before = dict(made.outputs("friends"))
    sinch.calls()
    runs = (
        lambda: made.preview(people(3)),
        lambda: made.preview(people(2)),
        lambda: made.up(people(2)),
        lambda: made.update_unplanned(people(2)),
        made.refresh,
        made.destroy,
    )
    for run in runs:
        with pytest.raises(RecordedElsewhere) as refused:
            run()
        assert (refused.value.recorded, refused.value.here) == (A, B)
        assert str(refused.value) == (
            f"The 3 contacts of this set are recorded at the emulator {A}, and this run is for the emulator {B}; "
            f"nothing was changed, neither there nor in the state. Run with SINCH_EMULATOR_URL={A}. If the same "
            f"contacts are now at the emulator {B}, say so once with SINCH_MOVED_FROM={A} in the environment."
        )
    assert sinch.calls() == {}
    assert made.outputs("friends") == before
    made.environment["SINCH_EMULATOR_URL"] = f"{A.upper()}/"
    made.destroy()
    assert sinch.contacts() == []


def test_contacts_that_have_moved_are_recorded_at_their_new_place_once_that_was_said(made: Stack) -> None:
    made.environment["SINCH_MOVED_FROM"] = f"{A}/"
    made.up(people(3))
    assert made.outputs("friends")[PLACE] == B
    del made.environment["SINCH_MOVED_FROM"]
    made.up(people(2))
    made.refresh()


def test_only_the_place_where_they_were_can_be_said(made: Stack) -> None:
    made.environment["SINCH_MOVED_FROM"] = B
    with pytest.raises(RecordedElsewhere):
        made.preview(people(3))


def test_sinch_is_a_place_too(stack: Stack) -> None:
    stack.environment.pop("SINCH_EMULATOR_URL", None)
    stack.environment |= {"SINCH_KEY_ID": "key", "SINCH_KEY_SECRET": "secret"}
    stack.up(people(3))
    assert stack.outputs("friends")[PLACE] == "sinch"
    stack.environment["SINCH_EMULATOR_URL"] = A
    with pytest.raises(ContactsError, match=r"recorded at Sinch, .* Run with no SINCH_EMULATOR_URL\."):
        stack.preview(people(3))


def test_a_state_of_before_is_bound_by_the_next_run_that_changes_something(made: Stack) -> None:
    del made.outputs("friends")[PLACE]
    made.refresh()
    assert made.outputs("friends")[PLACE] == B


def test_an_empty_record_is_of_no_place(made: Stack) -> None:
    made.environment["SINCH_EMULATOR_URL"] = A
    made.up({}, allow_empty=True, max_shrink="100%")
    made.environment["SINCH_EMULATOR_URL"] = B
    made.up(people(1))
    assert made.outputs("friends")[PLACE] == B
