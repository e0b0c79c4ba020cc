"""Plans: their order, their counts, and the digest by which people approve exactly one."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from core.rows import change, entry, plan, row
from sinch_contacts.core.plan.plan import DELETIONS, Change, Operation, Reason, plan_of
from sinch_contacts.core.target import Region, Target

TARGET = Target("project", Region.EU)
ANY = st.lists(st.builds(change, st.sampled_from(Operation), st.text("abc", min_size=1, max_size=2)), max_size=8)


@given(ANY)
def test_room_is_made_first_creations_come_before_deletions_and_keys_are_in_order(changes: list[Change]) -> None:
    places = {operation: place for place, operation in enumerate(Operation)}
    ordered = [(places[each.operation], each.key) for each in plan_of(changes, 0).changes]
    assert ordered == sorted(ordered)
    assert len(ordered) == len(changes)
    assert next(iter(Operation)) is Operation.MAKE_ROOM
    assert places[Operation.CREATE] < places[Operation.DELETE] < places[Operation.FORGET]


@given(ANY, st.randoms())
def test_the_digest_is_of_what_is_done_and_not_of_its_order_or_its_reasons(
    changes: list[Change], random: st.random_module
) -> None:
    others = [msgspec.structs.replace(each, reason=Reason.DRIFT, fields=("email",)) for each in changes]
    random.shuffle(others)  # type: ignore[attr-defined]
    assert plan_of(others, 9).digest(TARGET) == plan_of(changes, 0).digest(TARGET)


def test_another_operation_on_the_same_contact_is_another_plan() -> None:
    digests = {plan_of([change(each, "a")], 0).digest(TARGET) for each in Operation}
    digests |= {
        plan_of([], 0).digest(TARGET),
        plan_of([change(Operation.CREATE, "a", desired=row("a"))], 0).digest(TARGET),
    }
    digests |= {plan_of([change(Operation.DELETE, "a", recorded=entry("a"))], 0).digest(TARGET)}
    assert len(digests) == len(Operation) + 3


def test_it_tells_how_many_contacts_it_is_about() -> None:
    some = plan(unchanged=40, create=3, forget=2)
    assert (some.size, some.counts) == (45, {Operation.CREATE: 3, Operation.FORGET: 2})
    assert [each.key for each in some.of(Operation.FORGET, *DELETIONS)] == ["forget-0", "forget-1"]
    assert (plan().size, plan().counts) == (0, {})


@given(ANY, ANY)
def test_what_is_found_as_declared_is_named_by_the_digest_as_if_it_were_created(
    changes: list[Change], found: list[Change]
) -> None:
    digest = plan_of([*changes, *found], 0).digest(TARGET)
    assert plan_of(changes, len(found), tuple(found)).digest(TARGET) == digest
    assert (plan_of(changes, 0).digest(TARGET) == digest) is (not found)
