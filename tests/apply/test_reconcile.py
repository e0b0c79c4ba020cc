"""Every row of the table of reconciliation, against the emulator, without waiting."""

from collections import Counter
from collections.abc import Callable

import pytest

from apply.conftest import TARGET, Set, VirtualClock
from outside import Sinch, people, person, reads, writes
from sinch_contacts.apply.conflicts import Conflict, Doubled
from sinch_contacts.core.plan.policy import OnChange, OnConflict, OnDelete
from sinch_contacts.core.record.problem import Kind
from sinch_contacts.core.record.recorded import Origin, Status


def keys(contacts: dict[str, object]) -> set[str]:
    return set(contacts)


class TestCreation:
    def test_absent_contacts_are_created_in_one_batch_and_read_back(self, friends: Set, sinch: Sinch) -> None:
        outcome = friends.up(people(45))

        assert outcome.incomplete is None
        assert outcome.done == 45
        calls = sinch.calls()
        assert writes(calls) == {"batch_create": 1}
        assert reads(calls) <= 3 + 1 + 10
        there = sinch.by_external_id()
        assert {key: entry.id for key, entry in friends.record.items()} == {
            key: contact["id"] for key, contact in there.items()
        }
        assert {(entry.status, entry.origin) for entry in friends.record.values()} == {(Status.LIVE, Origin.CREATED)}

    def test_a_second_run_calls_nothing(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(45))
        sinch.calls()
        assert friends.up(people(45)).done == 0
        assert sinch.calls() == {}

    def test_contacts_without_an_external_id_are_found_by_their_identity(self, friends: Set, sinch: Sinch) -> None:
        friends.record = {}
        rows = [person(number) for number in range(3)]
        for _ in range(2):
            outcome = friends.up({})
        assert outcome.done == 0
        sinch.seed(rows)
        found = friends.api.find_by_identity(friends.rows({"a": person(1)})[0].contact.channel_identities[0])
        assert [live.contact.external_id for live in found] == [""]

    def test_equal_contacts_are_adopted_without_a_write(self, friends: Set, sinch: Sinch) -> None:
        sinch.seed([{**contact, "external_id": key} for key, contact in people(10).items()])

        outcome = friends.up(people(12))

        assert outcome.incomplete is None
        assert writes(sinch.calls()) == {"batch_create": 1}
        origins = [entry.origin for entry in friends.record.values()]
        assert (origins.count(Origin.ADOPTED), origins.count(Origin.CREATED)) == (10, 2)

    def test_adoption_looks_past_what_the_server_adds_by_itself(self, friends: Set, sinch: Sinch) -> None:
        twins = [{"channel": channel, "identity": "12020000001"} for channel in ("SMS", "MMS", "RCS")]
        sinch.seed([{**person(1), "channel_identities": twins, "external_id": "a", "email": "other@example.com"}])
        friends.up({"a": person(1)})
        assert writes(sinch.calls()) == {}

    def test_what_carries_the_sets_own_prefix_was_created_by_us(self, friends: Set, sinch: Sinch) -> None:
        friends.prefix = "qa-"
        sinch.seed([{**person(1), "external_id": "qa-alice"}])
        friends.up({"alice": person(1)})
        assert friends.record["alice"].origin is Origin.CREATED

    def test_a_contact_that_differs_stops_everything(self, friends: Set, sinch: Sinch) -> None:
        sinch.seed([{**person(1, display_name="Else"), "external_id": "person-00001"}])

        with pytest.raises(Conflict) as refused:
            friends.up(people(5))

        assert [(change.key, change.fields) for change in refused.value.changes] == [
            ("person-00001", ("display_name",))
        ]
        assert writes(sinch.calls()) == {}
        assert friends.record == {}

    def test_a_contact_that_differs_is_patched_where_adoption_is_wanted(self, friends: Set, sinch: Sinch) -> None:
        sinch.seed([{**person(1, display_name="Else"), "external_id": "person-00001"}])

        outcome = friends.up(people(1), on_conflict=OnConflict.ADOPT)

        assert outcome.incomplete is None
        assert writes(sinch.calls()) == {"update": 1}
        assert friends.record["person-00001"].origin is Origin.ADOPTED

    def test_a_contact_that_is_there_twice_is_refused_and_named(self, friends: Set, sinch: Sinch) -> None:
        sinch.seed([{**person(1), "external_id": "person-00001"}] * 2)

        with pytest.raises(Doubled) as refused:
            friends.up(people(2))

        assert refused.value.keys == ("person-00001",)
        assert all(contact["id"] in str(refused.value) for contact in sinch.contacts())
        assert writes(sinch.calls()) == {}

    def test_in_a_large_foreign_project_contacts_are_looked_up_instead_of_scanned(
        self, friends: Set, sinch: Sinch
    ) -> None:
        sinch.seed([{**person(5000 + number), "external_id": f"other-{number}"} for number in range(2000)])

        outcome = friends.up(people(10))

        assert outcome.incomplete is None
        calls = sinch.calls()
        assert calls["list"] <= 3
        assert calls["find"] <= 10 + 10 + 6


class TestRejection:
    @pytest.mark.parametrize("bad", [[0], [999], [500], [3, 400, 998], [0, 1, 2]])
    def test_bad_rows_are_found_and_the_good_ones_go_through(self, friends: Set, sinch: Sinch, bad: list[int]) -> None:
        contacts = people(1000)
        names = sorted(contacts)
        sinch.faults(
            *({"kind": "reject_item", "operation": "batch_create", "match": names[row], "times": None} for row in bad)
        )

        outcome = friends.up(contacts)

        assert outcome.incomplete
        assert [(problem.kind, problem.key) for problem in outcome.incomplete.problems] == [
            (Kind.REJECTED, names[row]) for row in bad
        ]
        assert sinch.calls()["batch_create"] <= 40
        assert len(sinch.contacts()) == 1000 - len(bad)
        sinch.faults()
        assert friends.up(contacts).incomplete is None
        assert writes(sinch.calls()) == {"batch_create": 1}

    def test_without_batch_permission_contacts_go_one_by_one(self, friends: Set, sinch: Sinch) -> None:
        sinch.faults(
            {"kind": "deny_batch", "operation": "batch_create", "times": None},
            {"kind": "deny_batch", "operation": "batch_delete", "times": None, "shape": "flat"},
        )
        assert friends.up(people(5)).incomplete is None
        assert writes(sinch.calls()) == {"batch_create": 1, "create": 5}
        assert friends.up({}).incomplete is None
        assert writes(sinch.calls()) == {"delete": 5}

    def test_what_was_not_attempted_is_told_and_what_was_accepted_is_recorded(self, friends: Set, sinch: Sinch) -> None:
        sinch.faults({"kind": "throttle", "operation": "batch_create", "after": 1, "times": None})

        outcome = friends.up(people(2500))

        assert outcome.incomplete
        assert [problem.kind for problem in outcome.incomplete.problems] == [Kind.NOT_ATTEMPTED] * 1500
        assert len(friends.record) == 1000
        assert "429" in str(outcome.incomplete)
        sinch.faults()
        assert friends.up(people(2500)).incomplete is None
        assert len(sinch.by_external_id()) == 2500


class TestUncertainty:
    def test_a_lost_answer_is_settled_by_reading_back(self, friends: Set, sinch: Sinch) -> None:
        sinch.faults({"kind": "lose_response", "operation": "batch_create"})
        assert friends.up(people(50)).incomplete is None
        assert writes(sinch.calls()) == {"batch_create": 1}
        assert len(sinch.by_external_id()) == 50

    def test_a_batch_that_was_lost_before_it_was_applied_is_sent_again_after_the_settling_time_and_not_before(
        self, friends: Set, sinch: Sinch, clock: VirtualClock
    ) -> None:
        started = clock.now()
        sinch.faults({"kind": "error_before", "operation": "batch_create"})
        assert friends.up(people(5)).incomplete is None
        assert writes(sinch.calls()) == {"batch_create": 2}
        assert 600 <= clock.now() - started < 620
        assert len(sinch.by_external_id()) == 5

    def test_after_two_batches_without_an_answer_nothing_more_is_sent(self, friends: Set, sinch: Sinch) -> None:
        sinch.faults({"kind": "error_before", "operation": "batch_create", "times": None})
        outcome = friends.up(people(3500))
        assert outcome.incomplete
        assert Counter(problem.kind for problem in outcome.incomplete.problems) == {
            Kind.PENDING: 2000,
            Kind.NOT_ATTEMPTED: 1500,
        }
        assert writes(sinch.calls()) == {"batch_create": 2}
        sinch.faults()
        assert friends.up(people(3500)).incomplete is None
        assert writes(sinch.calls()) == {"batch_create": 4}
        assert len(sinch.by_external_id()) == 3500

    def test_a_silently_dropped_row_is_found_by_reading_back(self, friends: Set, sinch: Sinch) -> None:
        sinch.faults({"kind": "drop_item", "operation": "batch_create", "match": "person-00031"})
        outcome = friends.up(people(50))
        assert outcome.incomplete
        assert [(problem.key, problem.kind) for problem in outcome.incomplete.problems] == [
            ("person-00031", Kind.PENDING)
        ]
        assert sum(entry.status is Status.LIVE for entry in friends.record.values()) == 49

    def test_rows_that_become_visible_late_and_out_of_order_are_all_confirmed(self, friends: Set, sinch: Sinch) -> None:
        sinch.faults(
            *(
                {"kind": "delay", "operation": "batch_create", "match": f"person-000{row}", "seconds": seconds}
                for row, seconds in (("50", 20), ("01", 10), ("25", 5))
            )
        )
        assert friends.up(people(50)).incomplete is None
        assert writes(sinch.calls()) == {"batch_create": 1}

    def test_what_was_edited_while_pending_is_patched_when_it_appears(self, friends: Set, sinch: Sinch) -> None:
        sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 200})
        assert friends.up(people(1)).incomplete
        edited = {"person-00001": person(1, display_name="Edited")}
        assert friends.up(edited).incomplete is None
        assert sinch.contacts()[0]["display_name"] == "Edited"
        assert writes(sinch.calls()) == {"batch_create": 1, "update": 1}

    def test_what_was_removed_while_pending_is_deleted_when_it_appears(self, friends: Set, sinch: Sinch) -> None:
        sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 200})
        friends.up(people(1))
        assert friends.up({}).incomplete is None
        assert friends.record == {}
        assert sinch.contacts() == []

    def test_what_was_removed_while_pending_stays_where_contacts_are_retained(self, friends: Set, sinch: Sinch) -> None:
        sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 200})
        friends.up(people(1))
        assert friends.up({}, on_delete=OnDelete.RETAIN).incomplete is None
        assert friends.record == {}
        assert len(sinch.contacts()) == 1

    def test_what_was_removed_while_pending_is_forgotten_when_it_never_appears(
        self, friends: Set, sinch: Sinch, clock: VirtualClock
    ) -> None:
        sinch.faults({"kind": "drop_item", "operation": "batch_create"})
        friends.up(people(1))
        clock.sleep(600)
        assert friends.up({}).incomplete is None
        assert friends.record == {}


class TestChange:
    def test_a_changed_field_is_patched_alone(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(3))
        contacts = people(3)
        contacts["person-00002"]["email"] = "new@example.com"
        sinch.patch(sinch.by_external_id()["person-00002"]["id"], {"metadata": "not ours"})
        sinch.calls()

        assert friends.up(contacts).incomplete is None

        assert sinch.calls() == {"update": 1}
        changed = sinch.by_external_id()["person-00002"]
        assert (changed["email"], changed["metadata"]) == ("new@example.com", "not ours")

    def test_a_field_that_is_no_longer_named_is_cleared(self, friends: Set, sinch: Sinch) -> None:
        friends.up({"a": person(1, email="a@example.com", channel_priority=["SMS"])})
        friends.up({"a": person(1)})
        contact = sinch.contacts()[0]
        assert (contact["email"], contact["channel_priority"]) == ("", [])

    def test_a_changed_key_is_a_rename(self, friends: Set, sinch: Sinch) -> None:
        friends.up({"a": person(1)})
        before = friends.record["a"].id
        friends.up({"b": person(1, display_name="New")})
        assert [(contact["id"], contact["external_id"], contact["display_name"]) for contact in sinch.contacts()] == [
            (before, "b", "New")
        ]
        assert set(friends.record) == {"b"}

    def test_a_replacement_is_deleted_seen_gone_and_created_again(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(3))
        old = friends.record["person-00001"].id
        contacts = people(3)
        contacts["person-00001"]["display_name"] = "New"
        sinch.calls()

        assert friends.up(contacts, on_change=OnChange.REPLACE).incomplete is None

        assert writes(sinch.calls()) == {"batch_delete": 1, "batch_create": 1}
        assert friends.record["person-00001"].id != old
        assert sinch.by_external_id()["person-00001"]["display_name"] == "New"

    def test_a_replacement_whose_creation_is_refused_is_created_by_the_next_run(
        self, friends: Set, sinch: Sinch
    ) -> None:
        friends.up(people(3))
        contacts = people(3)
        contacts["person-00001"]["display_name"] = "New"
        sinch.faults({"kind": "reject_batch", "operation": "batch_create", "times": None})
        assert friends.up(contacts, on_change=OnChange.REPLACE).incomplete
        assert "person-00001" in friends.record
        sinch.faults()
        assert friends.up(contacts, on_change=OnChange.REPLACE).incomplete is None
        assert keys(sinch.by_external_id()) == keys(contacts)

    def test_a_contact_that_somebody_deleted_meanwhile_is_created_again(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(2))
        sinch.delete(friends.record["person-00001"].id)
        contacts = people(2)
        contacts["person-00001"]["display_name"] = "New"
        assert friends.up(contacts).incomplete is None
        assert sinch.by_external_id()["person-00001"]["display_name"] == "New"

    def test_a_failed_update_is_told_and_tried_again(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(2))
        contacts = {key: {**contact, "display_name": "New"} for key, contact in people(2).items()}
        sinch.faults({"kind": "error_before", "operation": "update", "times": None, "status": 400})
        outcome = friends.up(contacts)
        assert outcome.incomplete
        assert {problem.kind for problem in outcome.incomplete.problems} == {Kind.REJECTED}
        sinch.faults()
        assert friends.up(contacts).incomplete is None
        assert {contact["display_name"] for contact in sinch.contacts()} == {"New"}

    def test_an_update_that_fails_for_good_ends_the_work_and_deletes_nothing(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(3))
        contacts = {"person-00001": person(1, display_name="New")}
        sinch.faults({"kind": "throttle", "operation": "update", "times": None})
        outcome = friends.up(contacts)
        assert outcome.incomplete
        assert "429" in outcome.incomplete.message
        assert len(sinch.contacts()) == 3

    def test_an_identity_that_moves_is_free_before_it_is_used_again(self, friends: Set, sinch: Sinch) -> None:
        friends.up({"a": person(1), "b": person(2)})
        both = [*person(2)["channel_identities"], *person(1)["channel_identities"]]
        sinch.calls()
        outcome = friends.up(
            {
                "b": person(2),
                "c": {**person(9), "channel_identities": [*both[1:], {"channel": "TELEGRAM", "identity": "c"}]},
            }
        )
        assert outcome.incomplete is None
        assert writes(sinch.calls()) == {"batch_delete": 1, "batch_create": 1}
        assert keys(sinch.by_external_id()) == {"b", "c"}


class TestLeaving:
    def test_created_contacts_are_deleted_and_seen_gone(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(30))
        sinch.calls()
        assert friends.up(people(10)).incomplete is None
        assert writes(sinch.calls()) == {"batch_delete": 1}
        assert keys(sinch.by_external_id()) == keys(people(10))

    def test_adopted_contacts_are_forgotten(self, friends: Set, sinch: Sinch) -> None:
        sinch.seed([{**person(1), "external_id": "person-00001"}])
        friends.up(people(2))
        friends.up({})
        assert friends.record == {}
        assert keys(sinch.by_external_id()) == {"person-00001"}

    def test_adopted_contacts_are_deleted_where_that_is_wanted(self, friends: Set, sinch: Sinch) -> None:
        sinch.seed([{**person(1), "external_id": "person-00001"}])
        friends.up(people(1))
        friends.up({}, delete_adopted=True)
        assert sinch.contacts() == []

    def test_retained_contacts_are_forgotten(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(3))
        friends.up({}, on_delete=OnDelete.RETAIN)
        assert friends.record == {}
        assert len(sinch.contacts()) == 3

    def test_a_deletion_that_is_silently_dropped_stays_recorded_and_is_told(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(3))
        kept = friends.record["person-00002"].id
        sinch.faults({"kind": "drop_item", "operation": "batch_delete", "match": kept})
        outcome = friends.up({})
        assert outcome.incomplete
        assert [(problem.key, problem.kind) for problem in outcome.incomplete.problems] == [
            ("person-00002", Kind.UNDELETED)
        ]
        assert set(friends.record) == {"person-00002"}
        assert friends.up({}).incomplete is None
        assert sinch.contacts() == []

    @pytest.mark.parametrize("kind", ["lose_response", "error_after", "reject_batch"])
    def test_a_deletion_without_an_answer_is_settled_by_reading_back(
        self, friends: Set, sinch: Sinch, kind: str
    ) -> None:
        friends.up(people(3))
        sinch.faults({"kind": kind, "operation": "batch_delete"})
        assert friends.up({}).incomplete is None
        assert sinch.contacts() == []

    def test_destroy_leaves_foreign_contacts_alone_and_can_be_repeated(self, friends: Set, sinch: Sinch) -> None:
        sinch.seed([{**person(99), "external_id": "foreign"}])
        friends.up(people(5))
        before = friends.record
        assert friends.destroy().incomplete is None
        friends.record = before
        assert friends.destroy().incomplete is None
        assert keys(sinch.by_external_id()) == {"foreign"}


class TestSeveralSets:
    def test_a_set_does_not_delete_what_another_has_claimed(self, make_set: Callable[..., Set], sinch: Sinch) -> None:
        first, second = make_set(), make_set()
        second.urn = "urn:pulumi:test::scratch::sinch:ContactSet::second"
        first.up(people(3))
        first.claims = second.claims
        first.claims.remember_origins(TARGET, first.record)
        second.reconcile({"person-00003": person(3)})
        first.reconcile(people(2))

        assert keys(sinch.by_external_id()) == keys(people(3))
        assert second.record["person-00003"].origin is Origin.CREATED, "the state of the first set proves it"

    def test_what_another_set_deletes_is_created_anew_once_it_is_gone(
        self, make_set: Callable[..., Set], sinch: Sinch
    ) -> None:
        first, second = make_set(confirm_timeout=5), make_set()
        second.urn = "urn:pulumi:test::scratch::sinch:ContactSet::second"
        first.up(people(1))
        first.claims = second.claims
        sinch.faults({"kind": "delay", "operation": "batch_delete", "seconds": 10})
        assert first.reconcile({}).incomplete, "its deletion takes longer than it waits"

        assert second.reconcile(people(1)).incomplete is None

        assert [contact["id"] for contact in sinch.contacts()] == [second.record["person-00001"].id]


class TestRefresh:
    def test_drift_is_written_down_and_repaired(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(30))
        there = sinch.by_external_id()
        sinch.patch(there["person-00004"]["id"], {"display_name": "Else", "metadata": "not ours"})
        sinch.delete(there["person-00005"]["id"])
        sinch.calls()

        seen = friends.refresh()

        assert (dict(seen.changed), seen.deleted) == ({"person-00004": ("display_name",)}, ("person-00005",))
        assert writes(sinch.calls()) == {}
        again = friends.refresh()
        assert (dict(again.changed), again.deleted) == ({"person-00004": ()}, ("person-00005",))
        assert friends.up(people(30)).incomplete is None
        assert writes(sinch.calls()) == {"update": 1, "batch_create": 1}
        assert {key: contact["display_name"] for key, contact in sinch.by_external_id().items()} == {
            key: contact["display_name"] for key, contact in people(30).items()
        }
        nothing = friends.refresh()
        assert (dict(nothing.changed), nothing.deleted) == ({}, ())

    def test_drift_that_went_away_is_no_drift(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(1))
        contact_id = friends.record["person-00001"].id
        sinch.patch(contact_id, {"display_name": "Else"})
        friends.refresh()
        sinch.patch(contact_id, {"display_name": "Person 1 Surname"})
        assert dict(friends.refresh().changed) == {}
        assert friends.record["person-00001"].status is Status.LIVE

    def test_without_the_old_inputs_drift_is_seen_by_digests(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(2))
        sinch.patch(friends.record["person-00001"].id, {"display_name": "Else"})
        sinch.delete(friends.record["person-00002"].id)
        friends.declared = {}
        seen = friends.refresh()
        assert (dict(seen.changed), seen.deleted) == ({"person-00001": ()}, ("person-00002",))

    def test_pending_contacts_stay_pending(self, friends: Set, sinch: Sinch) -> None:
        sinch.faults({"kind": "drop_item", "operation": "batch_create"})
        friends.up(people(1))
        assert friends.refresh().deleted == ()
        assert friends.record["person-00001"].status is Status.CREATING


def test_progress_tells_how_far_the_work_is(friends: Set) -> None:
    friends.up(people(25))
    assert friends.told[0] == "looking for 25"
    assert "creating 25 of 25" in friends.told
    assert friends.told[-1].startswith("confirming")
