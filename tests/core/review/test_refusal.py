"""What a user reads where guards stop a plan: the rule, the next step, and the contacts."""

from collections.abc import Sequence

from core.rows import change, row
from sinch_contacts.core.plan.plan import Operation, Plan, plan_of
from sinch_contacts.core.review.guards import Rule, Violation
from sinch_contacts.core.review.refusal import AdditionRefused, PlanRefused

DELETES = Violation(Rule.MAX_DELETES, "would delete 20 of 30 contacts (max_deletes)", 20, 15)
CHANGES = Violation(Rule.MAX_CHANGES, "would change 31 of 30 contacts (max_changes)", 31, 30)
PROTECTED = Violation(Rule.PROTECT, "would delete 1 protected contacts (a)", 1, 0)
DIGEST = "a123456789abcdef"


def deletions(*keys: str) -> Plan:
    return plan_of([change(Operation.DELETE, key) for key in keys], 0)


def refused(violations: Sequence[Violation], plan: Plan) -> PlanRefused:
    return PlanRefused(violations, DIGEST, plan)


def test_every_broken_rule_is_told_and_that_nothing_was_changed() -> None:
    error = refused([DELETES, CHANGES], deletions("a"))
    assert error.message == (
        "This plan is refused: it would delete 20 of 30 contacts (max_deletes); and it would change 31 of 30 contacts "
        "(max_changes). Nothing was changed."
    )
    assert error.violations == (DELETES, CHANGES)


def test_the_digest_to_approve_and_the_settings_to_change_are_named() -> None:
    error = refused([DELETES, CHANGES], deletions("a"))
    assert error.digest == DIGEST
    assert f"`approve: {DIGEST}`" in error.next_step
    assert "to let every such plan through, change max_deletes and max_changes." in error.next_step


def test_what_is_protected_cannot_be_approved() -> None:
    error = refused([PROTECTED, DELETES], deletions("a"))
    assert error.next_step.startswith("Put the protected contacts back, or take them out of protect first.")
    assert DIGEST not in str(error)


def test_contacts_that_would_go_stand_first_then_those_that_change_and_new_ones_are_not_listed() -> None:
    plan = plan_of(
        [
            change(Operation.CREATE, "new", desired=row("new")),
            change(Operation.PATCH, "patched", desired=row("patched", 7)),
            change(Operation.FORGET, "forgotten"),
            change(Operation.DELETE, "deleted"),
            change(Operation.MAKE_ROOM, "moved"),
            change(Operation.AWAIT, "pending", desired=row("pending")),
        ],
        0,
    )
    assert refused([DELETES], plan).next_step.splitlines()[1:] == [
        "  make room moved",
        "  delete deleted",
        "  forget forgotten",
        "  patch patched (a.yaml:7)",
    ]


def test_of_many_contacts_twenty_are_listed_and_the_others_counted() -> None:
    lines = refused([DELETES], deletions(*(f"k{number:04}" for number in range(1_234)))).next_step.splitlines()[1:]
    assert lines[:2] == ["  delete k0000", "  delete k0001"]
    assert lines[20:] == ["  and 1,214 more"]


def test_a_key_that_is_a_number_is_masked() -> None:
    assert "12025550101" not in str(refused([DELETES], deletions("+12025550101")))
    assert "delete ···01" in str(refused([DELETES], deletions("+12025550101")))


def test_what_came_to_light_in_the_middle_of_a_run_is_told_as_not_done() -> None:
    error = AdditionRefused([CHANGES], plan_of([change(Operation.PATCH, "a", desired=row("a", 3))], 0))
    assert error.message == (
        "Looking at Sinch has added changes to the plan: it would change 31 of 30 contacts (max_changes). They were "
        "not made."
    )
    assert error.next_step == (
        "The next `pulumi preview` shows them: approve that plan, or change max_changes.\n  patch a (a.yaml:3)"
    )
    assert error.violations == (CHANGES,)
