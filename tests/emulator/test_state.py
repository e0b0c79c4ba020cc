from pathlib import Path

from emulator.client import CONTACTS, PROJECT, Clock, Emulator, error, people, person
from sinch_contacts.emulator.server import running
from sinch_contacts.emulator.settings import EmulatorSettings


def test_a_file_keeps_contacts_pending_work_and_tokens_over_a_restart(tmp_path: Path) -> None:
    clock = Clock()
    settings = EmulatorSettings(database=str(tmp_path / "state.db"), lag=10, now=clock)
    with running(settings) as url:
        emulator = Emulator(url, clock)
        token = emulator.token()
        leaving, _ = emulator.seed(people(2))
        emulator.delete_batch([leaving])
        emulator.create_batch([person(9, external_id="late")])
        emulator.call("POST", f"/v1/projects/{PROJECT}/webhooks", {"app_id": "a", "target": "http://localhost/"})

    with running(settings) as url:
        emulator = Emulator(url, clock)
        answer = emulator.call("GET", CONTACTS, auth=None, headers={"Authorization": f"Bearer {token}"})
        assert sorted(contact["external_id"] for contact in answer.json()["contacts"]) == ["p0", "p1"]
        assert len(emulator.call("GET", f"/v1/projects/{PROJECT}/apps/a/webhooks").json()["webhooks"]) == 1
        clock.pass_by(10)
        assert sorted(emulator.find()) == ["late", "p1"]


def test_calls_and_items_are_counted(emulator: Emulator) -> None:
    created = emulator.create()
    emulator.get(created["id"])
    emulator.get("nobody")
    emulator.page()
    emulator.page(external_id="x")
    emulator.page(channel="SMS", identity="x")
    emulator.patch(created["id"], {"email": ""})
    emulator.call("POST", f"{CONTACTS}/{created['id']}:merge", {"source_id": emulator.create()["id"]})
    emulator.call("DELETE", f"{CONTACTS}/{created['id']}")
    emulator.create_batch(people(3))
    emulator.delete_batch(["x", "y"])
    emulator.call("GET", f"{CONTACTS}:identityConflicts")

    assert emulator.stats() == {
        "requests": {
            "token": 2, "get": 2, "list": 1, "find": 2, "batch_create": 1, "batch_delete": 1, "create": 2,
            "update": 1, "delete": 1, "merge": 1, "other": 1,
        },
        "reads": 5,
        "writes": 7,
        "items": {"batch_create": 3, "batch_delete": 2},
        "statuses": {"200": 14, "404": 1},
    }  # fmt: skip
    emulator.call("POST", "/_emulator/stats/reset")
    after = emulator.stats()
    assert (after["reads"], after["writes"], set(after["requests"].values()), after["statuses"]) == (0, 0, {0}, {})


def test_seeded_contacts_are_there_at_once_and_are_not_counted(emulator: Emulator) -> None:
    ids = emulator.seed(people(1500))

    assert len(set(ids)) == 1500
    assert emulator.get(ids[1499]).json()["external_id"] == "p1499"
    assert emulator.stats()["writes"] == 0


def test_what_cannot_be_seeded_is_refused(emulator: Emulator) -> None:
    path = f"/_emulator/contacts?project_id={PROJECT}"

    assert error(emulator.call("POST", path, {"contacts": [person(), {}]}))[2].startswith("contacts[1]: ")
    assert error(emulator.call("POST", path, {"contacts": 3}))[0] == 400
    assert error(emulator.call("POST", "/_emulator/contacts", {"contacts": []}))[2] == "project_id is required"
    assert emulator.everything() == []


def test_everything_shows_each_contact_with_its_times(emulator: Emulator) -> None:
    (contact_id,) = emulator.seed(people(1))

    times = {"visible_at": emulator.clock(), "gone_at": None}
    assert emulator.everything() == [emulator.get(contact_id).json() | times]


def test_a_reset_forgets_all_but_tokens(emulator: Emulator) -> None:
    token = emulator.token()
    emulator.seed(people(2))
    emulator.faults({"kind": "throttle"})

    emulator.call("POST", "/_emulator/reset")

    answer = emulator.call("GET", CONTACTS, auth=None, headers={"Authorization": f"Bearer {token}"})
    assert answer.json() == {"contacts": [], "next_page_token": ""}
    assert emulator.call("GET", "/_emulator/faults").json() == []
    assert emulator.call("GET", "/_emulator/health").json() == {"status": "ok"}


def test_contacts_that_are_gone_leave_the_file(tmp_path: Path) -> None:
    clock = Clock()
    file = tmp_path / "state.db"
    with running(EmulatorSettings(database=str(file), lag=0, now=clock)) as url:
        emulator = Emulator(url, clock)
        emulator.delete_batch(emulator.seed([person(metadata="departed")]))
        clock.pass_by(1)
        emulator.seed(people(1))
        assert emulator.find() == ["p0"]
        assert len(emulator.everything()) == 1
