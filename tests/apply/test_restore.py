"""Restoring a bundle: what becomes of each contact, by what lives at Sinch in its place."""

from typing import Any

import pytest

from apply.conftest import TARGET, Set
from apply.endings import die
from machine.inside import Died, Mortal, Nth
from outside import Sinch, person, writes
from sinch_contacts.apply.clock import Interruption
from sinch_contacts.apply.restore import Restoration, restore_bundle, survey_bundle
from sinch_contacts.apply.undo import Bundle, Head, Kept
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, Key
from sinch_contacts.core.record.problem import Kind

HEAD = Head("friends", TARGET.project_id, TARGET.region, 1)
ANN = {"language": "EN_US", "external_id": "ann", "channel_identities": [{"channel": "SMS", "identity": "12020000001"}]}


def deleted(key: str = "ann", number: int = 1, *, replaced: bool = False, name: str = "Old") -> Kept:
    contact = Contact((ChannelIdentity("SMS", f"1202{number:07d}"),), "EN_US", (), name, "", key, "")
    return Kept(Key(key), ContactId(f"OLD-{key}"), contact, replaced=replaced)


def changed(key: str, contact_id: str, **fields: Any) -> Kept:
    contact = Contact((ChannelIdentity("SMS", "12020000001"),), "EN_US", **fields)
    return Kept(Key(key), ContactId(contact_id), contact, tuple(fields))


def restore(friends: Set, *kept: Kept) -> Restoration:
    """Surveys a bundle and restores it; both must say the same."""
    lost = tuple(entry for entry in kept if not entry.fields)
    bundle = Bundle(HEAD, lost, tuple(entry for entry in kept if entry.fields))
    surveyed = survey_bundle(friends.ctx(), bundle, "old.undo.jsonl")
    restored = restore_bundle(friends.ctx(), bundle, "old.undo.jsonl")
    fate = ("created", "there", "changed", "gone")
    assert [getattr(surveyed, name) for name in fate] == [getattr(restored, name) for name in fate]
    return restored


@pytest.mark.parametrize("replaced", [False, True])
class TestADeletedContact:
    def test_that_is_not_there_is_created_as_it_was(self, friends: Set, sinch: Sinch, *, replaced: bool) -> None:
        restored = restore(friends, deleted(replaced=replaced))
        assert (restored.created, restored.incomplete) == (("ann",), None)
        (live,) = sinch.contacts()
        assert live["id"] != "OLD-ann"
        assert (live["external_id"], live["display_name"]) == ("ann", "Old")
        assert writes(sinch.calls()) == {"batch_create": 1}
        assert restore(friends, deleted(replaced=replaced)).there == ("ann",)
        assert writes(sinch.calls()) == {}

    def test_that_is_there_just_as_it_was_is_left_alone(self, friends: Set, sinch: Sinch, *, replaced: bool) -> None:
        sinch.seed([{**ANN, "display_name": "Old"}])
        assert restore(friends, deleted(replaced=replaced)).there == ("ann",)
        assert writes(sinch.calls()) == {}

    def test_that_is_there_twice_is_left_alone(self, friends: Set, sinch: Sinch, *, replaced: bool) -> None:
        sinch.seed([{**ANN, "display_name": name} for name in ("One", "Two")])
        assert restore(friends, deleted(replaced=replaced)).there == ("ann",)
        assert writes(sinch.calls()) == {}


class TestWhatTookAContactsPlace:
    def test_is_left_alone_where_it_is_no_replacement(self, friends: Set, sinch: Sinch) -> None:
        sinch.seed([{**ANN, "display_name": "New", "metadata": "new"}])
        there = sinch.contacts()
        assert restore(friends, deleted()).there == ("ann",)
        assert sinch.contacts() == there

    @pytest.mark.parametrize(
        "fields",
        [
            {"display_name": "New"},
            {"display_name": "Old", "metadata": "new"},
            {"display_name": "Old", "email": "new@example.com", "channel_priority": ["SMS"]},
            {"display_name": "Old", "language": "DE"},
        ],
    )
    def test_loses_what_only_a_replacement_has(self, friends: Set, sinch: Sinch, fields: dict[str, Any]) -> None:
        sinch.seed([{**ANN, **fields}])
        (before,) = sinch.contacts()
        restored = restore(friends, deleted(replaced=True))
        assert (restored.changed, restored.there, restored.incomplete) == (("ann",), (), None)
        was = {"display_name": "Old", "metadata": "", "email": "", "channel_priority": [], "language": "EN_US"}
        assert sinch.contacts() == [{**before, **was}]
        assert writes(sinch.calls()) == {"update": 1}
        assert restore(friends, deleted(replaced=True)).changed == ()

    def test_is_nameless_again_where_the_contact_was(self, friends: Set, sinch: Sinch) -> None:
        sinch.seed([{**ANN, "display_name": "New"}])
        assert restore(friends, deleted(replaced=True, name="Unknown")).incomplete is None
        assert sinch.contacts()[0]["display_name"] == "Unknown"
        assert restore(friends, deleted(replaced=True, name="Unknown")).there == ("ann",)

    def test_keeps_an_external_id_that_the_contact_had_not(self, friends: Set, sinch: Sinch) -> None:
        sinch.seed([{**ANN, "external_id": "crm-1", "display_name": "Old"}])
        contact = Contact((ChannelIdentity("SMS", "12020000001"),), "EN_US", (), "Old", "", "", "")
        kept = Kept(Key("sms:12020000001"), ContactId("OLD"), contact, replaced=True)
        assert restore(friends, kept).there == ("sms:12020000001",)
        assert sinch.contacts()[0]["external_id"] == "crm-1"


class TestAChangedContact:
    def test_gets_the_kept_fields_back_and_no_others(self, friends: Set, sinch: Sinch) -> None:
        sinch.seed([{**ANN, "display_name": "New", "email": "new@example.com", "metadata": "theirs"}])
        (before,) = sinch.contacts()
        restored = restore(friends, changed("ann", before["id"], display_name="Old", email=""))
        assert (restored.changed, restored.incomplete) == (("ann",), None)
        assert sinch.contacts() == [{**before, "display_name": "Old", "email": ""}]

    def test_that_was_deleted_in_the_same_run_comes_back_and_is_told_as_gone(self, friends: Set, sinch: Sinch) -> None:
        restored = restore(friends, changed("ann", "OLD-ann", display_name="Older"), deleted())
        assert (restored.created, restored.gone, restored.changed) == (("ann",), ("ann",), ())
        assert [contact["display_name"] for contact in sinch.contacts()] == ["Old"]

    def test_that_sinch_rejects_is_told_and_the_others_are_set_back(self, friends: Set, sinch: Sinch) -> None:
        sinch.seed([{**person(number), "external_id": f"p{number}"} for number in (1, 2)])
        ids = [contact["id"] for contact in sinch.contacts()]
        sinch.faults({"kind": "error_before", "operation": "update", "status": 400})
        restored = restore(friends, *(changed(f"p{n}", one, display_name="Old") for n, one in enumerate(ids, 1)))
        assert restored.incomplete
        assert [problem.kind for problem in restored.incomplete.problems] == [Kind.REJECTED]
        assert restored.incomplete.done == 1
        assert sorted(contact["display_name"] == "Old" for contact in sinch.contacts()) == [False, True]


def test_where_creations_fail_no_field_is_set_back_yet(friends: Set, sinch: Sinch) -> None:
    sinch.seed([{**person(2), "external_id": "bob"}])
    (bob,) = sinch.contacts()
    sinch.faults({"kind": "error_before", "operation": "batch_create", "status": 400, "times": None})
    kept = deleted(), changed("bob", bob["id"], display_name="Old")
    assert restore(friends, *kept).incomplete
    assert sinch.contacts() == [bob]
    sinch.faults()
    assert restore(friends, *kept).incomplete is None
    assert [contact["display_name"] for contact in sinch.contacts()] == ["Old", "Old"]


def test_where_fields_cannot_be_set_back_what_was_created_is_counted(friends: Set, sinch: Sinch) -> None:
    sinch.seed([{**person(2), "external_id": "bob"}])
    sinch.faults({"kind": "error_before", "operation": "update", "status": 400})
    restored = restore(friends, deleted(), changed("bob", sinch.contacts()[0]["id"], display_name="Old"))
    assert restored.incomplete
    assert restored.incomplete.done == 1
    assert sinch.by_external_id().keys() == {"ann", "bob"}


def test_an_interruption_between_two_fields_is_told_with_what_was_done(friends: Set, sinch: Sinch) -> None:
    sinch.seed([{**person(number), "external_id": f"p{number}"} for number in (1, 2)])
    friends.settings = type(friends.settings)(concurrency=1)
    kept = [changed(one["external_id"], one["id"], display_name="Old") for one in sinch.contacts()]
    api, friends.api = friends.api, Mortal(friends.api, Nth("update"), friends.interruption.ask, applied=True)  # type: ignore[assignment]
    restored = restore(friends, *kept)
    assert restored.incomplete
    assert restored.incomplete.done == 1
    assert [problem.kind for problem in restored.incomplete.problems] == [Kind.NOT_ATTEMPTED]
    assert "The run was interrupted." in restored.incomplete.message
    friends.api, friends.interruption = api, Interruption()
    assert restore(friends, *kept).incomplete is None


def test_a_restore_that_was_cut_off_goes_on_and_leaves_no_copies(friends: Set, sinch: Sinch) -> None:
    kept = [deleted(f"person-{number}", number) for number in range(1, 1501)]
    api, friends.api = friends.api, Mortal(friends.api, Nth("create_batch"), die, applied=True)  # type: ignore[assignment]
    with pytest.raises(Died):
        restore(friends, *kept)
    friends.api = api
    assert writes(sinch.calls()) == {"batch_create": 1}
    assert restore(friends, *kept).incomplete is None
    assert writes(sinch.calls()) == {"batch_create": 1}
    assert len(sinch.by_external_id()) == 1500
    assert [path for path in friends.journals.rglob("*") if path.is_file()] == []
