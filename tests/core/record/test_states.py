"""The table of rules: what each event makes of an entry, and that nothing else may happen."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import sinch_contacts
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, Key, LiveContact
from sinch_contacts.core.contact.digest import contact_digest, field_digests, fingerprint_of
from sinch_contacts.core.plan.planner import differing_fields
from sinch_contacts.core.record import rules
from sinch_contacts.core.record.problem import Kind
from sinch_contacts.core.record.recorded import NOBODY_KNOWS, Origin, RecordedContact, Status, record_contact
from sinch_contacts.core.record.rules import TABLE, ForbiddenChange, Rule, State, state_of
from sinch_contacts.core.record.states import States, as_found, without_applied

KEY, NEW, OTHER = Key("alice"), Key("alicia"), Key("bob")
ID = ContactId("01ALICE")
WANTED = Contact((ChannelIdentity("SMS", "12025550001"),), "EN_US", display_name="Alice", external_id="alice")
EDITED = msgspec.structs.replace(WANTED, display_name="Alice Edited")
LOWERED = msgspec.structs.replace(WANTED, display_name="alice")
SINCE = 1_800_000_000


def live(contact: Contact = WANTED, contact_id: str = ID, **fields: Any) -> LiveContact:
    """Returns a contact as Sinch renders it: unset texts are empty."""
    unset = {name: "" for name in ("email", "metadata") if getattr(contact, name) is None}
    return LiveContact(
        ContactId(contact_id), msgspec.structs.replace(contact, channel_priority=(), **{**unset, **fields})
    )


def recorded(status: Status, *, contact: Contact = WANTED, contact_id: str = ID, **columns: Any) -> RecordedContact:
    return record_contact(KEY, contact, contact_id=ContactId(contact_id), status=status, **columns)


ENTRIES: dict[State, RecordedContact | None] = {
    State.ABSENT: None,
    State.CREATING: recorded(Status.CREATING, contact_id="", since=SINCE),
    State.REPLACING: recorded(Status.CREATING, contact_id=""),
    State.LIVE: recorded(Status.LIVE),
    State.KEPT: recorded(Status.LIVE, contact=LOWERED, applied=contact_digest(WANTED)),
    State.DRIFTED: recorded(Status.DRIFTED, contact=EDITED, applied=contact_digest(WANTED)),
    State.DOUBTFUL: msgspec.structs.replace(recorded(Status.DRIFTED, applied="before"), digest=NOBODY_KNOWS),
    State.GONE: recorded(Status.GONE),
    State.DELETING: recorded(Status.DELETING, since=SINCE),
}


def entry(state: State) -> RecordedContact | None:
    """Returns an entry in a state."""
    return ENTRIES[state]


def states_with(state: State) -> States:
    """Returns a record that holds an entry in a state, and another contact that no event is about."""
    other = record_contact(OTHER, WANTED, contact_id=ContactId("01BOB"))
    mine = entry(state)
    return States({OTHER: other, **({KEY: mine} if mine else {})})


ASKED = fingerprint_of(WANTED)
EVIDENCE: dict[str, tuple[Any, ...]] = {
    "create_sent": (ASKED, SINCE),
    "created": (live(), WANTED, Origin.CREATED),
    "seen_as_asked": (ID, Origin.CREATED),
    "seen_late": (live(), WANTED, Origin.CREATED, ()),
    "seen_kept": (live(LOWERED), WANTED),
    "seen_leaving": (ID, SINCE),
    "delete_sent": (SINCE,),
    "survived": (live(), WANTED, ()),
    "patched": (NEW, live(), WANTED, ("display_name",)),
    "patch_unanswered": (("display_name",),),
    "discovered": (as_found(KEY, live(), WANTED, Origin.ADOPTED),),
    "looked_at": (WANTED,),
    "leaving": (SINCE,),
    "journal_creating": (ASKED, SINCE),
    "journal_replacing": (ASKED, SINCE),
    "orphaned": (ASKED, ID, 0),
}
METHODS = {rule.number: name for rule, name in zip(TABLE, [
    name for name, method in vars(States).items() if hasattr(method, "__wrapped__")
], strict=True)}  # fmt: skip
BEFORE = {"create_refused": "create_sent", "delete_refused": "delete_sent"}


def happen(states: States, number: int) -> Kind | None:
    """Has an event happen to the entry of `KEY`, with evidence that goes with any state."""
    name = METHODS[number]
    told: Kind | None = getattr(states, name)(KEY, *EVIDENCE.get(name, ()))
    return told


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("rule", TABLE, ids=lambda rule: METHODS[rule.number])
def test_an_event_happens_in_the_states_of_its_rule_and_in_no_other(rule: Rule, state: State) -> None:
    states = states_with(state)
    before = states.record
    if state not in rule.before:
        with pytest.raises(ForbiddenChange, match=rf"^Rule {rule.number} \(.*\) does not go with .* {state}\.$") as no:
            happen(states, rule.number)
        assert (no.value.rule, no.value.state) == (rule, state)
        assert states.record == before
    elif METHODS[rule.number] not in BEFORE:
        assert happen(states, rule.number) is rule.tells
        key = NEW if METHODS[rule.number] == "patched" else KEY
        assert state_of(states.get(key)) in (rule.after or {state})
        assert states.get(key) == before.get(KEY) or rule.after
    assert states[OTHER] == before[OTHER]
    assert len(states) - (KEY in states) - (NEW in states) == 1, "no event is about another contact"


def test_a_rule_that_leads_to_a_state_that_it_does_not_name_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "TABLE", [])

    @rules.rule("a creation is taken for a deletion", {State.CREATING}, {State.LIVE}, None)
    def mistaken(_states: States, _key: Key) -> RecordedContact:
        return entry(State.DELETING)

    states = states_with(State.CREATING)
    before = states.record
    with pytest.raises(ForbiddenChange, match=r"^Rule 1 \(a creation is taken for a deletion\) .* deleting\.$"):
        mistaken(states, KEY)
    assert states.record == before


def test_the_table_is_numbered_from_top_to_bottom_and_each_rule_says_why() -> None:
    assert [rule.number for rule in TABLE] == list(range(1, len(TABLE) + 1))
    assert all(rule.why.endswith(".") and rule.event and rule.before for rule in TABLE)
    assert {rule.tells for rule in TABLE} - {None} == {
        Kind.DIFFERENT, Kind.DOUBLED, Kind.FOREIGN, Kind.PENDING, Kind.UNDELETED,
    }  # fmt: skip


def test_every_state_is_reached_by_some_rule_and_left_by_some_rule() -> None:
    for state in set(State) - {State.ABSENT}:
        assert any(state in rule.after for rule in TABLE)
        assert any(state in rule.before and rule.after - {state} for rule in TABLE)


class TestCreation:
    def test_what_is_sent_is_recorded_with_its_time_and_its_fingerprint(self) -> None:
        states = states_with(State.ABSENT)
        states.create_sent(KEY, ASKED, SINCE)
        assert states[KEY] == entry(State.CREATING)

    @pytest.mark.parametrize("state", [State.ABSENT, State.GONE, State.REPLACING])
    def test_a_refused_creation_leaves_what_was_recorded_before(self, state: State) -> None:
        states = states_with(state)
        states.create_sent(KEY, ASKED, SINCE)
        states.create_refused(KEY)
        assert states.get(KEY) == entry(state)

    def test_a_creation_that_was_seen_lives_under_its_id_as_it_was_asked_for(self) -> None:
        for origin in Origin:
            states = states_with(State.CREATING)
            states.seen_as_asked(KEY, ID, origin)
            assert states[KEY] == record_contact(KEY, WANTED, contact_id=ID, origin=origin)

    def test_a_single_creation_is_recorded_as_the_answer_says_that_it_lives(self) -> None:
        for origin in Origin:
            states = states_with(State.CREATING)
            states.created(KEY, live(), WANTED, origin)
            assert states[KEY] == record_contact(KEY, WANTED, contact_id=ID, origin=origin)
        states = states_with(State.CREATING)
        states.created(KEY, live(LOWERED), WANTED, Origin.CREATED)
        assert states[KEY] == entry(State.KEPT)
        states = states_with(State.CREATING)
        states.created(KEY, live(EDITED), WANTED, Origin.ADOPTED)
        assert states[KEY] == msgspec.structs.replace(ENTRIES[State.DRIFTED], origin=Origin.ADOPTED)

    def test_a_creation_that_sinch_keeps_in_its_own_way_is_ours(self) -> None:
        states = states_with(State.CREATING)
        states.seen_kept(KEY, live(LOWERED), WANTED)
        assert states[KEY] == entry(State.KEPT)

    def test_what_was_edited_before_it_appeared_is_recorded_as_it_lives(self) -> None:
        states = states_with(State.CREATING)
        states.seen_late(KEY, live(), EDITED, Origin.CREATED, ())
        drifted = record_contact(KEY, WANTED, contact_id=ID, status=Status.DRIFTED, applied=contact_digest(EDITED))
        assert states[KEY] == drifted

    def test_a_field_that_an_interrupted_run_has_set_is_ours_and_is_to_be_cleared(self) -> None:
        states = states_with(State.CREATING)
        states.seen_late(KEY, live(metadata="gold"), WANTED, Origin.CREATED, ("metadata",))
        assert "metadata" in states[KEY].owned
        assert differing_fields(WANTED, states[KEY].fingerprint) == ("metadata",)

    def test_what_a_journal_has_deleted_is_awaited_by_its_id(self) -> None:
        states = states_with(State.CREATING)
        states.seen_leaving(KEY, ID, SINCE + 5)
        assert states[KEY] == record_contact(KEY, WANTED, contact_id=ID, status=Status.DELETING, since=SINCE + 5)


class TestDeletion:
    @pytest.mark.parametrize("state", [State.LIVE, State.DRIFTED, State.DOUBTFUL, State.DELETING])
    def test_a_refused_deletion_leaves_what_was_recorded_before(self, state: State) -> None:
        states = states_with(state)
        states.delete_sent(KEY, SINCE + 7)
        assert states[KEY] == msgspec.structs.replace(entry(state), status=Status.DELETING, since=SINCE + 7)
        states.delete_refused(KEY)
        assert states[KEY] == entry(state)

    def test_the_second_half_of_a_replacement_is_not_forgotten(self) -> None:
        states = states_with(State.DELETING)
        states.replaced(KEY)
        assert states[KEY] == entry(State.REPLACING)

    def test_what_survived_keeps_its_origin_and_is_compared_with_what_is_declared(self) -> None:
        adopted = record_contact(KEY, WANTED, contact_id=ID, origin=Origin.ADOPTED, status=Status.DELETING, since=SINCE)
        states = States({KEY: adopted})
        states.survived(KEY, live(), WANTED, ())
        assert states[KEY] == record_contact(KEY, WANTED, contact_id=ID, origin=Origin.ADOPTED)

    def test_what_survived_with_a_field_that_is_ours_no_more_is_to_be_cleared_of_it(self) -> None:
        states = states_with(State.DELETING)
        states.survived(KEY, live(metadata="gold"), WANTED, ("metadata",))
        assert differing_fields(WANTED, states[KEY].fingerprint) == ("metadata",)


class TestUpdate:
    def test_a_rename_takes_the_entry_to_its_new_key(self) -> None:
        states = States({KEY: record_contact(KEY, WANTED, contact_id=ID, origin=Origin.ADOPTED)})
        states.patched(KEY, NEW, live(EDITED), EDITED, ("display_name",))
        assert states.record == {NEW: record_contact(NEW, EDITED, contact_id=ID, origin=Origin.ADOPTED)}

    def test_what_sinch_may_keep_so_of_what_was_set_is_kept_differently(self) -> None:
        states = states_with(State.DRIFTED)
        states.patched(KEY, KEY, live(LOWERED), WANTED, ("display_name",))
        assert states[KEY] == entry(State.KEPT)

    def test_what_was_not_set_and_differs_was_changed_by_somebody_else(self) -> None:
        states = states_with(State.LIVE)
        states.patched(KEY, KEY, live(LOWERED), WANTED, ("email",))
        assert state_of(states[KEY]) is State.DRIFTED

    def test_any_difference_that_is_answered_twice_is_kept_differently(self) -> None:
        states = states_with(State.LIVE)
        states.patched(KEY, KEY, live(EDITED), WANTED, ("display_name",))
        assert states[KEY] == entry(State.DRIFTED)
        states.patched(KEY, KEY, live(EDITED), WANTED, ("display_name",))
        assert state_of(states[KEY]) is State.KEPT

    def test_another_difference_than_before_or_from_what_was_asked_for_before_is_not_answered_twice(self) -> None:
        other = msgspec.structs.replace(EDITED, display_name="Another")
        for before, wanted in ((other, WANTED), (EDITED, other)):
            asked = record_contact(KEY, before, contact_id=ID, status=Status.DRIFTED, applied=contact_digest(wanted))
            states = States({KEY: asked})
            states.patched(KEY, KEY, live(EDITED), WANTED, ("display_name",))
            assert states[KEY] == entry(State.DRIFTED)

    def test_after_a_patch_without_an_answer_every_field_that_may_be_ours_is_set_again(self) -> None:
        states = states_with(State.LIVE)
        states.patch_unanswered(KEY, ["channel_identities", "metadata"])
        doubtful = states[KEY]
        assert (doubtful.digest, doubtful.applied, doubtful.id) == (NOBODY_KNOWS, contact_digest(WANTED), ID)
        assert set(differing_fields(WANTED, doubtful.fingerprint)) == {
            "channel_identities", "language", "display_name", "external_id", "metadata",
        }  # fmt: skip

    def test_a_second_doubt_does_not_forget_what_was_applied_last(self) -> None:
        states = states_with(State.DOUBTFUL)
        states.patch_unanswered(KEY, ["metadata"])
        assert states[KEY].applied == "before"


class TestLooking:
    def test_an_equal_contact_is_adopted_and_another_one_drifted(self) -> None:
        assert as_found(KEY, live(), WANTED, Origin.ADOPTED) == record_contact(
            KEY, WANTED, contact_id=ID, origin=Origin.ADOPTED
        )
        assert as_found(KEY, live(EDITED), WANTED, Origin.CREATED) == entry(State.DRIFTED)

    def test_an_adopted_contact_stays_adopted_whatever_it_looks_like(self) -> None:
        adopted = msgspec.structs.replace(ENTRIES[State.DRIFTED], origin=Origin.ADOPTED)
        assert as_found(KEY, live(EDITED), WANTED, Origin.ADOPTED) == adopted
        states = States({KEY: adopted})
        states.looked_at(KEY, EDITED)
        assert states[KEY] == adopted
        states.looked_at(KEY, WANTED)
        assert states[KEY] == msgspec.structs.replace(ENTRIES[State.LIVE], origin=Origin.ADOPTED)

    def test_what_is_kept_differently_stays_so_until_it_changes(self) -> None:
        states = states_with(State.KEPT)
        states.looked_at(KEY, LOWERED, WANTED)
        assert states[KEY] == entry(State.KEPT)
        states.looked_at(KEY, EDITED, WANTED)
        assert states[KEY] == entry(State.DRIFTED)
        states = states_with(State.KEPT)
        states.looked_at(KEY, WANTED, WANTED)
        assert states[KEY] == entry(State.LIVE)

    def test_identities_in_another_order_are_no_difference(self) -> None:
        two = (ChannelIdentity("SMS", "12025550001"), ChannelIdentity("WHATSAPP", "12025550002"))
        wanted = msgspec.structs.replace(WANTED, channel_identities=two)
        found = as_found(KEY, live(wanted, channel_identities=two[::-1]), wanted, Origin.ADOPTED)
        assert (found.status, found.digest) == (Status.LIVE, contact_digest(wanted))

    def test_a_look_compares_with_what_was_applied_last(self) -> None:
        states = states_with(State.DRIFTED)
        states.looked_at(KEY, WANTED)
        assert states[KEY] == record_contact(KEY, WANTED, contact_id=ID)
        states.looked_at(KEY, EDITED)
        assert states[KEY] == entry(State.DRIFTED)

    def test_what_is_declared_by_now_is_no_drift(self) -> None:
        states = states_with(State.LIVE)
        states.looked_at(KEY, EDITED, EDITED)
        assert states[KEY] == record_contact(KEY, EDITED, contact_id=ID)
        states = states_with(State.LIVE)
        states.looked_at(KEY, WANTED, EDITED)
        assert states[KEY] == entry(State.LIVE)

    def test_what_is_gone_keeps_its_fingerprint_so_that_the_plan_can_tell_drift_from_an_edit(self) -> None:
        states = states_with(State.LIVE)
        states.missing(KEY)
        assert states[KEY] == entry(State.GONE)

    def test_what_another_run_or_set_asked_for_is_recorded_with_its_time(self) -> None:
        states = states_with(State.GONE)
        states.leaving(KEY, SINCE)
        assert states[KEY] == entry(State.DELETING)
        asked = fingerprint_of(EDITED)
        creating = record_contact(KEY, EDITED, status=Status.CREATING, since=SINCE + 9)
        for state, event in ((State.GONE, "journal_creating"), (State.LIVE, "journal_replacing")):
            states = states_with(state)
            getattr(states, event)(KEY, asked, SINCE + 9)
            assert states[KEY] == creating

    @pytest.mark.parametrize(("since", "state"), [(0, State.LIVE), (SINCE, State.DELETING)])
    def test_an_orphan_is_ours_and_on_its_way_out_where_a_journal_says_so(self, since: int, state: State) -> None:
        states = states_with(State.ABSENT)
        states.orphaned(KEY, ASKED, ID, since)
        assert states[KEY] == entry(state)


def test_a_record_without_what_was_applied_keeps_all_else() -> None:
    drifted = entry(State.DRIFTED)
    assert drifted
    assert without_applied({KEY: drifted}) == {KEY: msgspec.structs.replace(drifted, applied="")}


def test_reading_the_states_is_reading_a_sorted_record() -> None:
    states = States({OTHER: record_contact(OTHER, WANTED), KEY: record_contact(KEY, WANTED)})
    assert list(states.record) == [KEY, OTHER]
    assert dict(states) == states.record


ENTRY_FIELDS = {"id", "origin", "status", "identities", "since", "applied"}
"""Columns of an entry that no other type of the package has."""

MAY_MAKE_ENTRIES = {
    "states.py": "the table",
    "recorded.py": "what an entry is",
    "record_text.py": "entries are read back from the state",
    "capacity.py": "stand-ins, to see how long their text would be; they are no entries of a record",
}


def makers(path: Path) -> Iterator[tuple[int, str]]:
    """Finds the places that construct an entry, or change one."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        named = {keyword.arg for keyword in node.keywords}
        if called in {"RecordedContact", "record_contact", "record_fingerprint", "_as_creating"} or (
            called in {"replace", "_replace", "force_setattr"} and named & ENTRY_FIELDS
        ):
            yield node.lineno, called


def test_nobody_but_the_table_makes_or_changes_an_entry() -> None:
    package = Path(sinch_contacts.__file__).parent
    # Reports are made of documents, and know nothing of the record.
    found = {path: list(makers(path)) for path in package.rglob("*.py") if "report" not in path.parts}
    places = {path for path, calls in found.items() if calls}
    assert {path.name for path in places} == set(MAY_MAKE_ENTRIES)
    assert {path.parent for path in places} == {package / "core" / "record"}


def test_a_record_is_written_by_the_table_alone() -> None:
    package = Path(sinch_contacts.__file__).parent
    for path in package.rglob("*.py"):
        if path.name == "states.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            targets = node.targets if isinstance(node, ast.Assign | ast.Delete) else []
            for target in targets:
                assert not (
                    isinstance(target, ast.Subscript)
                    and isinstance(target.value, ast.Attribute)
                    and target.value.attr in {"states", "record"}
                ), f"{path}:{target.lineno}"


def test_the_finder_of_makers_finds_them(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(
        "entry = RecordedContact()\nentry = structs.replace(entry, status=1)\nrow = replace(row, fields=())\n"
    )
    assert list(makers(path)) == [(1, "RecordedContact"), (2, "replace")]


def test_field_digests_stand_in_the_entry() -> None:
    found = as_found(KEY, live(), WANTED, Origin.CREATED)
    assert found.fields == field_digests(WANTED)
