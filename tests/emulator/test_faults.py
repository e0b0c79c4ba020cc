import time
from collections.abc import Sequence
from typing import Any

import pytest
import requests

from emulator.client import BATCH, CONTACTS, Clock, Emulator, error, people, person
from sinch_contacts.emulator.server import running
from sinch_contacts.emulator.settings import EmulatorSettings


def statuses(emulator: Emulator, calls: int, path: str = CONTACTS) -> list[int]:
    return [emulator.call("GET", path).status_code for _ in range(calls)]


def names(contacts: Sequence[dict[str, Any]]) -> list[str]:
    return sorted(contact["external_id"] for contact in contacts)


class TestRules:
    def test_a_rule_lets_calls_pass_strikes_and_is_used_up(self, emulator: Emulator) -> None:
        emulator.faults({"kind": "error_before", "operation": "list", "after": 1, "times": 2})

        assert emulator.get("nobody").status_code == 404
        assert statuses(emulator, 5) == [200, 503, 503, 200, 200]
        (rule,) = emulator.call("GET", "/_emulator/faults").json()
        assert (rule["kind"], rule["after"], rule["times"]) == ("error_before", 0, 0)

    def test_without_times_a_rule_strikes_once_and_with_null_always(self, emulator: Emulator) -> None:
        emulator.faults({"kind": "error_before", "status": 500}, {"kind": "throttle", "times": None})

        assert statuses(emulator, 4) == [500, 429, 429, 429]
        assert emulator.call("DELETE", "/_emulator/faults").json() == []
        assert statuses(emulator, 1) == [200]

    def test_tokens_are_only_struck_where_they_are_named(self, emulator: Emulator) -> None:
        emulator.faults({"kind": "error_before", "times": None})
        assert emulator.ask_token().status_code == 200

        emulator.faults({"kind": "error_before", "operation": "token"})
        assert emulator.ask_token().status_code == 503

    def test_faults_of_batches_strike_batches_alone(self, emulator: Emulator) -> None:
        emulator.faults({"kind": "deny_batch"})

        assert emulator.create()
        assert emulator.create_batch(people(1)).status_code == 403

    @pytest.mark.parametrize(
        "rule",
        [
            {},
            {"kind": "nonsense"},
            {"kind": "throttle", "operation": "nonsense"},
            {"kind": "throttle", "nonsense": 1},
            {"kind": "throttle", "times": 0},
            {"kind": "throttle", "after": -1},
            {"kind": "error_before", "status": 200},
            {"kind": "throttle", "match": "x"},
            {"kind": "delay"},
        ],
    )
    def test_rules_that_could_have_no_effect_are_refused(self, emulator: Emulator, rule: dict[str, Any]) -> None:
        assert error(emulator.faults(rule))[2].startswith("faults: ")

    def test_faults_may_be_in_force_from_the_start(self) -> None:
        with running(EmulatorSettings(), faults=b'[{"kind": "throttle"}]') as url:
            assert statuses(Emulator(url, Clock()), 2) == [429, 200]


class TestItems:
    def test_a_rejected_item_rejects_its_batch(self, emulator: Emulator) -> None:
        emulator.faults({"kind": "reject_item", "match": "12020000003", "times": None})

        assert error(emulator.create_batch(people(5))) == (
            400, "INVALID_ARGUMENT", "contacts[3]: the item is not valid"
        )  # fmt: skip
        assert emulator.everything() == []
        assert emulator.create_batch(people(3)).status_code == 200
        assert error(emulator.call("POST", CONTACTS, person(3)))[0] == 400
        assert emulator.create()

    def test_a_rejected_id_keeps_all_others_from_being_deleted(self, emulator: Emulator) -> None:
        ids = emulator.seed(people(3))
        emulator.faults({"kind": "reject_item", "operation": "batch_delete", "match": ids[2]})

        assert error(emulator.delete_batch(ids))[2] == "contact_ids[2]: the item is not valid"
        emulator.clock.pass_by(5)
        assert len(emulator.find()) == 3

    def test_names_of_fields_do_not_match(self, emulator: Emulator) -> None:
        emulator.faults({"kind": "reject_item", "match": "language"})

        assert emulator.create_batch(people(1)).status_code == 200

    def test_dropped_items_are_neither_created_nor_deleted(self, emulator: Emulator) -> None:
        emulator.faults({"kind": "drop_item", "match": "p1"}, {"kind": "drop_item", "match": "p2", "after": 1})

        emulator.create_batch(people(3))
        emulator.clock.pass_by(5)
        found = emulator.everything()
        assert names(found) == ["p0", "p2"]
        emulator.delete_batch([contact["id"] for contact in found])
        emulator.clock.pass_by(5)
        assert names(emulator.everything()) == ["p2"]

    def test_delayed_items_come_and_go_later_than_the_rest(self, emulator: Emulator) -> None:
        emulator.faults({"kind": "delay", "match": "p1", "seconds": 60, "times": 2})

        emulator.create_batch(people(3))
        emulator.clock.pass_by(5)
        assert sorted(emulator.find()) == ["p0", "p2"]
        emulator.clock.pass_by(60)
        assert sorted(emulator.find()) == ["p0", "p1", "p2"]
        emulator.delete_batch([contact["id"] for contact in emulator.everything()])
        emulator.clock.pass_by(5)
        assert emulator.find() == ["p1"]
        emulator.clock.pass_by(60)
        assert emulator.find() == []


class TestCalls:
    def test_a_rejected_batch_changes_nothing(self, emulator: Emulator) -> None:
        emulator.faults({"kind": "reject_batch"})

        assert error(emulator.create_batch(people(1)))[:2] == (400, "INVALID_ARGUMENT")
        assert emulator.everything() == []

    @pytest.mark.parametrize("operation", ["batch_create", "create"])
    def test_a_lost_response_is_a_broken_connection_after_the_work_is_done(
        self, emulator: Emulator, operation: str
    ) -> None:
        emulator.faults({"kind": "lose_response", "operation": operation})
        path, body = (BATCH, {"contacts": [person()]}) if operation == "batch_create" else (CONTACTS, person())
        token = {"Authorization": f"Bearer {emulator.token()}"}

        with pytest.raises(requests.RequestException):
            emulator.call("POST", path, body, auth=None, headers=token)

        assert len(emulator.everything()) == 1
        assert emulator.stats()["statuses"]["0"] == 1
        assert emulator.page().status_code == 200

    @pytest.mark.parametrize(("kind", "applied"), [("error_before", 0), ("error_after", 1)])
    def test_a_server_error_comes_before_or_after_the_work(self, emulator: Emulator, kind: str, applied: int) -> None:
        emulator.faults({"kind": kind, "status": 500})

        assert error(emulator.create_batch(people(1))) == (500, "INTERNAL_ERROR", "Internal error.")
        assert len(emulator.everything()) == applied

    def test_an_invalid_call_stays_invalid_under_a_fault_that_strikes_afterwards(self, emulator: Emulator) -> None:
        emulator.faults({"kind": "error_after"})

        assert error(emulator.create_batch([]))[0] == 400

    def test_a_throttled_call_may_be_told_when_to_come_again(self, emulator: Emulator) -> None:
        emulator.faults({"kind": "throttle"}, {"kind": "throttle", "retry_after": 2})

        assert "retry-after" not in emulator.page().headers
        answer = emulator.page()
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")

    def test_latency_comes_on_top_of_another_fault(self, emulator: Emulator) -> None:
        emulator.faults({"kind": "latency", "seconds": 0.1, "times": None}, {"kind": "throttle"})
        start = time.monotonic()

        assert statuses(emulator, 2) == [429, 200]
        assert time.monotonic() - start >= 0.2

    @pytest.mark.parametrize(
        ("kind", "content_type", "start"),
        [("html_error", "text/html", b"<html>"), ("empty_error", None, b"")],
    )
    def test_gateways_answer_in_their_own_way(
        self, emulator: Emulator, kind: str, content_type: str | None, start: bytes
    ) -> None:
        emulator.faults({"kind": kind, "status": 502})

        answer = emulator.page()

        assert answer.status_code == 502
        assert answer.content[: len(start) or None] == start
        assert (answer.headers.get("content-type") or "").startswith(content_type or "")

    def test_an_error_may_be_flat(self, emulator: Emulator) -> None:
        emulator.faults({"kind": "flat_error", "status": 500}, {"kind": "error_before", "shape": "flat"})

        flat = {"message": "Internal error.", "status": "INTERNAL_ERROR", "details": []}
        assert emulator.page().json() == {"code": 500, **flat}
        assert emulator.page().json() == {"code": 503, **flat}

    def test_an_error_speaks_with_its_own_words(self, emulator: Emulator) -> None:
        words = {"code": "ABORTED", "message": "Not now.", "details": [{"@type": "reason"}]}
        emulator.faults({"kind": "error_before", "status": 409, **words}, {"kind": "throttle", "shape": "problem"})

        answer = emulator.page()
        assert answer.json() == {"error": {**words, "code": 409, "status": "ABORTED"}}
        assert emulator.page().json()["type"].endswith("/errors/registry/too-many-requests")

    def test_a_token_that_ends_may_be_told_in_the_form_of_the_registry(self, emulator: Emulator) -> None:
        emulator.faults({"kind": "expire_token", "shape": "problem"})
        headers = {"Authorization": f"Bearer {emulator.token()}"}

        answer = emulator.call("GET", CONTACTS, auth=None, headers=headers)

        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Basic realm="Realm"')

    def test_a_list_may_end_early(self, emulator: Emulator) -> None:
        emulator.seed(people(50))
        emulator.faults({"kind": "cut_off", "after": 1})

        assert [len(page) for page in emulator.pages(page_size=20)] == [20, 20]
        assert [len(page) for page in emulator.pages(page_size=20)] == [20, 20, 10]

    def test_a_fault_comes_back_each_so_manieth_call(self, emulator: Emulator) -> None:
        emulator.faults({"kind": "throttle", "after": 1, "every": 3, "times": 2})

        assert statuses(emulator, 9) == [200, 429, 200, 200, 429, 200, 200, 200, 200]

    def test_a_project_may_be_denied_the_batch_api_in_both_shapes(self, emulator: Emulator) -> None:
        emulator.faults({"kind": "deny_batch"}, {"kind": "deny_batch", "shape": "flat"})

        nested = error(emulator.create_batch(people(1)))
        assert nested[:2] == (403, "PERMISSION_DENIED")
        assert emulator.create_batch(people(1)).json()["message"] == nested[2]

    def test_tokens_may_end_early(self, emulator: Emulator) -> None:
        token = {"Authorization": f"Bearer {emulator.token()}"}
        emulator.faults({"kind": "expire_token"})

        for _ in range(2):
            answer = emulator.call("GET", CONTACTS, auth=None, headers=token)
            assert answer.status_code == 401
            assert "expired" in answer.headers["www-authenticate"]
        assert emulator.create_batch(people(1)).status_code == 200


class TestViews:
    """Lists, look-ups and reads by id need not tell of the same moment, nor of the contact that was asked for."""

    READS = ("get", "list", "find")

    def seen(self, emulator: Emulator, contact_id: str) -> list[bool]:
        found = {"params": {"external_id": "p0"}}
        return [
            emulator.get(contact_id).status_code == 200,
            *(bool(emulator.call("GET", CONTACTS, **more).json()["contacts"]) for more in ({}, found)),
        ]

    @pytest.mark.parametrize("stale", READS)
    def test_each_kind_of_read_lags_by_itself_over_what_appears_and_what_goes(
        self, emulator: Emulator, stale: str
    ) -> None:
        emulator.faults({"kind": "stale", "operation": stale, "seconds": 20, "times": None})
        contact_id = emulator.create(external_id="p0")["id"]
        assert self.seen(emulator, contact_id) == [read != stale for read in self.READS]
        emulator.clock.pass_by(21)
        assert self.seen(emulator, contact_id) == [True, True, True]
        assert emulator.call("DELETE", f"{CONTACTS}/{contact_id}").status_code == 200
        assert self.seen(emulator, contact_id) == [read == stale for read in self.READS]
        emulator.clock.pass_by(21)
        assert self.seen(emulator, contact_id) == [False, False, False]

    def test_a_read_that_lags_says_nothing_to_a_write(self, emulator: Emulator) -> None:
        emulator.faults({"kind": "stale", "seconds": 20, "times": None})
        contact_id = emulator.create(external_id="p0")["id"]
        assert emulator.patch(contact_id, {"language": "FR"}).json()["language"] == "FR"

    def test_an_answer_is_about_another_contact(self, emulator: Emulator) -> None:
        one, other = (emulator.create(number=number)["id"] for number in range(2))
        for operation in ("get", "update"):
            emulator.faults({"kind": "mixed_up", "operation": operation})
            call = emulator.get if operation == "get" else lambda key: emulator.patch(key, {"language": "FR"})
            assert [call(one).json()["id"] for _ in range(2)] == [other, one]
        emulator.faults({"kind": "mixed_up", "operation": "create"})
        assert emulator.create(number=2)["id"] in {one, other}
        assert len(emulator.everything()) == 3

    def test_a_list_is_no_page(self, emulator: Emulator) -> None:
        emulator.faults({"kind": "no_page"})
        assert emulator.call("GET", CONTACTS).json() == {"message": "down for maintenance"}
        assert emulator.call("GET", CONTACTS).json()["contacts"] == []

    @pytest.mark.parametrize(
        "rule",
        [
            {"kind": "stale"},
            {"kind": "stale", "operation": "update", "seconds": 1},
            {"kind": "no_page", "operation": "get"},
        ],
    )
    def test_what_has_no_effect_is_refused(self, emulator: Emulator, rule: dict[str, Any]) -> None:
        assert emulator.call("PUT", "/_emulator/faults", [rule]).status_code == 400
