"""How contacts are read is a setting, and the plan tells it."""

import pytest

from machine.inside import Inside
from outside import people
from shell.conftest import Stack
from sinch_contacts.core.errors import SettingError


def test_the_plan_tells_how_much_is_read_back_and_how(stack: Stack) -> None:
    stack.preview(people(401))
    assert stack.told == ["plan: +401 of 401 · 1 batch call, ~1 s · reading by pages"]
    stack.preview(people(400))
    assert stack.told == ["plan: +400 of 400 · 1 batch call, ~1 s"]


def test_the_environment_says_it_and_a_set_says_it_for_itself(stack: Stack, sinch: Inside) -> None:
    stack.environment["SINCH_READING"] = "lookup"
    stack.up(people(22), previews=True)
    calls = sinch.calls()
    assert "list" not in calls
    assert calls["batch_create"] == 1
    stack.up(people(44), previews=True, transport={"reading": "scan"})
    assert sinch.calls()["list"] == 2 + 3, "discovery, and what was created"
    assert stack.told[:1] == ["plan: +22 of 44 · 1 batch call, ~1 s"]


def test_a_preview_tells_it_of_a_recorded_set(stack: Stack) -> None:
    stack.up(people(30))
    stack.preview(people(60), transport={"reading": "lookup"})
    assert stack.told == ["plan: +30 of 60 · 1 batch call, ~1 s · reading by look-ups"]


def test_a_way_of_reading_that_is_none_is_refused(stack: Stack, sinch: Inside) -> None:
    stack.environment["SINCH_READING"] = "pages"
    with pytest.raises(SettingError, match="reading is 'pages'") as refused:
        stack.preview(people(2))
    assert refused.value.next_step == "Set it to auto, scan, lookup, or leave it out."
    assert sinch.calls() == {}


def test_of_many_contacts_a_few_come_change_and_go_with_a_look_before_and_after_for_those_that_come_and_go(
    stack: Stack, sinch: Inside
) -> None:
    before = people(2000)
    stack.up(before)
    sinch.calls()
    kept = dict(list(before.items())[20:])
    changed = {key: {**person, "display_name": "Other"} for key, person in list(kept.items())[:20]}
    new = dict(list(people(2020).items())[2000:])

    stack.up({**kept, **changed, **new}, previews=True)

    calls = sinch.calls()
    assert {kind: calls.pop(kind) for kind in ("batch_create", "batch_delete", "update")} == {
        "batch_create": 1,
        "batch_delete": 1,
        "update": 20,
    }
    waiting = 2  # probes of what is not visible yet
    assert calls == {"find": 2 * 20 + waiting + 1, "get": 2 * 20 + waiting}
