import pytest

from emulator.client import BATCH, CONTACTS, KEY, Clock, Emulator, error
from sinch_contacts.emulator.server import running
from sinch_contacts.emulator.settings import EmulatorSettings


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_token_lets_in_for_an_hour(emulator: Emulator) -> None:
    answer = emulator.ask_token().json()
    token = answer.pop("access_token")
    assert answer == {"expires_in": 3600, "scope": "", "token_type": "bearer"}

    assert emulator.call("GET", CONTACTS, auth=None, headers=bearer(token)).status_code == 200
    emulator.clock.pass_by(3599)
    assert emulator.call("DELETE", BATCH, {"contact_ids": ["x"]}, auth=None, headers=bearer(token)).status_code == 200
    emulator.clock.pass_by(1)
    expired = emulator.call("GET", CONTACTS, auth=None, headers=bearer(token))
    assert error(expired) == (401, "UNAUTHENTICATED", "The token is expired.")
    assert expired.headers["www-authenticate"].endswith('error_description="The token is expired"')


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer made-up", "Basic", "Basic %", "Basic /w==", "Basic YTpi", "Digest x"]
)
def test_other_credentials_are_refused_without_a_word_of_expiry(emulator: Emulator, authorization: str) -> None:
    answer = emulator.call("GET", CONTACTS, auth=None, headers={"Authorization": authorization})

    assert error(answer)[:2] == (401, "UNAUTHENTICATED")
    assert "www-authenticate" not in answer.headers


@pytest.mark.parametrize("key", [("emulator", "wrong"), ("wrong", "emulator"), None])
def test_another_key_gets_no_token(emulator: Emulator, key: tuple[str, str] | None) -> None:
    answer = emulator.ask_token(key)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_only_client_credentials_are_granted(emulator: Emulator) -> None:
    answer = emulator.ask_token(grant="password")

    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_thirty_tokens_are_given_at_once_and_ten_more_each_second(emulator: Emulator) -> None:
    assert [emulator.ask_token().status_code for _ in range(31)] == [200] * 30 + [429]
    refused = emulator.ask_token()
    assert error(refused)[1] == "RESOURCE_EXHAUSTED"
    assert "retry-after" not in refused.headers

    emulator.clock.pass_by(1)
    assert [emulator.ask_token().status_code for _ in range(11)] == [200] * 10 + [429]


def test_the_key_and_the_limit_of_a_project_are_settings() -> None:
    clock = Clock()
    settings = EmulatorSettings(key_id="keyId", key_secret="keySecret", requests_per_second=2, now=clock)
    with running(settings) as url:
        emulator = Emulator(url, clock)
        assert emulator.ask_token(KEY).status_code == 401
        key = ("keyId", "keySecret")

        def call(project: str) -> int:
            return emulator.call("GET", f"/v1/projects/{project}/contacts", auth=key).status_code

        assert [call("one") for _ in range(3)] == [200, 200, 429]
        assert call("two") == 200
        clock.pass_by(0.5)
        assert [call("one") for _ in range(2)] == [200, 429]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", CONTACTS),
        ("POST", f"{CONTACTS}/some-id"),
        ("GET", f"{CONTACTS}/some-id:merge"),
        ("POST", f"{CONTACTS}:identityConflicts"),
        ("GET", f"{CONTACTS}:getChannelProfile"),
        ("POST", "/v1/projects/p/apps/a/webhooks"),
        ("OPTIONS", CONTACTS),
        ("GET", "/oauth2/token"),
        ("DELETE", "/oauth2/token"),
    ],
)
def test_methods_that_a_path_does_not_have_are_unimplemented(emulator: Emulator, method: str, path: str) -> None:
    assert error(emulator.call(method, path))[:2] == (501, "UNIMPLEMENTED")


def test_paths_that_nothing_is_behind_are_not_found(emulator: Emulator) -> None:
    assert error(emulator.call("GET", "/v2/projects"))[:2] == (404, "NOT_FOUND")
    assert emulator.stats()["requests"]["other"] == 1
