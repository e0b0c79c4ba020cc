"""The guards: each limit, at it and one past it, and what a refusal tells."""

import pytest

from core.rows import entry
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, Key
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.plan.plan import Change, Operation, Plan, Reason, plan_of
from sinch_contacts.core.record.recorded import record_of
from sinch_contacts.core.review.guards import (
    Guards,
    Rule,
    Violation,
    is_approved,
    split_violations,
    stack_violations,
    violations_of,
    weight_of,
)

CAREFUL = Guards()
LEAVING = {Operation.MAKE_ROOM, Operation.WITHDRAW, Operation.DELETE, Operation.FORGET}


def change(operation: Operation, key: str) -> Change:
    """Returns a change with a declared contact, unless the contact leaves the set."""
    declared = DesiredContact(Key(key), Contact((ChannelIdentity("SMS", "12025550001"),), "EN"), "a.yaml", 1)
    return Change(operation, Key(key), Reason.GIT, None if operation in LEAVING else declared)


def plan(counts: dict[Operation, int], unchanged: int = 1) -> Plan:
    changes = [change(operation, f"{operation}-{n}") for operation, count in counts.items() for n in range(count)]
    return Plan(tuple(changes), unchanged)


def deleting(count: int) -> Plan:
    return plan({Operation.DELETE: count})


def changing(count: int) -> Plan:
    return plan({Operation.PATCH: count})


def only(plan: Plan, recorded: int, guards: Guards = CAREFUL) -> Violation:
    """Returns the one rule that a plan breaks."""
    (violation,) = violations_of(plan, recorded, guards)
    return violation


def rules(plan: Plan, recorded: int, guards: Guards = CAREFUL) -> list[Rule]:
    return [violation.rule for violation in violations_of(plan, recorded, guards)]


@pytest.mark.parametrize(
    ("recorded", "limit", "told"),
    [
        (11, 10, "10 contacts"),
        (19, 10, "10 contacts"),
        (20, 10, "50 %"),
        (100, 50, "50 %"),
        (101, 30, "30 %"),
        (1_000, 300, "30 %"),
        (1_001, 100, "10 %"),
        (10_000, 1_000, "10 %"),
        (10_001, 200, "2 %"),
    ],
)
def test_how_many_contacts_may_be_deleted_depends_on_the_size_of_the_set(recorded: int, limit: int, told: str) -> None:
    assert violations_of(deleting(limit), recorded, CAREFUL) == ()
    violation = only(deleting(limit + 1), recorded)
    assert (violation.rule, violation.count, violation.limit) == (Rule.MAX_DELETES, limit + 1, limit)
    assert f"; the limit for this size is {told} (max_deletes)" in violation.message


@pytest.mark.parametrize(
    ("recorded", "limit", "told"),
    [
        (5, 10, "10 contacts"),
        (100, 100, "100 %"),
        (1_000, 900, "90 %"),
        (10_000, 3_000, "30 %"),
        (10_001, 600, "6 %"),
    ],
)
def test_three_times_as_many_may_be_changed_and_never_more_than_all(recorded: int, limit: int, told: str) -> None:
    assert violations_of(changing(limit), recorded, CAREFUL) == ()
    violation = only(changing(limit + 1), recorded)
    assert (violation.rule, violation.count, violation.limit) == (Rule.MAX_CHANGES, limit + 1, limit)
    assert f"; the limit for this size is {told} (max_changes)" in violation.message


def test_a_refusal_tells_counts_and_shares() -> None:
    assert only(deleting(1_204), 9_870).message == (
        "would delete 1,204 of 9,870 contacts, 12.2 %; the limit for this size is 10 % (max_deletes)"
    )
    assert only(changing(3_211), 9_870).message == (
        "would change 3,211 of 9,870 contacts, 32.5 %; the limit for this size is 30 % (max_changes)"
    )


@pytest.mark.parametrize(("setting", "limit", "told"), [("0", 0, "0 contacts"), ("1200", 1_200, "1,200 contacts")])
def test_a_set_may_have_limits_of_its_own_as_numbers(setting: str, limit: int, told: str) -> None:
    guards = Guards(max_deletes=setting, max_changes=setting)
    allowed = plan({Operation.DELETE: limit, Operation.PATCH: limit})
    assert violations_of(allowed, 4_000, guards) == ()
    assert f"; the limit is {told} (max_deletes)" in only(deleting(limit + 1), 4_000, guards).message
    assert f"; the limit is {told} (max_changes)" in only(changing(limit + 1), 4_000, guards).message


def test_a_set_may_have_limits_of_its_own_as_shares() -> None:
    guards = Guards(max_deletes="2.5%", max_changes="5%")
    assert violations_of(plan({Operation.DELETE: 1, Operation.PATCH: 2}), 40, guards) == ()
    assert only(deleting(2), 40, guards).message == (
        "would delete 2 of 40 contacts, 5.0 %; the limit is 2.5 % (max_deletes)"
    )
    assert (
        only(changing(3), 40, guards).message == "would change 3 of 40 contacts, 7.5 %; the limit is 5 % (max_changes)"
    )


def test_whatever_takes_a_contact_away_or_changes_it_counts() -> None:
    away = {Operation.MAKE_ROOM: 1, Operation.WITHDRAW: 2, Operation.DELETE: 4}
    changed = {Operation.PATCH: 8, Operation.RENAME: 16, Operation.REPLACE: 32}
    others = {Operation.CREATE: 64, Operation.AWAIT: 128, Operation.FORGET: 256}
    assert weight_of(plan(away | changed | others)) == (7, 56)
    assert weight_of(plan(others)) == (0, 0)


def test_what_a_first_run_adopts_is_compared_with_all_that_it_finds() -> None:
    adopting = plan({Operation.PATCH: 20}, unchanged=5)
    assert violations_of(adopting, 0, CAREFUL) == ()
    assert only(adopting, 0, Guards(max_changes="19")).message == (
        "would change 20 of 25 contacts, 80.0 %; the limit is 19 contacts (max_changes)"
    )


def test_what_a_later_run_changes_is_compared_with_what_is_recorded() -> None:
    growing = plan({Operation.CREATE: 60, Operation.PATCH: 20})
    assert only(growing, 40, Guards(max_changes="49%")).message == (
        "would change 20 of 40 contacts, 50.0 %; the limit is 49 % (max_changes)"
    )


def test_a_set_may_lose_half_of_its_contacts_or_ten_whether_they_are_deleted_or_forgotten() -> None:
    loss = plan({Operation.FORGET: 1_000, Operation.DELETE: 1, Operation.WITHDRAW: 1, Operation.MAKE_ROOM: 1})
    assert violations_of(loss, 2_006, CAREFUL) == ()
    violation = only(loss, 2_005)
    assert violation == Violation(
        Rule.MAX_SHRINK,
        "would take 1,003 of 2,005 contacts out of the set, 50.0 %; the limit is 50 % (max_shrink), since a pattern "
        "that matches too few files looks like this",
        1_003,
        1_002,
    )
    assert violations_of(plan({Operation.FORGET: 10}), 11, CAREFUL) == ()
    assert only(plan({Operation.FORGET: 11}), 12).rule is Rule.MAX_SHRINK


def test_how_much_a_set_may_shrink_can_be_set() -> None:
    forgetting = plan({Operation.FORGET: 12})
    assert violations_of(forgetting, 40, Guards(max_shrink="12")) == ()
    assert "; the limit is 11 contacts (max_shrink)" in only(forgetting, 40, Guards(max_shrink="11")).message
    assert violations_of(plan({Operation.FORGET: 10}), 40, Guards(max_shrink="0")) == (), "ten may always go"


def test_a_set_that_loses_too_many_is_told_so_once() -> None:
    assert rules(deleting(60), 100) == [Rule.MAX_DELETES]
    assert rules(plan({Operation.FORGET: 60}, unchanged=0), 60) == [Rule.ALLOW_EMPTY]


def test_all_rules_that_a_plan_breaks_are_told() -> None:
    guards = Guards(protect=("delete-0",), max_changes="1")
    everything = plan({Operation.DELETE: 1, Operation.FORGET: 60, Operation.PATCH: 2})
    assert rules(everything, 100, guards) == [Rule.PROTECT, Rule.MAX_CHANGES, Rule.MAX_SHRINK]
    assert rules(plan({Operation.DELETE: 60}, unchanged=0), 60, guards) == [
        Rule.PROTECT,
        Rule.ALLOW_EMPTY,
        Rule.MAX_DELETES,
    ]


def test_a_recorded_set_may_not_be_declared_empty() -> None:
    assert violations_of(plan({Operation.DELETE: 3}, unchanged=0), 1_204, CAREFUL) == (
        Violation(
            Rule.ALLOW_EMPTY,
            "would leave nothing of 1,204 recorded contacts, since none is declared (allow_empty)",
            1_204,
            0,
        ),
    )


def test_a_set_is_not_empty_where_it_says_so_or_anything_is_declared_or_nothing_was_recorded() -> None:
    nothing = plan({Operation.DELETE: 3}, unchanged=0)
    assert violations_of(nothing, 3, Guards(allow_empty=True)) == ()
    assert violations_of(nothing, 3, CAREFUL, unknown=1) == ()
    assert violations_of(plan({Operation.DELETE: 3, Operation.CREATE: 1}, unchanged=0), 3, CAREFUL) == ()
    assert violations_of(plan({Operation.DELETE: 3}, unchanged=1), 4, CAREFUL) == ()
    assert violations_of(plan({}, unchanged=0), 0, CAREFUL) == ()


@pytest.mark.parametrize("operation", Operation)
def test_a_protected_contact_is_never_deleted_or_replaced(operation: Operation) -> None:
    destroys = operation in {Operation.MAKE_ROOM, Operation.WITHDRAW, Operation.DELETE, Operation.REPLACE}
    touching = Plan((change(operation, "crew"), change(operation, "board-1")), 1)
    expected = (Violation(Rule.PROTECT, "would delete 1 protected contacts (board-1)", 1, 0),)
    assert violations_of(touching, 2, Guards(protect=("board-*",))) == (expected if destroys else ())
    assert violations_of(touching, 2, CAREFUL) == ()


def test_of_many_protected_contacts_five_are_named_and_none_with_personal_data() -> None:
    def told(*keys: str) -> str:
        away = Plan(tuple(change(Operation.DELETE, key) for key in keys), 1)
        return violations_of(away, 2_000, Guards(protect=("*",)))[0].message

    assert told("a", "b", "c", "d", "SMS:12025550001") == "would delete 5 protected contacts (a, b, c, d, SMS:···01)"
    assert told(*"abcdef") == "would delete 6 protected contacts (a, b, c, d, e, …)"
    assert told(*map(str, range(1_200))).startswith("would delete 1,200 protected contacts (0, 1, 2, 3, 4, …)")


@pytest.mark.parametrize(
    ("pattern", "key"),
    [
        ("board-1", "board-1"),
        ("board-*", "board-1"),
        ("board-?", "board-1"),
        ("board[1]", "board[1]"),
        (" board-1 ", "board-1"),
        ("SMS:+12025550001", "SMS:12025550001"),
        ("SMS:+1202*", "SMS:12025550001"),
        ("VIP:+1", "VIP:+1"),
        ("VIP:+*", "VIP:+1"),
    ],
)
def test_a_contact_is_protected_by_its_key_or_a_pattern(pattern: str, key: str) -> None:
    guards = Guards(protect=("somebody-else", pattern))
    assert guards.protects(Key(key))
    assert guards.idle({Key(key)}) == ("somebody-else",)


@pytest.mark.parametrize(
    ("pattern", "key"),
    [("board-*", "aboard-1"), ("board-1", "board-10"), ("board-*", "Board-1"), ("x SMS:+1", "x SMS:1")],
)
def test_a_pattern_protects_nobody_else(pattern: str, key: str) -> None:
    guards = Guards(protect=(pattern,))
    assert not guards.protects(Key(key))
    assert guards.idle({Key(key)}) == (pattern,)


def test_a_pattern_is_idle_where_it_matches_none_of_all_contacts() -> None:
    guards = Guards(protect=("board-*", "nobody", "crew"))
    assert guards.idle({Key("guest"), Key("board-1"), Key("crew")}) == ("nobody",)
    assert guards.idle(set()) == ("board-*", "nobody", "crew")


def test_the_sets_of_a_stack_are_limited_together() -> None:
    assert stack_violations(1_204, 2_345, 1_204, 2_345) == ()
    assert stack_violations(1_205, 2_346, 1_204.0, 2_345.0) == (
        Violation(
            Rule.STACK_DELETES,
            "makes 1,205 deletions of all sets of the stack together; the limit is 1,204 (sinch:maxStackDeletes)",
            1_205,
            1_204,
        ),
        Violation(
            Rule.STACK_CHANGES,
            "makes 2,346 changes of all sets of the stack together; the limit is 2,345 (sinch:maxStackChanges)",
            2_346,
            2_345,
        ),
    )
    assert [violation.rule for violation in stack_violations(5, 9, 4, 9)] == [Rule.STACK_DELETES]
    assert [violation.rule for violation in stack_violations(4, 10, 4, 9)] == [Rule.STACK_CHANGES]


def test_an_approval_is_of_one_plan_and_of_no_protected_contact() -> None:
    deletes = Violation(Rule.MAX_DELETES, "", 1, 0)
    protect = Violation(Rule.PROTECT, "", 1, 0)
    guards = Guards(approve=("digest",))
    assert is_approved([deletes], "digest", guards)
    assert not is_approved([deletes], "another", guards)
    assert not is_approved([deletes, protect], "digest", guards)
    assert not is_approved([deletes], "digest", CAREFUL)


def test_a_rule_is_named_by_the_setting_that_lifts_it() -> None:
    settings = {rule.value for rule in Rule if not rule.startswith("sinch:")}
    assert settings == set(Guards.__struct_fields__) - {"approve", "protected_as"}


class TestProtectionOfAContactWithAnotherKey:
    """It is known by its id, under the key that was protected."""

    GUARDS = Guards(protect=("board-*",))
    BEFORE = record_of([entry("board-ann", contact_id=ContactId("A")), entry("bob", contact_id=ContactId("B"))])
    AFTER = record_of([entry("ann", contact_id=ContactId("A")), entry("bobby", contact_id=ContactId("B"))])

    def test_is_remembered_from_run_to_run(self) -> None:
        as_ = self.GUARDS.protected_after(self.BEFORE, self.AFTER)
        assert as_ == {"A": "board-ann"}
        later = record_of([entry("anna", contact_id=ContactId("A"))])
        guards = Guards(protect=("board-*",), protected_as=as_)
        assert guards.protected_after(self.AFTER, later) == as_
        assert guards.protected_after(self.AFTER, self.BEFORE) == {}, "it has its key again"
        assert guards.protected_after(self.AFTER, {}) == {}, "it is gone"

    def test_is_not_needed_by_one_that_keeps_its_key(self) -> None:
        assert self.GUARDS.protected_after(self.BEFORE, self.BEFORE) == {}

    def test_does_not_lift_that_of_the_key_that_it_has_now(self) -> None:
        guards = Guards(protect=("ann",), protected_as={ContactId("A"): Key("board-ann")})
        assert guards.protects(Key("ann"), self.AFTER[Key("ann")])

    def test_is_nothing_for_one_that_was_not_seen_yet(self) -> None:
        before, after = entry("board-ann", contact_id=ContactId("")), entry("ann", contact_id=ContactId(""))
        assert self.GUARDS.protected_after(record_of([before]), record_of([after])) == {}

    def test_holds_until_the_key_of_before_is_taken_out(self) -> None:
        as_ = {ContactId("A"): Key("board-ann")}
        leaving = plan_of([Change(Operation.DELETE, Key("ann"), Reason.GIT, None, self.AFTER[Key("ann")])], 1)
        assert only(leaving, 2, Guards(protect=("board-*",), protected_as=as_)).rule is Rule.PROTECT
        assert rules(leaving, 2, Guards(protect=("staff-*",), protected_as=as_)) == []
        assert rules(leaving, 2, Guards(protect=("board-*",))) == []


class TestASetThatOthersTakeOverInPart:
    def test_may_lose_what_its_limits_say(self) -> None:
        guards = Guards(max_deletes="5", max_shrink="8")
        assert split_violations(5, 400, guards) == ()
        (violation,) = split_violations(6, 400, guards)
        assert violation == Violation(
            Rule.MAX_DELETES, "would delete 6 of 400 contacts, 1.5 %; the limit is 5 contacts (max_deletes)", 6, 5
        )

    def test_may_not_shrink_more_than_it_may_where_it_may_delete_more(self) -> None:
        (violation,) = split_violations(41, 100, Guards(max_deletes="100%", max_shrink="40"))
        assert (violation.rule, violation.count, violation.limit) == (Rule.MAX_SHRINK, 41, 40)
        assert split_violations(40, 100, Guards(max_deletes="100%", max_shrink="40")) == ()
