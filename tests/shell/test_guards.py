"""The guards, each at its limit and one past it, in a preview and in the update itself."""

import re
from typing import Any

import pytest

from machine.inside import TARGET, Inside
from outside import people, person
from shell.conftest import Stack
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.review.destruction import DestroyRefused
from sinch_contacts.core.review.refusal import PlanRefused
from sinch_contacts.core.target import Region, Target
from sinch_contacts.shell.checking import ProductionRefused
from sinch_contacts.shell.resource import TargetChanged

WRITES = {"batch_create", "batch_delete", "create", "update", "delete"}


def renamed(count: int, of: int) -> dict[str, dict[str, Any]]:
    """Returns so many contacts, the first of them with other names."""
    changed = {key: {**contact, "display_name": "Renamed"} for key, contact in people(count).items()}
    return {**people(of), **changed}


def refused(stack: Stack, sinch: Inside, contacts: dict[str, Any], **options: Any) -> PlanRefused:
    """Sees to it that a plan is refused in a preview and in the update itself, before any write."""
    sinch.calls()
    with pytest.raises(PlanRefused) as in_preview:
        stack.preview(contacts, **options)
    with pytest.raises(PlanRefused) as in_update:
        stack.update_unplanned(contacts, **options)
    assert not WRITES & sinch.calls().keys()
    assert in_update.value.digest == in_preview.value.digest
    assert str(in_update.value) == str(in_preview.value)
    return in_preview.value


def passes(stack: Stack, contacts: dict[str, Any], **options: Any) -> None:
    stack.up(contacts, previews=True, **options)


def test_half_of_a_small_set_may_be_deleted_and_one_more_may_not(stack: Stack, sinch: Inside) -> None:
    stack.up(people(40))
    error = refused(stack, sinch, people(19))
    assert error.message == (
        "This plan is refused: it would delete 21 of 40 contacts, 52.5 %; the limit for this size is 50 % "
        "(max_deletes). Nothing was changed."
    )
    assert f"`approve: {error.digest}`" in error.next_step
    assert "change max_deletes" in error.next_step
    assert "delete person-00020" in error.next_step
    assert "and 1 more" in error.next_step
    passes(stack, people(20))


def test_ten_may_be_deleted_of_the_smallest_set(stack: Stack, sinch: Inside) -> None:
    stack.up(people(12))
    assert "would delete 11 of 12 contacts, 91.7 %; the limit for this size is 10 contacts" in str(
        refused(stack, sinch, people(1))
    )
    passes(stack, people(2))


def test_30_percent_of_up_to_1000_may_be_deleted(stack: Stack, sinch: Inside) -> None:
    stack.up(people(200))
    assert "would delete 61 of 200 contacts, 30.5 %; the limit for this size is 30 %" in str(
        refused(stack, sinch, people(139))
    )
    passes(stack, people(140))


def test_a_set_may_have_a_limit_of_its_own(stack: Stack, sinch: Inside) -> None:
    stack.up(people(40))
    assert "would delete 3 of 40 contacts, 7.5 %; the limit is 5 %" in str(
        refused(stack, sinch, people(37), max_deletes="5%")
    )
    assert "would delete 3 of 40 contacts, 7.5 %; the limit is 2 contacts" in str(
        refused(stack, sinch, people(37), max_deletes="2")
    )
    passes(stack, people(38), max_deletes="5%")
    passes(stack, people(36), max_deletes="2")


def test_what_is_changed_is_limited_as_well(stack: Stack, sinch: Inside) -> None:
    stack.up(people(200))
    error = refused(stack, sinch, renamed(181, of=200))
    assert "would change 181 of 200 contacts, 90.5 %; the limit for this size is 90 % (max_changes)" in str(error)
    assert "patch person-00001 (contacts:0)" in error.next_step
    assert "would change 3 of 200 contacts, 1.5 %; the limit is 2 contacts" in str(
        refused(stack, sinch, renamed(3, of=200), max_changes="2")
    )
    passes(stack, renamed(180, of=200))


def test_a_set_that_is_declared_empty_is_refused_unless_it_says_so(stack: Stack, sinch: Inside) -> None:
    stack.up(people(3))
    assert "would leave nothing of 3 recorded contacts, since none is declared (allow_empty)" in str(
        refused(stack, sinch, {})
    )
    passes(stack, {}, allow_empty=True)
    assert sinch.contacts() == []


def test_a_set_that_shrinks_without_deletions_is_refused_too(stack: Stack, sinch: Inside) -> None:
    stack.up(people(40), on_delete="retain")
    error = refused(stack, sinch, people(19), on_delete="retain")
    assert "would take 21 of 40 contacts out of the set, 52.5 %; the limit is 50 % (max_shrink)" in str(error)
    assert "forget person-00020" in error.next_step
    refused(stack, sinch, people(28), on_delete="retain", max_shrink="11")
    passes(stack, people(20), on_delete="retain")


def test_protected_contacts_are_never_deleted(stack: Stack, sinch: Inside) -> None:
    contacts = {"board-1": person(1), "board-2": person(2), "crew": person(3), "guest": person(4)}
    stack.up(contacts)
    error = refused(stack, sinch, {"crew": person(3)}, protect=["board-*", "nobody"])
    assert "would delete 2 protected contacts (board-1, board-2)" in str(error)
    again = refused(stack, sinch, {"crew": person(3)}, protect=["board-*"], approve=[error.digest])
    assert "approve" not in again.next_step
    refused(stack, sinch, {**contacts, "crew": person(5)}, protect=["crew"], on_change="replace")
    passes(stack, {key: contacts[key] for key in ("board-1", "board-2")}, protect=["board-*"])
    with pytest.raises(DestroyRefused, match=r"2 protected contacts, board-1 among them"):
        stack.destroy()


def test_an_approval_lets_exactly_one_plan_through(stack: Stack, sinch: Inside) -> None:
    stack.up(people(40))
    error = refused(stack, sinch, people(10))
    other = refused(stack, sinch, people(9), approve=[error.digest])
    assert other.digest != error.digest

    stack.preview(people(10), approve=[error.digest])
    assert f"approved: the plan with the digest {error.digest}" in stack.told
    stack.up(people(10), approve=["0" * 16, error.digest])

    assert len(sinch.contacts()) == 10
    refused(stack, sinch, {}, approve=[error.digest])


def test_an_approval_is_of_the_content_too(stack: Stack, sinch: Inside) -> None:
    stack.up(people(40))
    error = refused(stack, sinch, {**people(9), "new": person(99)})
    refused(stack, sinch, {**people(9), "new": person(98)}, approve=[error.digest])


def test_a_refresh_is_not_judged(stack: Stack, sinch: Inside) -> None:
    stack.up(people(40))
    for contact in sinch.contacts():
        sinch.meddle("PATCH", contact["id"], {"display_name": "Theirs"})
    stack.refresh()
    refused(stack, sinch, people(40), max_changes="39")
    passes(stack, people(40), max_changes="40")


def test_what_discovery_adds_is_judged_in_the_first_preview_and_in_the_creation(stack: Stack, sinch: Inside) -> None:
    theirs = [
        {**person(number), "external_id": key, "display_name": "Theirs"} for number, key in enumerate(people(20), 1)
    ]
    sinch.seed(theirs)
    sinch.calls()
    with pytest.raises(
        PlanRefused, match=r"would change 20 of 25 contacts, 80\.0 %; the limit is 19 contacts"
    ) as error:
        stack.preview(people(25), on_conflict="adopt", max_changes="19")
    with pytest.raises(PlanRefused) as again:
        stack.apply(people(25), on_conflict="adopt", max_changes="19")
    assert error.value.digest == again.value.digest
    assert not WRITES & sinch.calls().keys()
    stack.up(people(25), previews=True, on_conflict="adopt", max_changes="19", approve=[error.value.digest])
    assert len(sinch.contacts()) == 25


def test_the_sets_of_a_stack_are_judged_together(stack: Stack, sinch: Inside) -> None:
    stack.up(people(6), "a")
    stack.up(people(6, first=100), "b")
    stack.environment |= {"SINCH_MAX_STACK_DELETES": "3", "SINCH_MAX_STACK_CHANGES": "5"}
    for act in (stack.plan, stack.apply):
        stack.begin()
        stack.plan(people(4), "a")
        with pytest.raises(
            PlanRefused, match=r"makes 4 deletions of all sets of the stack together; the limit is 3"
        ) as error:
            act(people(4, first=100), "b")
    stack.begin()
    stack.apply(people(4), "a")
    stack.apply(people(5, first=100), "b")
    assert "sinch:maxStackDeletes" in error.value.next_step
    stack.begin()
    stack.plan(people(4), "a")
    stack.plan(people(1, first=100), "b", approve=["0" * 16, refused_digest(stack, people(1, first=100))])


def refused_digest(stack: Stack, contacts: dict[str, Any]) -> str:
    with pytest.raises(PlanRefused) as error:
        stack.plan(contacts, "b")
    return error.value.digest


def test_what_all_sets_change_is_judged_together(stack: Stack) -> None:
    stack.up(people(6), "a")
    stack.up(people(6, first=100), "b")
    stack.environment |= {"SINCH_MAX_STACK_CHANGES": "5"}
    stack.begin()
    stack.plan(renamed(5, of=6), "a")
    others = {key: {**contact, "display_name": "Renamed"} for key, contact in people(6, first=100).items()}
    with pytest.raises(PlanRefused, match=r"makes 11 changes of all sets of the stack together; the limit is 5"):
        stack.plan(others, "b")


def test_another_target_is_refused(stack: Stack) -> None:
    stack.up(people(2))
    with pytest.raises(TargetChanged, match="recorded in project project"):
        stack.preview(people(2), target=Target("other", Region.EU))


def test_a_seed_refuses_projects_that_are_named_as_production(stack: Stack, sinch: Inside) -> None:
    stack.environment["SINCH_PRODUCTION_PROJECTS"] = f'["shop", "{TARGET.project_id}"]'
    with pytest.raises(
        ProductionRefused, match=r"seed for test environments, and project project is named as production"
    ):
        stack.up(people(2), seed=True)
    assert sinch.contacts() == []
    stack.up(people(2))
    stack.environment["SINCH_PRODUCTION_PROJECTS"] = "shop, other"
    stack.up(people(3), seed=True)


def test_up_to_1000_contacts_may_be_destroyed_and_one_more_may_not(stack: Stack, sinch: Inside) -> None:
    stack.up(people(1001))
    with pytest.raises(DestroyRefused, match=r"1,001 contacts would be deleted, and 1,000 is the limit") as error:
        stack.destroy()
    assert "set `allow_destroy: true`" in error.value.next_step
    assert "run `pulumi up` before" in error.value.next_step
    stack.up(people(1000))
    stack.destroy()
    assert sinch.contacts() == []


def test_a_set_whose_contacts_we_created_under_a_prefix_may_be_destroyed(stack: Stack, sinch: Inside) -> None:
    stack.up(people(1001), external_id_prefix="qa-")
    stack.destroy()
    assert sinch.contacts() == []


def test_what_the_last_up_said_of_destroying_counts(stack: Stack, sinch: Inside) -> None:
    stack.up(people(2), allow_destroy="no")
    with pytest.raises(DestroyRefused, match="`allow_destroy` is false"):
        stack.destroy()
    stack.up(people(2), allow_destroy="auto")
    stack.destroy()
    stack.up(people(1001), "large", allow_destroy="yes")
    stack.destroy("large")
    assert sinch.contacts() == []


def test_contacts_that_stay_or_belong_to_another_set_do_not_keep_a_set_from_being_destroyed(
    stack: Stack, sinch: Inside
) -> None:
    stack.up(people(2), "old", allow_destroy="no")
    stack.begin()
    stack.apply(people(2), "new")
    stack.drop("old")
    assert len(sinch.contacts()) == 2
    stack.up(people(2), "new", on_delete="retain", allow_destroy="no")
    stack.destroy("new")
    assert len(sinch.contacts()) == 2


def test_every_refusal_is_one_paragraph_without_personal_data(stack: Stack, sinch: Inside) -> None:
    contacts = {f"+1202555{number:04d}": person(number) for number in range(40)}
    stack.up(contacts)
    error = refused(stack, sinch, dict(list(contacts.items())[:1]))
    assert isinstance(error, ContactsError)
    assert not re.search(r"[0-9]{6}|Surname", str(error).replace(error.digest, ""))


def test_a_protected_contact_stays_protected_under_another_key(stack: Stack, sinch: Inside) -> None:
    """Seen: renamed in one request, it was deleted by the next."""
    board = {"board-1": person(1), "b": person(2)}
    stack.up(board, protect=["board-*"])
    stack.up({"chair": person(1), "b": person(2)}, protect=["board-*"], previews=True)
    stack.up({"chair": person(1, display_name="Edited"), "b": person(2)}, protect=["board-*"])
    stack.refresh()
    error = refused(stack, sinch, {"b": person(2)}, protect=["board-*"])
    assert error.message.startswith("This plan is refused: it would delete 1 protected contacts (chair).")
    with pytest.raises(DestroyRefused, match="1 protected contacts, chair among them"):
        stack.destroy()
    passes(stack, {"b": person(2)})
    assert len(sinch.contacts()) == 1


def test_a_set_that_is_renamed_may_lose_no_more_than_its_limits_say(stack: Stack, sinch: Inside) -> None:
    """Seen: 380 of 400 contacts were deleted under `max_deletes: 5`."""
    stack.up(people(40), "old", max_deletes="5")
    sinch.sleep(1000)
    stack.begin()
    stack.plan(people(30), "new", max_deletes="5")
    stack.apply(people(30), "new", max_deletes="5")
    with pytest.raises(DestroyRefused, match=r"take over 30 of its contacts, and it would delete 10 of 40 contacts"):
        stack.drop("old")
    assert len(sinch.contacts()) == 40
    stack.begin()
    stack.plan(people(36), "new", max_deletes="5")
    stack.apply(people(36), "new", max_deletes="5")
    stack.drop("old")
    assert len(sinch.contacts()) == 36
