"""Why something becomes of a contact, or nothing: the rule in words, and what is shown of the contact."""

from typing import Any

import msgspec
import pytest

from core.rows import change, entry, row
from sinch_contacts.core.contact.contact import Contact, ContactId, Key, LiveContact
from sinch_contacts.core.plan.plan import Change, Operation
from sinch_contacts.core.plan.policy import OnChange, OnDelete, Policy
from sinch_contacts.core.record.recorded import NOBODY_KNOWS, Origin, RecordedContact, Status
from sinch_contacts.core.review.explanation import Shown, rule_of, shown_declared, shown_live, shown_recorded

CREATED, ADOPTED, GONE = entry("a"), entry("a", origin=Origin.ADOPTED), entry("a", status=Status.GONE)
CREATING, DELETING = entry("a", status=Status.CREATING, since=7), entry("a", status=Status.DELETING, since=7)

CAREFUL = Policy()


def rule(changed: Change, policy: Policy = CAREFUL, key: str = "a") -> str:
    return rule_of(Key(key), changed.desired, changed.recorded, changed, policy)


class TestRules:
    @pytest.mark.parametrize(
        ("operation", "recorded", "told"),
        [
            (Operation.MAKE_ROOM, CREATED, "its identity is wanted by another contact: it is deleted first."),
            (Operation.CREATE, None, "It is declared and not recorded: it is looked for at Sinch,"),
            (Operation.CREATE, GONE, "somebody else deleted it: it is created again."),
            (Operation.PATCH, CREATED, "on_change is `patch`: the fields that differ are set."),
            (Operation.PATCH, ADOPTED, "adopted contacts are always patched, never replaced."),
            (Operation.REPLACE, CREATED, "on_change is `replace`: it is deleted and created again."),
            (Operation.AWAIT, CREATING, "it is waited for, and not sent again before the settling time is over."),
            (
                Operation.AWAIT,
                DELETING,
                "asked for its deletion: it is waited for until it is gone, and created again.",
            ),
            (Operation.WITHDRAW, CREATING, "It left the set before it was seen: it is waited for, and deleted"),
            (
                Operation.DELETE,
                CREATED,
                "It left the set, and we created it (or delete_adopted is set): it is deleted.",
            ),
            (Operation.FORGET, ADOPTED, "was adopted, not created: it is forgotten, and stays at Sinch."),
            (Operation.DELETE, GONE, "was not there when it was looked at: it is deleted, since a view may lag."),
        ],
    )
    def test_each_operation_tells_why(self, operation: Operation, recorded: RecordedContact | None, told: str) -> None:
        assert told in rule(change(operation, "a", recorded=recorded))

    def test_both_keys_of_a_renamed_contact_tell_of_each_other(self) -> None:
        renamed = change(Operation.RENAME, "+12025550101", desired=row("+12025550101"), recorded=entry("old"))
        assert rule(renamed, key="+12025550101") == (
            "It continues a recorded contact with the same identities: it keeps its id."
        )
        assert rule(renamed, key="old") == ("It continues under another key, since its identities are the same: ···01.")

    @pytest.mark.parametrize("recorded", [CREATED, GONE])
    def test_what_is_retained_is_told_as_such(self, recorded: RecordedContact) -> None:
        told = rule(change(Operation.FORGET, "a", recorded=recorded), Policy(on_delete=OnDelete.RETAIN))
        assert "on_delete is `retain`" in told

    def test_an_adopted_contact_is_patched_whatever_the_set_says_of_changing(self) -> None:
        replace = Policy(on_change=OnChange.REPLACE)
        assert "never replaced" in rule(change(Operation.PATCH, "a", recorded=ADOPTED), replace)

    def test_where_nothing_is_done_it_is_as_declared_or_not_ours(self) -> None:
        desired = row("a")
        assert rule_of(Key("a"), desired, CREATED, None, Policy()) == (
            "It is recorded as it is declared: nothing is done."
        )
        for nobody in ((None, None), (desired, None), (None, CREATED)):
            assert rule_of(Key("a"), *nobody, None, Policy()).startswith("It is neither declared nor recorded")


class TestShown:
    def test_a_declared_contact_stands_at_its_line_and_shows_what_it_names(self) -> None:
        desired = row("alice", 7, display_name="Alice", metadata="gold")
        assert shown_declared(desired, reveal=False) == Shown(
            "a.yaml:7",
            {
                "channel_identities": "SMS:···07",
                "language": "EN",
                "display_name": "···",
                "external_id": "alice",
                "metadata": "···",
            },
        )
        assert shown_declared(desired, reveal=True).fields["display_name"] == "Alice"

    def test_a_place_without_a_line_is_a_file(self) -> None:
        assert shown_declared(row("a", 0), reveal=False).where == "a.yaml"

    def test_a_live_contact_goes_by_its_id_and_shows_nothing_that_is_not_set(self) -> None:
        live = LiveContact(ContactId("01ID"), Contact((), "EN", (), "Alice", "", "a", ""))
        assert shown_live(live, reveal=True) == Shown(
            "01ID", {"language": "EN", "display_name": "Alice", "external_id": "a"}
        )

    @pytest.mark.parametrize(
        ("recorded", "words"),
        [
            ({}, "read back as it was declared"),
            ({"status": Status.DRIFTED}, "there, but not as it was asked for"),
            ({"status": Status.DRIFTED, "digest": NOBODY_KNOWS}, "a change of it had no clear answer"),
            ({"status": Status.GONE}, "not there when it was looked at"),
            ({"status": Status.CREATING, "since": 7}, "asked for, and not seen yet"),
            ({"status": Status.CREATING}, "to be created again"),
            ({"status": Status.DELETING, "since": 7}, "its deletion was asked for"),
        ],
    )
    @pytest.mark.parametrize("origin", Origin)
    def test_what_is_recorded_is_told_in_words(self, recorded: dict[str, Any], words: str, origin: Origin) -> None:
        found = shown_recorded(msgspec.structs.replace(entry("a", origin=origin), **recorded))
        assert found.id == "ID-a"
        assert found.owned == ("channel_identities", "language", "external_id")
        assert ("created" in found.origin) == (origin is Origin.CREATED)
        assert words in found.status
