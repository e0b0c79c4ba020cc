"""The planner on sets whose recorded and desired contacts belong together: every fate, in every condition."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, Key
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.digest import contact_digest, field_digests, identities_digest
from sinch_contacts.core.plan.plan import Change, Operation, Plan, Reason
from sinch_contacts.core.plan.planner import make_plan
from sinch_contacts.core.plan.policy import OnChange, OnDelete, Policy
from sinch_contacts.core.plan.reading import Pace
from sinch_contacts.core.record.recorded import Origin, Record, RecordedContact, Status, record_contact, record_of
from sinch_contacts.core.review.summary import plan_line
from sinch_contacts.core.target import Region, Target
from strategies import History, Story, edited, histories, policies

TARGET = Target("project", Region.EU)
WAITING = {Status.CREATING, Status.DELETING}
Expected = set[tuple[Operation, Reason, Key]]


def expected_of_leaving(entry: RecordedContact, policy: Policy, deletion: Operation) -> tuple[Operation, Reason, Key]:
    if entry.status is Status.CREATING:
        return (Operation.FORGET if policy.on_delete is OnDelete.RETAIN else Operation.WITHDRAW, Reason.GIT, entry.key)
    deletable = entry.origin is Origin.CREATED or policy.delete_adopted
    stays = policy.on_delete is OnDelete.RETAIN or not deletable
    reason = Reason.BOTH if entry.status is Status.GONE else Reason.GIT
    return (Operation.FORGET if stays else deletion, reason, entry.key)


def expected_of_staying(story: Story, entry: RecordedContact, policy: Policy) -> tuple[Operation, Reason, Key] | None:
    if entry.status in WAITING:
        return (Operation.AWAIT, Reason.PENDING, entry.key)
    is_edited, is_drifted = story.fate == "edited", entry.status is not Status.LIVE
    if not is_edited and not is_drifted:
        return None
    reason = Reason.GIT if not is_drifted else Reason.BOTH if is_edited else Reason.DRIFT
    if entry.status is Status.GONE:
        return (Operation.CREATE, reason, entry.key)
    replaced = policy.on_change is OnChange.REPLACE and entry.origin is Origin.CREATED
    return (Operation.REPLACE if replaced else Operation.PATCH, reason, entry.key)


def expected(story: Story, policy: Policy) -> Expected:
    """Tells from the table of the rules alone what is to be done about one contact."""
    entry, desired = story.entry, story.desired
    if entry is None:
        assert desired
        return {(Operation.CREATE, Reason.GIT, desired.key)}
    if desired is None:
        return {expected_of_leaving(entry, policy, Operation.DELETE)}
    if desired.key == entry.key:
        step = expected_of_staying(story, entry, policy)
        return {step} if step else set()
    if story.fate == "rekeyed" and entry.is_live:
        reason = Reason.BOTH if entry.status is Status.DRIFTED else Reason.GIT
        return {(Operation.RENAME, reason, desired.key)}
    return {(Operation.CREATE, Reason.GIT, desired.key), expected_of_leaving(entry, policy, Operation.MAKE_ROOM)}


def apply_plan(plan: Plan, record: Record) -> Record:
    """Carries out a plan on paper: all goes well, and what was pending is found."""
    after = dict(record)
    for change in plan.changes:
        if change.recorded:
            del after[change.recorded.key]
    for change in plan.changes:
        if change.desired:
            kept = change.recorded.id if change.recorded and change.operation is not Operation.REPLACE else ""
            origin = change.recorded.origin if change.recorded else Origin.CREATED
            assert change.key not in after, "a key is given to one contact"
            after[change.key] = record_contact(
                change.key, change.desired.contact, contact_id=ContactId(kept or f"NEW-{change.key}"), origin=origin
            )
    return record_of(after.values())


@given(histories, policies)
def test_each_contact_gets_the_operation_and_the_reason_of_the_rules(history: History, policy: Policy) -> None:
    plan = make_plan(history.desired, history.record, policy, history.previous)
    found = {(change.operation, change.reason, change.key) for change in plan.changes}
    assert found == set().union(*(expected(story, policy) for story in history.stories))
    assert len(found) == len(plan.changes)
    untouched = [story for story in history.stories if not expected(story, policy)]
    assert plan.unchanged == len(untouched)


@given(histories, policies)
def test_carrying_out_the_plan_gives_exactly_the_desired_set(history: History, policy: Policy) -> None:
    plan = make_plan(history.desired, history.record, policy, history.previous)
    after = apply_plan(plan, history.record)
    assert {key: (entry.digest, entry.identities, entry.fields) for key, entry in after.items()} == {
        row.key: (
            contact_digest(row.contact),
            identities_digest(row.contact.channel_identities),
            field_digests(row.contact),
        )
        for row in history.desired
    }
    again = make_plan(history.desired, after, policy, {row.key: row.contact for row in history.desired})
    assert (again.changes, again.unchanged) == ((), len(history.desired))


@given(histories, policies, st.data())
def test_a_plan_and_its_digest_depend_on_no_order(history: History, policy: Policy, data: st.DataObject) -> None:
    plan = make_plan(history.desired, history.record, policy, history.previous)
    rows = data.draw(st.permutations(history.desired))
    record = dict(data.draw(st.permutations(list(history.record.items()))))
    assert make_plan(rows, record, policy, history.previous) == plan
    shuffled = Plan(tuple(data.draw(st.permutations(plan.changes))), plan.unchanged)
    assert shuffled.digest(TARGET) == plan.digest(TARGET)


@given(histories, policies, st.data())
def test_the_digest_of_a_plan_changes_with_target_key_operation_content_and_recorded_id(
    history: History, policy: Policy, data: st.DataObject
) -> None:
    plan = make_plan(history.desired, history.record, policy, history.previous)
    digests = {plan.digest(TARGET), plan.digest(Target("project", Region.US)), plan.digest(Target("p", Region.EU))}
    variants: list[Change] = []
    if plan.changes:
        index = data.draw(st.integers(0, len(plan.changes) - 1))
        change = plan.changes[index]
        replace = msgspec.structs.replace
        others = [operation for operation in Operation if operation is not change.operation]
        variants = [
            replace(change, key=Key(f"{change.key}!")),
            replace(change, operation=data.draw(st.sampled_from(others))),
        ]
        if change.desired:
            variants.append(replace(change, desired=edited(change.desired, metadata="other content")))
        if change.recorded:
            variants.append(replace(change, recorded=replace(change.recorded, id=ContactId("another id"))))
        for variant in variants:
            changes = (*plan.changes[:index], variant, *plan.changes[index + 1 :])
            digests.add(Plan(changes, plan.unchanged).digest(TARGET))
    assert len(digests) == 3 + len(variants)


@given(histories, policies)
def test_a_rename_keeps_id_and_origin_and_names_what_differs(history: History, policy: Policy) -> None:
    plan = make_plan(history.desired, history.record, policy, history.previous)
    for change in plan.of(Operation.RENAME):
        assert change.recorded
        assert change.recorded == history.record[Key(change.key.removeprefix("new-"))]
        assert "external_id" in change.fields
        assert ("email" in change.fields) is (change.recorded.status is Status.DRIFTED)


@given(histories)
def test_the_careful_policy_never_destroys_what_we_did_not_create(history: History) -> None:
    plan = make_plan(history.desired, history.record, Policy(on_change=OnChange.REPLACE), history.previous)
    destroyed = plan.of(Operation.DELETE, Operation.REPLACE, Operation.MAKE_ROOM)
    assert all(change.recorded and change.recorded.origin is Origin.CREATED for change in destroyed)


def contact(number: int, key: str) -> DesiredContact:
    identity = ChannelIdentity("SMS", f"1202{number:07d}")
    return DesiredContact(Key(key), Contact((identity,), "EN", external_id=key), "a.yaml", 1)


def test_a_renamed_contact_that_drifted_comes_from_git_and_from_drift() -> None:
    theirs = edited(contact(1, "a"), email="theirs@example.com").contact
    ours = contact_digest(contact(1, "a").contact)
    entry = record_contact(Key("a"), theirs, contact_id=ContactId("ID"), status=Status.DRIFTED, applied=ours)
    (change,) = make_plan([contact(1, "b")], {entry.key: entry}, Policy()).changes
    assert (change.operation, change.reason) == (Operation.RENAME, Reason.BOTH)
    assert set(change.fields) == {"email", "external_id"}


def test_which_of_two_new_keys_continues_a_contact_does_not_depend_on_their_order() -> None:
    entry = record_contact(Key("a"), contact(1, "a").contact, contact_id=ContactId("ID"))
    rows = [contact(1, "c"), contact(1, "b")]
    plans = [make_plan(order, {entry.key: entry}, Policy()) for order in (rows, rows[::-1])]
    assert plans[0] == plans[1]
    assert [(change.operation, change.key) for change in plans[0].changes] == [
        (Operation.CREATE, "c"),
        (Operation.RENAME, "b"),
    ]


def test_an_identity_that_stays_with_an_unchanged_contact_makes_no_room() -> None:
    shared = record_of(
        [record_contact(Key(key), contact(1, key).contact, contact_id=ContactId(key)) for key in ("kept", "left")]
    )
    previous = {key: contact(1, key).contact for key in shared}
    (change,) = make_plan([contact(1, "kept")], shared, Policy(), previous).changes
    assert (change.operation, change.key) == (Operation.DELETE, "left")


def changes(operation: Operation, count: int) -> tuple[Change, ...]:
    return tuple(Change(operation, Key(f"{operation.value}-{number}"), Reason.GIT) for number in range(count))


def test_the_plan_line_counts_each_kind_and_what_it_costs() -> None:
    many = changes(Operation.CREATE, 1_001) + changes(Operation.PATCH, 2) + changes(Operation.RENAME, 1_200)
    assert plan_line(Plan(many, 10_000), Pace(20)) == (
        "plan: +1,001 ~1,202 of 12,203 · 2 batch calls, 1,202 updates, ~111 s · reading by look-ups"
    )
    batch = changes(Operation.CREATE, 1_000) + changes(Operation.MAKE_ROOM, 1) + changes(Operation.DELETE, 2)
    assert plan_line(Plan(batch, 0), Pace(1)) == ("plan: +1,000 -3 of 1,003 · 2 batch calls, ~56 s · reading by pages")
    assert plan_line(Plan(changes(Operation.CREATE, 1), 0), Pace(50)) == "plan: +1 of 1 · 1 batch call, ~1 s"
    quiet = changes(Operation.AWAIT, 3) + changes(Operation.FORGET, 4)
    assert plan_line(Plan(quiet, 5), Pace(50)) == "plan: ?3 forget 4 of 12 · no calls that change anything, ~0 s"
