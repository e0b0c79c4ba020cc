from typing import Any

import pytest

from emulator.client import BATCH, CONTACTS, PROJECT, Clock, Emulator, error, people, person
from sinch_contacts.emulator.server import running
from sinch_contacts.emulator.settings import EmulatorSettings


def test_created_contacts_are_nowhere_to_be_seen_before_the_lag_is_over(emulator: Emulator) -> None:
    answer = emulator.create_batch(people(1000))

    assert (answer.status_code, answer.json()) == (200, {})
    pending = emulator.everything()
    assert {contact["visible_at"] for contact in pending} == {emulator.clock() + 5}
    hidden = pending[0]
    emulator.clock.pass_by(4.9)
    assert emulator.get(hidden["id"]).status_code == 404
    assert emulator.patch(hidden["id"], {"email": ""}).status_code == 404
    assert emulator.find() == []
    assert emulator.find(external_id=hidden["external_id"]) == []
    assert emulator.find(channel="SMS", identity=hidden["channel_identities"][0]["identity"]) == []

    emulator.clock.pass_by(0.1)
    assert emulator.get(hidden["id"]).status_code == 200
    assert len(emulator.find(page_size=20)) == 1000


def test_deleted_contacts_stay_until_the_lag_is_over(emulator: Emulator) -> None:
    ids = emulator.seed(people(3))

    assert emulator.delete_batch([ids[0], ids[1], "nobody", ids[0]]).json() == {}

    assert len(emulator.find()) == 3
    assert [contact["gone_at"] for contact in emulator.everything()].count(None) == 1
    emulator.clock.pass_by(5)
    assert emulator.find() == ["p2"]
    assert len(emulator.everything()) == 1


def test_a_contact_that_is_leaving_leaves_at_the_earliest_of_its_ends(emulator: Emulator) -> None:
    (contact_id,) = emulator.seed(people(1))
    emulator.delete_batch([contact_id])
    emulator.clock.pass_by(3)

    emulator.delete_batch([contact_id])

    emulator.clock.pass_by(2)
    assert emulator.find() == []


def test_contacts_of_another_project_are_not_deleted(emulator: Emulator) -> None:
    ids = emulator.seed(people(1))
    token = {"Authorization": f"Bearer {emulator.token()}"}

    emulator.call("DELETE", BATCH.replace(PROJECT, "other"), {"contact_ids": ids}, auth=None, headers=token)

    emulator.clock.pass_by(5)
    assert emulator.find() == ["p0"]


def test_repeating_a_batch_doubles_its_contacts(emulator: Emulator) -> None:
    for _ in range(2):
        emulator.create_batch(people(2))

    emulator.clock.pass_by(5)
    assert sorted(emulator.find()) == ["p0", "p0", "p1", "p1"]


@pytest.mark.parametrize(
    ("contacts", "message"),
    [
        ([], "contacts needs 1 to 1000 items"),
        (people(1001), "contacts needs 1 to 1000 items"),
        (None, "contacts needs 1 to 1000 items"),
        ([person(), 3], "contacts[1]: is not an object"),
        ([person(), person(language="XX")], "contacts[1]: language is not a known language"),
        (
            [person(channel_identities=[{"channel": "LINE", "identity": "x"}])],
            "contacts[0].channel_identities[0]: app_id is required for LINE",
        ),
        ([person(), {"language": "EN"}], "contacts[1]: channel_identities is required"),
        ([person(metadata="x" * 1025)], "contacts[0]: metadata is longer than 1024 characters"),
    ],
)
def test_one_bad_item_rejects_the_whole_batch(emulator: Emulator, contacts: Any, message: str) -> None:
    answer = emulator.batch("POST", {"contacts": contacts})

    assert error(answer) == (400, "INVALID_ARGUMENT", message)
    assert emulator.everything() == []


@pytest.mark.parametrize("ids", [[], ["x"] * 1001, "x", [1], None])
def test_deletions_name_1_to_1000_ids(emulator: Emulator, ids: Any) -> None:
    assert error(emulator.batch("DELETE", {"contact_ids": ids}))[:2] == (400, "INVALID_ARGUMENT")


def test_bad_items_may_be_dropped_without_a_word_and_answers_may_be_empty() -> None:
    clock = Clock()
    with running(EmulatorSettings(bad_items="drop", batch_answer="nothing", now=clock)) as url:
        emulator = Emulator(url, clock)
        answer = emulator.create_batch([person(1, external_id="a"), person(language="XX")])

        assert (answer.status_code, answer.content) == (200, b"")
        clock.pass_by(1)
        assert emulator.find() == ["a"]


def test_the_batch_api_takes_no_basic_authentication(emulator: Emulator) -> None:
    assert error(emulator.call("POST", BATCH, {"contacts": people(1)}))[:2] == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT"])
def test_the_batch_api_has_two_methods(emulator: Emulator, method: str) -> None:
    assert error(emulator.batch(method, None))[:2] == (501, "UNIMPLEMENTED")


class TestUnifiedContactId:
    settings = f"/v1/projects/{PROJECT}/settings"
    on = {"contact_settings": {"unified_contact_id_enabled": True}}  # noqa: RUF012  # never changed

    def channels(self, contact: dict[str, Any]) -> list[str]:
        assert len({identity["identity"] for identity in contact["channel_identities"]}) == 1
        return [identity["channel"] for identity in contact["channel_identities"]]

    def test_the_setting_is_off_until_it_is_switched_on(self, emulator: Emulator) -> None:
        def shown(enabled: object) -> object:
            settings = {"contact_settings": {"unified_contact_id_enabled": enabled}}
            return {"project_id": PROJECT, "settings": settings}

        assert emulator.call("GET", self.settings).json() == shown(enabled=False)
        assert emulator.call("POST", self.settings, self.on).json() == shown(enabled=True)
        assert emulator.call("GET", self.settings).json() == shown(enabled=True)
        assert emulator.call("DELETE", self.settings).json() == {}
        assert emulator.call("PATCH", self.settings, {}).status_code == 400
        assert emulator.call("GET", self.settings).json() == shown(enabled=False)

    def test_a_number_is_appended_on_the_other_sim_channels(self, emulator: Emulator) -> None:
        emulator.call("PATCH", self.settings, self.on)
        created = emulator.create()
        emulator.create_batch([person(2)])
        emulator.clock.pass_by(5)

        assert self.channels(created) == ["SMS", "MMS", "RCS"]
        (batched,) = emulator.page(channel="RCS", identity="12020000002").json()["contacts"]
        assert self.channels(batched) == ["SMS", "MMS", "RCS"]
        rcs = [{"channel": "WHATSAPP", "identity": "1"}, {"channel": "RCS", "identity": "1"}]
        patched = emulator.patch(created["id"], {"channel_identities": rcs}).json()
        assert self.channels(patched) == ["WHATSAPP", "RCS", "SMS", "MMS"]

    def test_conflicts_have_to_be_resolved_first(self, emulator: Emulator) -> None:
        twice = [emulator.create()["id"], emulator.create()["id"]]

        assert error(emulator.call("PATCH", self.settings, self.on))[:2] == (400, "FAILED_PRECONDITION")
        emulator.call("DELETE", f"{CONTACTS}/{twice[0]}")
        assert emulator.call("PATCH", self.settings, self.on).status_code == 200
