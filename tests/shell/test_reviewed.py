"""What a review of the guards and of undo found: each was wrong once."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from machine.inside import Died, Inside
from outside import people, person
from shell.conftest import Stack
from sinch_contacts.apply.outcome import Incomplete
from sinch_contacts.apply.undo import read_bundle
from sinch_contacts.core.review.destruction import DestroyRefused
from sinch_contacts.core.review.refusal import PlanRefused
from sinch_contacts.shell.resource import PartialResult


@pytest.fixture
def slow(stack: Stack, sinch: Inside) -> Callable[[int], None]:
    """Creates contacts while Sinch is slow: all of them are pending."""

    def create(count: int, **options: Any) -> None:
        sinch.faults([{"kind": "delay", "operation": "batch_create", "seconds": 250.0, "times": None}])
        with pytest.raises(PartialResult):
            stack.up(people(count), **options)
        sinch.faults([])

    return create


@pytest.mark.parametrize("options", [{"max_deletes": "1"}, {"max_shrink": "11"}, {"protect": ["person-0003*"]}])
def test_pending_contacts_that_leave_the_set_are_judged_like_all_others(
    stack: Stack, sinch: Inside, slow: Any, options: dict[str, Any]
) -> None:
    slow(40)
    with pytest.raises(PlanRefused):
        stack.preview(people(20), **{"max_deletes": "40", **options})
    with pytest.raises(PlanRefused):
        stack.update_unplanned(people(20), **{"max_deletes": "40", **options})
    assert len(sinch.contacts()) == 40


def test_pending_contacts_that_leave_the_set_are_told_as_deletions(stack: Stack, sinch: Inside, slow: Any) -> None:
    slow(3)
    stack.preview(people(2))
    assert "-1" in stack.told[0]
    stack.up(people(2))
    assert len(sinch.contacts()) == 2
    stack.up(people(1), on_delete="retain")
    assert len(sinch.contacts()) == 2


def interrupted(stack: Stack, sinch: Inside, contacts: Any, method: str) -> None:
    """Brings a set up in a process that is killed just after a call of a kind."""
    api = sinch.api

    class Dying:
        def __getattr__(self, name: str) -> Any:
            if name != method:
                return getattr(api, name)

            def call(*arguments: Any) -> Any:
                getattr(api, name)(*arguments)
                raise Died

            return call

    sinch.api = Dying()  # type: ignore[assignment]
    with pytest.raises(Died):
        stack.up(contacts)
    sinch.api = api


def test_a_destroy_after_an_interrupted_up_takes_what_that_had_created(stack: Stack, sinch: Inside) -> None:
    stack.up(people(5))
    interrupted(stack, sinch, people(40), "create_batch")
    sinch.sleep(10)
    assert len(sinch.contacts()) == 40
    stack.destroy()
    assert sinch.contacts() == []


def test_a_destroy_judges_what_an_interrupted_up_had_created(stack: Stack, sinch: Inside) -> None:
    stack.up(people(5), protect=["person-00039"])
    interrupted(stack, sinch, people(40), "create_batch")
    sinch.sleep(10)
    with pytest.raises(DestroyRefused, match="1 protected contacts"):
        stack.destroy()
    assert len(sinch.contacts()) == 40


def test_the_stacks_limits_count_sets_that_fall_out_of_the_program(stack: Stack, sinch: Inside) -> None:
    stack.up(people(6), "a")
    stack.up(people(6, first=100), "b")
    stack.environment["SINCH_MAX_STACK_DELETES"] = "7"
    stack.begin()
    stack.apply(people(4), "a")
    with pytest.raises(DestroyRefused, match="8 deletions of all sets of the stack together; the limit is 7"):
        stack.drop("b")
    assert len(sinch.contacts()) == 10


def test_contacts_without_external_ids_are_not_under_a_prefix(stack: Stack, sinch: Inside) -> None:
    many = [person(number) for number in range(1, 1002)]
    stack.up_list(many, external_id_prefix="qa-")
    with pytest.raises(DestroyRefused, match="1,001 contacts would be deleted"):
        stack.destroy()


def test_a_key_with_brackets_is_protected_as_it_is_written(stack: Stack) -> None:
    contacts = {"team[1]": person(1), "Ame\u0301lie": person(2), "x": person(3)}
    stack.up(contacts)
    for key in contacts:
        left = {other: contact for other, contact in contacts.items() if other != key}
        with pytest.raises(PlanRefused, match="protected"):
            stack.preview(left, protect=[key])


def test_a_protection_that_protects_nothing_is_told(stack: Stack) -> None:
    stack.up(people(2))
    stack.preview(people(2), protect=["person-*", "persom-00002"])
    assert any("persom-00002" in line and "person-*" not in line for line in stack.told)


def test_unknown_contacts_are_declared(stack: Stack) -> None:
    stack.up(people(2))
    stack.preview({}, unknown=["person-00001", "person-00002"])


def test_a_plan_that_was_approved_is_not_refused_half_way(stack: Stack, sinch: Inside) -> None:
    stack.up(people(40))
    sinch.faults([{"kind": "delay", "operation": "batch_create", "seconds": 250.0, "times": None}])
    with pytest.raises(PartialResult):
        stack.up(people(41))
    sinch.faults([])
    edited = {**people(5), "person-00041": person(41, display_name="Edited")}
    with pytest.raises(PlanRefused) as error:
        stack.preview(edited)
    stack.up(edited, approve=[error.value.digest])
    assert len(sinch.contacts()) == 6


def test_what_comes_to_light_half_way_is_judged_by_itself(stack: Stack, sinch: Inside, slow: Any) -> None:
    slow(20)
    edited = {key: {**contact, "display_name": "Edited"} for key, contact in people(20).items()}
    with pytest.raises(PartialResult, match=r"would change 20 of 20 contacts.*They were not made"):
        stack.up(edited, max_changes="19")
    with pytest.raises(PlanRefused, match="would change 20 of 20"):
        stack.preview(edited, max_changes="19")


def test_a_replaced_contact_is_kept_as_replaced(stack: Stack, tmp_path: Path) -> None:
    stack.environment["SINCH_UNDO_DIR"] = str(tmp_path / "undo")
    stack.up(people(2))
    stack.up({**people(2), "person-00001": person(1, display_name="New")}, on_change="replace")
    (path,) = (tmp_path / "undo").rglob("*.undo.jsonl")
    (entry,) = read_bundle(path.read_bytes()).deleted
    assert (entry.key, entry.replaced) == ("person-00001", True)


def test_identities_that_somebody_added_are_kept_before_they_are_overwritten(
    stack: Stack, sinch: Inside, tmp_path: Path
) -> None:
    stack.environment["SINCH_UNDO_DIR"] = str(tmp_path / "undo")
    stack.up(people(1))
    (live,) = sinch.contacts()
    more = [{"channel": "SMS", "identity": "12020000001"}, {"channel": "TELEGRAM", "identity": "theirs"}]
    sinch.meddle("PATCH", live["id"], {"channel_identities": more})
    stack.up({"person-00001": person(2)})
    (path,) = (tmp_path / "undo").rglob("*.undo.jsonl")
    (entry,) = read_bundle(path.read_bytes()).changed
    assert [identity.identity for identity in entry.contact.channel_identities] == ["12020000001", "theirs"]


def test_bundles_go_when_their_own_time_is_over_whatever_set_is_at_work(
    stack: Stack, sinch: Inside, tmp_path: Path
) -> None:
    stack.environment |= {"SINCH_UNDO_DIR": str(tmp_path / "undo"), "SINCH_UNDO_DAYS": "5"}
    stack.up(people(2), "short")
    stack.destroy("short")
    stack.environment["SINCH_UNDO_DAYS"] = "50"
    stack.up(people(2), "long")
    stack.destroy("long")
    (tmp_path / "undo" / "scratch.test.long" / "else.undo.jsonl").write_text("not ours\n")
    sinch.sleep(10 * 86_400)
    stack.environment["SINCH_UNDO_DAYS"] = "1"
    stack.up(people(1), "third")
    left = sorted(path.parent.name for path in (tmp_path / "undo").rglob("*.undo.jsonl"))
    assert left == ["scratch.test.long", "scratch.test.long"]


@pytest.mark.parametrize("number", ["nan", "-1", "many"])
def test_a_limit_that_is_no_number_is_refused(stack: Stack, number: str) -> None:
    stack.up(people(2))
    stack.environment["SINCH_MAX_STACK_DELETES"] = number
    with pytest.raises(Exception, match="is not a number from 0 to"):
        stack.preview(people(1))


def test_an_incomplete_destroy_says_so(stack: Stack, sinch: Inside) -> None:
    stack.up(people(2))
    sinch.faults([{"kind": "drop_item", "operation": "batch_delete", "times": None}])
    with pytest.raises(Incomplete, match="still there"):
        stack.destroy()


def test_a_contact_that_moves_into_a_new_set_has_one_plan(stack: Stack, sinch: Inside, plans: Path) -> None:
    """Where the set that it leaves comes first, the preview says adopt, and `up` deletes and creates."""
    stack.up(people(3), "a")
    sinch.sleep(1000)
    moved = {"person-00003": person(3)}
    stack.begin()
    stack.plan(people(2), "a")
    stack.plan(moved, "b")
    before = digest(plans, "b")
    stack.begin()
    stack.apply(people(2), "a")
    stack.apply(moved, "b")
    assert digest(plans, "b") == before


def digest(plans: Path, name: str) -> str:
    found = [json.loads(path.read_text()) for path in plans.glob("*.plan.json")]
    return next(str(plan["digest"]) for plan in found if plan["set"] == name)
