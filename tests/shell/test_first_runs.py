"""A first `pulumi up` that was cut off: there is no state, and the next preview reads its journal, too."""

import json
from pathlib import Path

import pytest

from apply.endings import die
from machine.inside import Died, Inside, Mortal, Nth
from outside import people
from shell.conftest import Stack


@pytest.fixture
def twice(stack: Stack, sinch: Inside) -> Stack:
    """A stack whose first run died in its batch, which Sinch has applied twice."""
    api = sinch.api
    sinch.api = Mortal(api, Nth("create_batch"), die, applied=True)  # type: ignore[assignment]
    with pytest.raises(Died):
        stack.up(people(3))
    sinch.api = api
    sinch.sleep(1)
    sinch.seed([{**one, "external_id": key} for key, one in people(3).items()])
    assert len(sinch.contacts()) == 6
    return stack


def plan(folder: Path) -> dict[str, object]:
    (path,) = folder.glob("*.plan.json")
    found: dict[str, object] = json.loads(path.read_text())
    return found


def test_a_batch_that_was_applied_twice_does_not_stop_the_preview_and_its_copies_go(
    twice: Stack, sinch: Inside, plans: Path
) -> None:
    """Seen: the preview refused the doubles for ever; without its look, the run settled them."""
    sinch.calls()
    twice.preview(people(3))
    assert not sinch.calls().keys() & {"create", "delete", "batch_create", "batch_delete", "update"}
    before = plan(plans)
    assert [row["operation"] for row in before["rows"]] == ["await"] * 3  # type: ignore[attr-defined]
    twice.up(people(3), previews=True)
    assert plan(plans) == before
    sinch.sleep(1)
    assert len(sinch.contacts()) == 3
    twice.destroy()
    sinch.sleep(1)
    assert sinch.contacts() == []


def test_a_preview_finds_the_rest_that_was_not_asked_for(twice: Stack, sinch: Inside, plans: Path) -> None:
    twice.preview(people(4))
    assert sorted(row["operation"] for row in plan(plans)["rows"]) == ["await"] * 3 + ["create"]  # type: ignore[attr-defined]
    twice.up(people(4))
    sinch.sleep(1)
    assert len(sinch.contacts()) == 4
