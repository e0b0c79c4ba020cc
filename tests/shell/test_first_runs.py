"""A first `pulumi up` that was cut off: there is no state, and the next preview reads its journal, too."""

import json
from contextlib import nullcontext
from pathlib import Path

import pytest

from apply.endings import die
from machine.inside import Died, Inside, Mortal, Nth
from outside import people, person
from shell.conftest import Stack
from sinch_contacts.core.review.refusal import PlanRefused


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


def test_a_new_contact_that_is_there_already_has_the_plan_that_was_approved(stack: Stack, sinch: Inside) -> None:
    stack.up(people(40))
    sinch.seed([{**person(99), "external_id": "new"}])
    sinch.sleep(1000)
    wanted = {**people(10), "new": person(99)}
    with pytest.raises(PlanRefused) as refused:
        stack.preview(wanted)
    stack.up(wanted, previews=True, approve=[refused.value.digest])


@pytest.mark.parametrize("protect", [[], ["person-*"]])
def test_a_preview_sees_the_orphans_that_up_deletes(
    stack: Stack, sinch: Inside, plans: Path, protect: list[str]
) -> None:
    api = sinch.api
    sinch.api = Mortal(api, Nth("create_batch"), die, applied=True)  # type: ignore[assignment]
    with pytest.raises(Died):
        stack.up(people(3))
    sinch.api = api
    sinch.sleep(10)
    digests = []
    for step in (stack.preview, stack.up):
        with pytest.raises(PlanRefused, match="protected") if protect else nullcontext():
            step(people(2), protect=protect)
        digests.append(plan(plans)["digest"])
    assert digests[0] == digests[1]
