"""Contacts as Sinch may hold them, though no call could send them."""

from typing import Any

import pytest

from emulator.client import CONTACTS, PROJECT, Emulator, error, person, sms

ODD = [
    {"id": "01FJA8B466Y0R2GNXD78MD9SM1", "channel_identities": [sms("48123456789")], "language": "UNSPECIFIED"},
    {"id": "of-viber", "channel_identities": [{"channel": "VIBER", "identity": "v"}], "external_id": "viber"},
    {"channel_identities": [{"channel": "SINCH_CHAT", "identity": "s"}], "language": "EN", "of_tomorrow": [1]},
    {},
]


def hold(emulator: Emulator, contacts: Any) -> list[str]:
    answer = emulator.call("PUT", f"/_emulator/contacts?project_id={PROJECT}", {"contacts": contacts})
    assert answer.status_code == 200, answer.text
    ids: list[str] = answer.json()["ids"]
    return ids


def test_they_are_shown_just_as_they_are(emulator: Emulator) -> None:
    ids = hold(emulator, ODD)

    assert ids[:2] == ["01FJA8B466Y0R2GNXD78MD9SM1", "of-viber"]
    assert [emulator.get(contact_id).json() for contact_id in ids] == [
        {"id": contact_id, **contact} for contact_id, contact in zip(ids, ODD, strict=True)
    ]
    assert sorted(contact["id"] for page in emulator.pages() for contact in page) == sorted(ids)
    assert emulator.find(external_id="viber") == ["viber"]


def test_they_are_found_changed_merged_and_deleted_like_all(emulator: Emulator) -> None:
    number, viber, *_, nothing = hold(emulator, ODD)

    assert [contact["id"] for contact in emulator.page(channel="SMS", identity="48123456789").json()["contacts"]] == [
        number
    ]
    assert emulator.patch(nothing, {"email": "a@example.org"}).json()["display_name"] == "Unknown"
    assert emulator.patch(number, {"external_id": "new"}).json()["language"] == "UNSPECIFIED"
    merged = emulator.call("POST", f"{CONTACTS}/{number}:merge", {"source_id": viber}).json()
    assert [identity["channel"] for identity in merged["channel_identities"]] == ["SMS", "VIBER"]
    emulator.delete_batch([number, nothing])
    emulator.clock.pass_by(5)
    assert len(emulator.everything()) == 1


def test_one_with_a_known_id_takes_the_place_of_the_other(emulator: Emulator) -> None:
    old = emulator.create(external_id="old")

    assert hold(emulator, [{**person(7), "id": old["id"], "external_id": "new"}]) == [old["id"]]

    assert emulator.find() == ["new"]
    assert emulator.find(external_id="old") == []
    assert emulator.page(channel="SMS", identity="12020000001").json()["contacts"] == []


@pytest.mark.parametrize(
    "contact", ["text", {"id": 1}, {"channel_identities": "SMS"}, {"channel_identities": [{"channel": "SMS"}]}]
)
def test_what_no_list_could_show_is_refused(emulator: Emulator, contact: Any) -> None:
    answer = emulator.call("PUT", f"/_emulator/contacts?project_id={PROJECT}", {"contacts": [contact]})
    assert error(answer)[:2] == (400, "INVALID_ARGUMENT")
