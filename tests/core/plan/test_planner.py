"""The planner: what it plans, and that carrying it out leads to what is desired."""

import itertools
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rows import entry as recorded
from core.rows import row, sms
from sinch_contacts.core.contact.contact import Contact, ContactId, Key
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.digest import contact_digest, field_digests
from sinch_contacts.core.plan.plan import Change, Operation, Plan, Reason
from sinch_contacts.core.plan.planner import (
    AmbiguousRename,
    differing_fields,
    is_carried_out,
    leave,
    make_plan,
    patch_of,
)
from sinch_contacts.core.plan.policy import OnChange, OnDelete, Policy
from sinch_contacts.core.plan.reading import Pace
from sinch_contacts.core.record.recorded import (
    NOBODY_KNOWS,
    Origin,
    Record,
    RecordedContact,
    Status,
    record_contact,
)
from sinch_contacts.core.review.summary import plan_line
from sinch_contacts.core.target import Region, Target
from strategies import contacts, desired_rows, policies, records

TARGET = Target("project", Region.EU)
CAREFUL = Policy()


def record(*entries: RecordedContact) -> Record:
    return {entry.key: entry for entry in entries}


def apply(plan: Plan, before: Record) -> dict[Key, RecordedContact]:
    """Carries out a plan on paper: all goes well, and what was pending is found."""
    after = dict(before)
    for change in plan.changes:
        if change.recorded:
            after.pop(change.recorded.key, None)
        if change.desired:
            origin = change.recorded.origin if change.recorded else Origin.CREATED
            kept = change.recorded.id if change.recorded else ""
            after[change.key] = record_contact(
                change.key, change.desired.contact, contact_id=ContactId(kept or f"NEW-{change.key}"), origin=origin
            )
    return after


def operations(plan: Plan) -> list[tuple[str, str]]:
    return [(change.operation.value, change.key) for change in plan.changes]


@given(desired_rows(), records(), policies)
def test_carrying_out_a_plan_gives_exactly_what_is_desired_and_leaves_nothing_to_plan(
    desired: list[DesiredContact], before: Record, policy: Policy
) -> None:
    plan = make_plan(desired, before, policy)
    after = apply(plan, before)
    assert {key: entry.digest for key, entry in after.items()} == {
        item.key: contact_digest(item.contact) for item in desired
    }
    again = make_plan(desired, after, policy)
    assert again.changes == ()
    assert again.unchanged == len(desired)


@given(desired_rows(), records(), policies, st.randoms())
def test_the_order_of_the_files_does_not_matter(
    desired: list[DesiredContact], before: Record, policy: Policy, random: st.random_module
) -> None:
    shuffled = list(desired)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, two = make_plan(desired, before, policy), make_plan(shuffled, before, policy)
    assert one == two
    assert one.digest(TARGET) == two.digest(TARGET)
    assert re.fullmatch(r"[a-f][0-9a-f]{32}", one.digest(TARGET)), "in YAML it is a text, not a number"


@given(desired_rows(), records(), policies)
def test_every_contact_is_counted_once(desired: list[DesiredContact], before: Record, policy: Policy) -> None:
    plan = make_plan(desired, before, policy)
    with_contact = [change for change in plan.changes if change.desired]
    assert len(with_contact) + plan.unchanged == len(desired)
    assert sum(plan.counts.values()) == len(plan.changes)


@given(desired_rows(), records())
def test_adopted_contacts_are_never_deleted_or_replaced_unless_that_is_allowed(
    desired: list[DesiredContact], before: Record
) -> None:
    plan = make_plan(desired, before, Policy(on_change=OnChange.REPLACE))
    for change in plan.of(Operation.DELETE, Operation.REPLACE, Operation.MAKE_ROOM):
        assert change.recorded
        assert change.recorded.origin is Origin.CREATED


def test_what_is_new_is_created_and_what_left_is_deleted_last() -> None:
    plan = make_plan([row("b", 2), row("a", 1)], record(recorded("z", 26)), CAREFUL)
    assert operations(plan) == [("create", "a"), ("create", "b"), ("delete", "z")]
    assert {change.reason for change in plan.changes} == {Reason.GIT}


def test_adopted_and_retained_contacts_are_forgotten() -> None:
    adopted = record(recorded("a", 1, origin=Origin.ADOPTED))
    assert operations(make_plan([], adopted, CAREFUL)) == [("forget", "a")]
    assert operations(make_plan([], adopted, Policy(delete_adopted=True))) == [("delete", "a")]
    assert operations(make_plan([], record(recorded("a", 1)), Policy(on_delete=OnDelete.RETAIN))) == [("forget", "a")]


def test_a_change_is_a_patch_of_the_fields_that_differ_cleared_ones_among_them() -> None:
    before = record(
        record_contact(
            Key("a"), row("a", 1, email="x@example.com", display_name="A").contact, contact_id=ContactId("I")
        )
    )
    plan = make_plan([row("a", 1, display_name="B")], before, CAREFUL)
    assert operations(plan) == [("patch", "a")]
    assert set(plan.changes[0].fields) == {"display_name", "email"}


def test_identities_that_change_are_named_before_the_other_fields() -> None:
    desired = row("a", 2, display_name="B", email="b@example.com")
    (change,) = make_plan([desired], record(recorded("a", 1)), CAREFUL).changes
    assert change.operation is Operation.PATCH
    assert change.fields[0] == "channel_identities"
    assert set(change.fields[1:]) == {"display_name", "email"}


def test_where_nobody_knows_what_a_contact_is_every_owned_field_is_set() -> None:
    before = record(msgspec.structs.replace(recorded("a", 1), digest=NOBODY_KNOWS))
    (change,) = make_plan([row("a", 1, display_name="B")], before, CAREFUL).changes
    assert set(change.fields) == {"channel_identities", "language", "display_name", "external_id"}


def test_what_is_found_is_patched_where_it_is_not_as_declared_and_left_alone_where_it_is() -> None:
    desired, theirs = row("a", 1), row("a", 1, email="theirs")
    found = record_contact(Key("a"), theirs.contact, contact_id=ContactId("I"), status=Status.DRIFTED)
    assert patch_of(desired, found) == Change(Operation.PATCH, Key("a"), Reason.GIT, desired, found, ("email",))
    assert patch_of(desired, recorded("a", 1)) is None


def test_a_replacement_is_made_where_it_is_wanted_and_the_contact_is_ours() -> None:
    changed, policy = [row("a", 1, email="")], Policy(on_change=OnChange.REPLACE)
    assert operations(make_plan(changed, record(recorded("a", 1)), policy)) == [("replace", "a")]
    adopted = record(recorded("a", 1, origin=Origin.ADOPTED))
    assert operations(make_plan(changed, adopted, policy)) == [("patch", "a")]


def test_a_new_key_with_the_same_identities_is_a_rename_that_keeps_the_id() -> None:
    plan = make_plan([row("b", 1)], record(recorded("a", 1)), CAREFUL)
    assert operations(plan) == [("rename", "b")]
    assert plan.changes[0].fields == ("external_id",)
    assert plan.changes[0].recorded
    assert plan.changes[0].recorded.id == "ID-a"


def test_a_rename_that_could_mean_several_contacts_is_refused() -> None:
    with pytest.raises(AmbiguousRename) as refused:
        make_plan([row("c", 1)], record(recorded("a", 1), recorded("b", 1)), CAREFUL)
    assert refused.value.keys == ("a", "b")
    assert "2 recorded contacts" in str(refused.value)
    assert refused.value.next_step == "Remove the old keys in one `pulumi up`, and add the new one in the next."


def test_a_new_key_that_takes_over_the_identities_of_a_contact_that_stays_is_no_rename() -> None:
    plan = make_plan([row("a", 2), row("b", 1)], record(recorded("a", 1)), CAREFUL)
    assert operations(plan) == [("create", "b"), ("patch", "a")]


def test_identities_that_share_but_the_digest_of_earlier_versions_are_others() -> None:
    known = recorded("a")
    other = msgspec.structs.replace(known, identities=known.identities[:10] + "x" * 12)
    assert operations(make_plan([row("b")], record(other), CAREFUL)) == [("create", "b"), ("delete", "a")]
    earlier = msgspec.structs.replace(known, identities=known.identities[:10])
    assert operations(make_plan([row("b")], record(earlier), CAREFUL)) == [("rename", "b")]


def test_only_one_new_key_continues_a_contact() -> None:
    plan = make_plan([row("b", 1), row("c", 1)], record(recorded("a", 1)), CAREFUL)
    assert operations(plan) == [("create", "c"), ("rename", "b")]


def test_what_is_being_created_is_awaited_and_withdrawn_where_it_is_not_wanted() -> None:
    before = record(recorded("a", 1, contact_id=ContactId(""), status=Status.CREATING, since=1))
    for desired in ([row("a", 1)], [row("a", 1, email="")]):
        plan = make_plan(desired, before, CAREFUL)
        assert operations(plan) == [("await", "a")]
        assert plan.changes[0].reason is Reason.PENDING
    assert operations(make_plan([], before, CAREFUL)) == [("withdraw", "a")]
    assert operations(make_plan([], before, Policy(on_delete=OnDelete.RETAIN))) == [("forget", "a")]


def test_what_is_being_deleted_is_awaited_where_it_is_wanted_and_deleted_again_where_it_is_not() -> None:
    before = record(recorded("a", 1, contact_id=ContactId("I"), status=Status.DELETING, since=1))
    for desired in ([row("a", 1)], [row("a", 1, email="")]):
        plan = make_plan(desired, before, CAREFUL)
        assert operations(plan) == [("await", "a")]
        assert plan.changes[0].reason is Reason.PENDING
    assert operations(make_plan([], before, CAREFUL)) == [("delete", "a")]
    assert operations(make_plan([], before, Policy(on_delete=OnDelete.RETAIN))) == [("forget", "a")]


def test_a_contact_that_is_gone_is_created_again_or_deleted_all_the_same() -> None:
    before = record(recorded("a", 1, status=Status.GONE))
    same, changed, left = ([row("a", 1)], [row("a", 1, email="")], [])
    reasons = [make_plan(desired, before, CAREFUL).changes[0] for desired in (same, changed, left)]
    assert [(change.operation, change.reason) for change in reasons] == [
        (Operation.CREATE, Reason.DRIFT),
        (Operation.CREATE, Reason.BOTH),
        (Operation.DELETE, Reason.BOTH),
    ]


@given(desired_rows(), records(), policies)
def test_a_change_is_carried_out_when_nothing_is_left_to_plan_for_it(
    desired: list[DesiredContact], before: Record, policy: Policy
) -> None:
    plan = make_plan(desired, before, policy)
    after = apply(plan, before)
    for change in plan.changes:
        assert is_carried_out(change, after.get(change.key))
        if change.operation is not Operation.RENAME:
            assert not is_carried_out(change, before.get(change.key))


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("policy", [Policy(), Policy(on_delete=OnDelete.RETAIN), Policy(delete_adopted=True)])
@pytest.mark.parametrize("origin", Origin)
def test_what_leaves_a_set_by_itself_leaves_it_as_in_a_plan(status: Status, policy: Policy, origin: Origin) -> None:
    entry = recorded("a", status=status, origin=origin)
    assert make_plan([], record(entry), policy).changes == (leave(entry, policy),)


def test_drift_is_told_from_an_edit_and_from_both() -> None:
    ours, theirs, new = row("a", 1), row("a", 1, email="theirs"), row("a", 1, email="new")
    drifted = record_contact(
        Key("a"), theirs.contact, contact_id=ContactId("I"), status=Status.DRIFTED, applied=contact_digest(ours.contact)
    )
    assert make_plan([ours], record(drifted), CAREFUL).changes[0].reason is Reason.DRIFT
    assert make_plan([new], record(drifted), CAREFUL).changes[0].reason is Reason.BOTH
    assert make_plan([theirs], record(drifted), CAREFUL).changes == (), "Git has caught up with it"


def test_a_deletion_comes_first_where_its_identity_moves_to_another_contact() -> None:
    moved = DesiredContact(Key("b"), Contact((sms(1), sms(2)), "EN", external_id="b"), "a.yaml", 1)
    before = record(recorded("a", 1), recorded("z", 26))
    previous = {Key("a"): row("a", 1).contact, Key("z"): row("z", 26).contact}
    plan = make_plan([moved], before, CAREFUL, previous)
    assert operations(plan) == [("make room", "a"), ("create", "b"), ("delete", "z")]


def test_a_deletion_comes_first_where_only_one_of_its_identities_moves() -> None:
    two = msgspec.structs.replace(row("a", 1).contact, channel_identities=(sms(1), sms(2)))
    before = record(record_contact(Key("a"), two, contact_id=ContactId("I")))
    assert operations(make_plan([row("b", 2)], before, CAREFUL, {Key("a"): two})) == [
        ("make room", "a"),
        ("create", "b"),
    ]


def test_a_deletion_stays_the_last_where_nobody_knows_what_was_declared_of_it() -> None:
    previous = {Key("z"): row("z", 26).contact}
    plan = make_plan([row("z", 1)], record(recorded("a", 1), recorded("z", 26)), CAREFUL, previous)
    assert operations(plan) == [("patch", "z"), ("delete", "a")]


@given(contacts, contacts)
def test_where_contacts_differ_at_least_one_field_is_named(one: Contact, two: Contact) -> None:
    fields = differing_fields(one, record_contact(Key("a"), two))
    really = {
        name
        for name in one.__struct_fields__
        if getattr(one, name) != getattr(two, name) and name != "channel_identities"
    }
    assert really <= set(fields)
    assert fields


def test_where_short_digests_collide_all_owned_fields_are_patched() -> None:
    seen: dict[str, str] = {}
    for number in itertools.count():
        name = f"name {number}"
        digest = field_digests(Contact((), "EN", display_name=name))
        if digest in seen:
            other = seen[digest]
            break
        seen[digest] = name
    old = record_contact(Key("a"), row("a", 1, display_name=other).contact, contact_id=ContactId("I"))
    plan = make_plan([row("a", 1, display_name=name)], record(old), CAREFUL)
    assert set(plan.changes[0].fields) == {"channel_identities", "language", "display_name", "external_id"}


def test_a_digest_names_one_plan_alone() -> None:
    plan = make_plan([row("a", 1)], record(recorded("z", 26)), CAREFUL)
    others = [
        make_plan([row("b", 1)], record(recorded("z", 26)), CAREFUL),
        make_plan([row("a", 1, email="")], record(recorded("z", 26)), CAREFUL),
        make_plan([row("a", 1)], record(recorded("z", 26, contact_id=ContactId("other"))), CAREFUL),
        make_plan([row("a", 1)], record(recorded("z", 26)), Policy(on_delete=OnDelete.RETAIN)),
    ]
    digests = {plan.digest(TARGET), *(other.digest(TARGET) for other in others)}
    digests |= {plan.digest(Target("other", Region.EU)), plan.digest(Target("project", Region.US))}
    assert len(digests) == 7
    moved = msgspec.structs.replace(row("a", 1), file="b.yaml", line=99)
    assert make_plan([moved], record(recorded("z", 26)), CAREFUL).digest(TARGET) == plan.digest(TARGET)


def test_the_plan_line_tells_counts_and_costs() -> None:
    before = record(
        recorded("a", 1),
        recorded("b", 2),
        recorded("c", 3),
        recorded("d", 4, origin=Origin.ADOPTED),
        recorded("e", 5, contact_id=ContactId(""), status=Status.CREATING),
    )
    desired = [row("a", 1), row("b", 2, email=""), row("e", 5), row("f", 6), row("g", 7)]
    plan = make_plan(desired, before, CAREFUL)
    assert plan_line(plan, Pace(50)) == "plan: +2 ~1 -1 ?1 forget 1 of 7 · 2 batch calls, 1 update, ~1 s"
    assert (
        plan_line(make_plan([], {}, CAREFUL), Pace(50))
        == "plan: nothing to do of 0 · no calls that change anything, ~0 s"
    )
    replaced = make_plan([row("a", 1, email="")], record(recorded("a", 1)), Policy(on_change=OnChange.REPLACE))
    assert plan_line(replaced, Pace(50)) == "plan: ±1 of 1 · 2 batch calls, ~1 s"
