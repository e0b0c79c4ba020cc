"""The rows of a plan document: each change as a reviewer reads it."""

from collections.abc import Mapping
from typing import Any

import pytest

from core.rows import change, entry, row, sms
from sinch_contacts.core.contact.contact import Contact, ContactId, Key
from sinch_contacts.core.plan.plan import Change, Operation, Reason, plan_of
from sinch_contacts.core.record.recorded import Origin
from sinch_contacts.core.review.plan_document import FieldChange, Move, PlanRow
from sinch_contacts.core.review.plan_rows import plan_rows


def read(*changes: Change, reveal: bool = False, before: Mapping[str, Contact] | None = None) -> tuple[PlanRow, ...]:
    known = {Key(key): contact for key, contact in (before or {}).items()}
    return plan_rows(plan_of(changes, 0), known, reveal=reveal)


def test_a_creation_names_its_place_and_all_fields_it_sets() -> None:
    (found,) = read(change(Operation.CREATE, "alice", desired=row("alice", 7, email="alice@example.com")))
    assert found == PlanRow(
        operation="create",
        key="alice",
        reason="Git",
        cost="shares a batch call",
        file="a.yaml",
        line=7,
        fields=(
            FieldChange("channel_identities", None, "SMS:···07"),
            FieldChange("language", None, "EN"),
            FieldChange("email", None, "···om"),
            FieldChange("external_id", None, "alice"),
        ),
    )


@pytest.mark.parametrize(
    ("operation", "cost"),
    [
        (Operation.MAKE_ROOM, "shares a batch call"),
        (Operation.CREATE, "shares a batch call"),
        (Operation.PATCH, "one call"),
        (Operation.RENAME, "one call"),
        (Operation.REPLACE, "shares two batch calls"),
        (Operation.AWAIT, "calls that look"),
        (Operation.WITHDRAW, "shares a batch call"),
        (Operation.DELETE, "shares a batch call"),
        (Operation.FORGET, "no call"),
    ],
)
def test_each_operation_tells_what_it_costs(operation: Operation, cost: str) -> None:
    (found,) = read(change(operation, "a"))
    assert (found.operation, found.cost) == (operation.value, cost)


def test_rows_stand_in_the_order_in_which_they_are_carried_out() -> None:
    found = read(change(Operation.DELETE, "a"), change(Operation.CREATE, "z"), change(Operation.CREATE, "b"))
    assert [(each.operation, each.key) for each in found] == [("create", "b"), ("create", "z"), ("delete", "a")]


def test_a_patch_tells_each_changed_field_before_and_after_a_cleared_one_among_them() -> None:
    old, new = row("a", email="old@example.com", display_name="Old name"), row("a", display_name="New one")
    patch = Change(Operation.PATCH, Key("a"), Reason.BOTH, new, entry("a"), ("email", "display_name"))
    (masked,) = read(patch, before={"a": old.contact})
    assert masked.reason == "Git and drift"
    assert masked.fields == (FieldChange("email", "···om"), FieldChange("display_name", "···me", "···ne"))
    (revealed,) = read(patch, before={"a": old.contact}, reveal=True)
    assert revealed.fields == (
        FieldChange("email", "old@example.com"),
        FieldChange("display_name", "Old name", "New one"),
    )


def test_a_field_is_named_although_nobody_knows_what_it_was() -> None:
    (found,) = read(change(Operation.PATCH, "a", desired=row("a"), recorded=entry("a"), fields=("email", "language")))
    assert found.fields == (FieldChange("email"), FieldChange("language", None, "EN"))


def test_a_deletion_tells_what_goes() -> None:
    (found,) = read(
        change(Operation.DELETE, "a", recorded=entry("a", origin=Origin.ADOPTED)), before={"a": row("a").contact}
    )
    assert (found.id, found.origin, found.file, found.line) == ("ID-a", "adopted", "", 0)
    assert [(field.name, field.after) for field in found.fields] == [
        ("channel_identities", None),
        ("language", None),
        ("external_id", None),
    ]
    assert found.fields[0].before == "SMS:···01"


def test_a_rename_tells_the_old_key_and_nothing_else_does() -> None:
    renamed = change(Operation.RENAME, "new", desired=row("new"), recorded=entry("old"), fields=("external_id",))
    (found,) = read(renamed, before={"old": row("old").contact})
    assert (found.key, found.renamed_from, found.id, found.origin) == ("new", "old", "ID-old", "created")
    assert found.fields == (FieldChange("external_id", "old", "new"),)
    (patched,) = read(change(Operation.PATCH, "a", desired=row("a"), recorded=entry("a"), fields=("language",)))
    assert patched.renamed_from == ""


def test_what_is_pending_has_no_id_yet() -> None:
    pending = entry("a", contact_id=ContactId(""))
    (found,) = read(Change(Operation.AWAIT, Key("a"), Reason.PENDING, row("a"), pending))
    assert (found.id, found.reason) == ("", "pending")


class TestMoves:
    def moves(self, before: Mapping[str, Contact], moved: Change, **options: Any) -> tuple[Move, ...]:
        (found,) = read(moved, before=before, **options)
        return found.moves

    def test_an_identity_that_leaves_another_contact_names_that_contact(self) -> None:
        before = {"old": row("old", 1).contact}
        created = change(Operation.CREATE, "new", desired=row("new", channel_identities=(sms(1), sms(2))))
        assert self.moves(before, created) == (Move("SMS:···01", "old"),)
        assert self.moves(before, created, reveal=True) == (Move("SMS:12020000001", "old"),)

    def test_one_that_a_contact_has_already_does_not_move(self) -> None:
        before = {"a": row("a", 1).contact, "b": row("b", 2).contact}
        same = change(Operation.PATCH, "a", desired=row("a", 1, email="x"), recorded=entry("a"), fields=("email",))
        assert self.moves(before, same) == ()

    def test_nor_does_that_of_a_renamed_contact(self) -> None:
        renamed = change(Operation.RENAME, "new", desired=row("new"), recorded=entry("old"), fields=("external_id",))
        assert self.moves({"old": row("old").contact}, renamed) == ()

    def test_where_nobody_knows_who_had_what_nothing_moves(self) -> None:
        assert self.moves({}, change(Operation.CREATE, "new", desired=row("new"))) == ()
        assert self.moves({"a": row("a").contact}, change(Operation.DELETE, "a", recorded=entry("a"))) == ()


@pytest.mark.parametrize("operation", [Operation.CREATE, Operation.DELETE, Operation.RENAME])
def test_a_key_that_is_a_number_is_masked_wherever_it_stands(operation: Operation) -> None:
    number, old = "+12025550101", "+12025550199"
    before = {old: row(old, 1).contact}
    recorded = entry(old, contact_id=ContactId("ID-1"))
    changed = change(operation, number, desired=row(number, 1), recorded=recorded, fields=("external_id",))
    (masked,) = read(changed, before=before)
    assert "202555" not in repr(masked)
    (revealed,) = read(changed, before=before, reveal=True)
    assert revealed.key == number
