"""A plain HTTP client of the emulator: it shares nothing with the package's own."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import requests

PROJECT = "test-project"
CONTACTS = f"/v1/projects/{PROJECT}/contacts"
BATCH = f"/batch/v1/projects/{PROJECT}/contacts"
KEY = ("emulator", "emulator")


class Clock:
    """The emulator's time, which passes only when a test says so."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0

    def __call__(self) -> float:
        return self.time

    def pass_by(self, seconds: float) -> None:
        self.time += seconds


class Emulator:
    """One running emulator.

    Attributes:
        url: Its address.
        clock: Its time.
        session: What calls it.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        self.url = url
        self.clock = clock
        self.session = requests.Session()
        self.session.trust_env = False

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        """Calls with HTTP Basic unless told otherwise, which the Conversation API accepts."""
        options.setdefault("auth", KEY)
        headers = {"Content-Type": "application/json", **options.pop("headers", {})}
        return self.session.request(method, self.url + path, json=body, timeout=10, headers=headers, **options)

    def token(self) -> str:
        answer = self.ask_token()
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def ask_token(self, key: tuple[str, str] | None = KEY, grant: str = "client_credentials") -> requests.Response:
        return self.session.post(f"{self.url}/oauth2/token", data={"grant_type": grant}, auth=key, timeout=10)

    def batch(self, method: str, body: Any) -> requests.Response:
        """Calls the Batch API with a fresh token."""
        return self.call(method, BATCH, body, auth=None, headers={"Authorization": f"Bearer {self.token()}"})

    def create_batch(self, contacts: Sequence[Mapping[str, Any]]) -> requests.Response:
        return self.batch("POST", {"contacts": list(contacts)})

    def delete_batch(self, ids: Sequence[str]) -> requests.Response:
        return self.batch("DELETE", {"contact_ids": list(ids)})

    def create(self, **fields: Any) -> dict[str, Any]:
        answer = self.call("POST", CONTACTS, person(**fields))
        assert answer.status_code == 200, answer.text
        created: dict[str, Any] = answer.json()
        return created

    def get(self, contact_id: str) -> requests.Response:
        return self.call("GET", f"{CONTACTS}/{contact_id}")

    def patch(self, contact_id: str, body: Any, mask: str | None = None) -> requests.Response:
        return self.call("PATCH", f"{CONTACTS}/{contact_id}", body, params={"update_mask": mask} if mask else None)

    def page(self, **query: Any) -> requests.Response:
        return self.call("GET", CONTACTS, params=query)

    def find(self, **query: Any) -> list[str]:
        """Returns the external ids of all contacts that a list finds, page by page."""
        return [contact["external_id"] for page in self.pages(**query) for contact in page]

    def pages(self, **query: Any) -> Iterator[list[dict[str, Any]]]:
        token = ""
        while True:
            answer = self.page(**query, page_token=token)
            assert answer.status_code == 200, answer.text
            yield answer.json()["contacts"]
            if not (token := answer.json()["next_page_token"]):
                return

    def seed(self, contacts: Sequence[Mapping[str, Any]]) -> list[str]:
        answer = self.call("POST", f"/_emulator/contacts?project_id={PROJECT}", {"contacts": list(contacts)})
        assert answer.status_code == 200, answer.text
        ids: list[str] = answer.json()["ids"]
        return ids

    def everything(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("GET", f"/_emulator/contacts?project_id={PROJECT}").json()["contacts"]
        return found

    def faults(self, *rules: Mapping[str, Any]) -> requests.Response:
        return self.call("PUT", "/_emulator/faults", list(rules))

    def stats(self) -> dict[str, Any]:
        stats: dict[str, Any] = self.call("GET", "/_emulator/stats").json()
        return stats


def sms(number: str) -> dict[str, str]:
    return {"channel": "SMS", "identity": number}


def person(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {"channel_identities": [sms(f"+1202{number:07d}")], "language": "EN_US", **fields}


def people(count: int) -> list[dict[str, Any]]:
    return [person(number, external_id=f"p{number}") for number in range(count)]


def error(answer: requests.Response) -> tuple[int, str, str]:
    """Returns what a documented, nested error body says."""
    body = answer.json()["error"]
    assert body["code"] == answer.status_code
    assert body["details"] == []
    return body["code"], body["status"], body["message"]
