"""What Sinch's documents leave open goes both ways."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from emulator.client import BATCH, CONTACTS, PROJECT, Clock, Emulator, error, person, sms
from sinch_contacts.core.contact.channels import APP_SCOPED_CHANNELS, LANGUAGES, PHONE_CHANNELS, SIM_CHANNELS, Channel
from sinch_contacts.emulator import channels
from sinch_contacts.emulator.server import running
from sinch_contacts.emulator.settings import EmulatorSettings

Start = Callable[..., Emulator]
EXISTS = (409, "ALREADY_EXISTS", "A contact with this identity already exists.")


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts emulators with knobs of their own, whose time stands still."""
    with ExitStack() as stack:

        def start(**knobs: Any) -> Emulator:
            clock = Clock()
            return Emulator(stack.enter_context(running(EmulatorSettings(lag=5, now=clock, **knobs))), clock)

        yield start


def unify(emulator: Emulator) -> None:
    body = {"contact_settings": {"unified_contact_id_enabled": True}}
    assert emulator.call("PATCH", f"/v1/projects/{PROJECT}/settings", body).status_code == 200


def test_the_client_and_the_emulator_took_down_the_same_channels_and_languages() -> None:
    assert set(Channel) == channels.CHANNELS
    assert PHONE_CHANNELS == channels.PHONES
    assert set(channels.SIM) == SIM_CHANNELS
    assert APP_SCOPED_CHANNELS == channels.OF_AN_APP
    assert LANGUAGES == channels.LANGUAGES


class TestDuplicates:
    """Two contacts with one number, under Unified Contact ID."""

    def test_both_are_there_by_default(self, start: Start) -> None:
        emulator = start()
        unify(emulator)
        emulator.create()
        emulator.create()
        assert len(emulator.everything()) == 2

    def test_the_second_is_refused(self, start: Start) -> None:
        emulator = start(duplicates="refuse")
        unify(emulator)
        first, second = emulator.create(), emulator.create(channel_identities=[sms("7")])

        assert error(emulator.call("POST", CONTACTS, person(2, channel_identities=[sms("7")]))) == EXISTS
        assert error(emulator.patch(second["id"], {"channel_identities": first["channel_identities"]})) == EXISTS
        assert emulator.patch(second["id"], {"channel_identities": [sms("7")], "email": "a@b.c"}).status_code == 200

    def test_a_batch_passes_the_second_over(self, start: Start) -> None:
        emulator = start(duplicates="refuse")
        unify(emulator)

        assert emulator.create_batch([person(1), person(1), person(2)]).json() == {}

        assert len(emulator.everything()) == 2

    def test_the_second_is_merged_into_the_first(self, start: Start) -> None:
        emulator = start(duplicates="merge")
        unify(emulator)
        first = emulator.create(email="first@example.org")

        second = emulator.create(email="second@example.org", external_id="second")
        emulator.create_batch([person(1, metadata="third")])

        assert second == {**first, "external_id": "second"}
        assert emulator.get(first["id"]).json() == {**second, "metadata": "third"}
        assert len(emulator.everything()) == 1

    def test_without_unified_contact_id_a_number_may_be_there_twice(self, start: Start) -> None:
        emulator = start(duplicates="refuse")
        emulator.create()
        emulator.create()
        assert len(emulator.everything()) == 2


@pytest.mark.parametrize(
    ("unit", "fits", "too_long"),
    [("characters", "😀" * 1024, "a" * 1025), ("utf16", "😀" * 512, "😀" * 513), ("bytes", "é" * 512, "é" * 513)],
)
def test_metadata_is_counted_in(start: Start, unit: str, fits: str, too_long: str) -> None:
    emulator = start(metadata_unit=unit)
    assert emulator.create(metadata=fits)["metadata"] == fits
    refused = error(emulator.call("POST", CONTACTS, person(metadata=too_long)))
    assert refused[2] == f"contact: metadata is longer than 1024 {unit}"


def test_a_plus_may_be_kept(start: Start) -> None:
    emulator = start(plus="keep")
    emulator.create(external_id="x")

    assert emulator.everything()[0]["channel_identities"][0]["identity"] == "+12020000001"
    assert emulator.find(channel="SMS", identity="+12020000001") == ["x"]
    assert emulator.find(channel="SMS", identity=" 12020000001") == ["x"]
    assert emulator.find(channel="SMS", identity="12020000001") == []


@pytest.mark.parametrize("number", ["+", "++", " "])
def test_a_phone_number_has_a_digit(emulator: Emulator, number: str) -> None:
    refused = error(emulator.call("POST", CONTACTS, person(channel_identities=[sms(number)])))
    assert refused == (400, "INVALID_ARGUMENT", "contact.channel_identities[0]: identity is not a phone number")


def test_unknown_fields_may_be_refused(start: Start) -> None:
    body = person(nickname="Bo")
    assert start().call("POST", CONTACTS, body).status_code == 200
    refused = error(start(unknown_fields="refuse").call("POST", CONTACTS, body))
    assert refused == (400, "INVALID_ARGUMENT", "contact: nickname is not a field of a contact")


def test_errors_come_in_three_forms(start: Start) -> None:
    assert start().page(page_size="x").json()["error"]["code"] == 400
    assert start(errors="flat").page(page_size="x").json()["code"] == 400
    problem = start(errors="problem")
    told = problem.page(page_size="x").json()
    assert told.pop("type").endswith("/errors/registry/validation-error")
    assert told == {"title": "Validation error", "detail": "page_size is not a whole number of 32 bits"}
    problem.faults({"kind": "deny_batch"})
    assert problem.create_batch([person()]).json()["type"].endswith("/permission-denied")
    unknown = problem.call("GET", CONTACTS, auth=None, headers={"Authorization": "Bearer nonsense"})
    assert unknown.json()["type"].endswith("/invalid-credentials")
    assert problem.call("GET", "/v2").json()["type"].endswith("/not-found")


def test_a_token_may_end_without_the_word_that_the_sdks_look_for(start: Start) -> None:
    emulator = start(errors="problem")
    headers = {"Authorization": f"Bearer {emulator.token()}"}
    emulator.clock.pass_by(4000)

    answer = emulator.call("POST", BATCH, {"contacts": [person()]}, auth=None, headers=headers)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Basic realm="Realm"'
    assert answer.json()["type"].endswith("/access-token-expired")
