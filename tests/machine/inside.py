"""The emulator without a socket: requests lead straight into the app, thousands of times a second."""

import asyncio
import io
import json
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPMessage
from typing import Any, Protocol
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from sinch_contacts.api.client import HttpContactsApi
from sinch_contacts.api.credentials import Credentials
from sinch_contacts.api.settings import ApiSettings
from sinch_contacts.core.target import Region, Target
from sinch_contacts.emulator.app import create_app
from sinch_contacts.emulator.settings import EmulatorSettings, Shape

TARGET = Target("project", Region.EU)
ORIGIN = "http://127.0.0.1:1"
_CONTACTS = f"/_emulator/contacts?project_id={TARGET.project_id}"


class InsideAdapter(BaseAdapter):
    """Carries requests into an ASGI app; an answer that ends too early is a broken connection."""

    def __init__(self, app: Any) -> None:
        super().__init__()
        self._app = app
        self._loop = asyncio.new_event_loop()

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        status, headers, body = self.exchange(
            request.method or "GET", request.url or "", dict(request.headers), _bytes(request.body)
        )
        expected = int(headers.get("content-length", len(body)))
        if len(body) < expected:
            raise requests.exceptions.ConnectionError("the connection broke off")
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = status, request.url or "", request
        answer.headers.update(headers)
        answer.raw = HTTPResponse(io.BytesIO(body), preload_content=False, original_response=_Original())
        return answer

    def exchange(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(url)
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(parts.path),
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
            "server": ("127.0.0.1", 1),
            "client": ("127.0.0.1", 2),
        }
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        self._loop.run_until_complete(self._app(scope, receive, send))
        head = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], head, b"".join(message.get("body", b"") for message in sent[1:])

    def close(self) -> None:
        self._loop.close()


class _Original:
    """What requests looks for cookies in."""

    msg = HTTPMessage()

    def isclosed(self) -> bool:
        return True


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else body or b""


class Inside:
    """An emulator in this very thread, with its time and its client."""

    def __init__(self, lag: float, errors: Shape = "nested") -> None:
        self.time = 1_800_000_000.0
        self.settings = EmulatorSettings(
            lag=lag,
            now=lambda: self.time,
            token_lifetime=4000.0,
            requests_per_second=1e9,
            events_per_second=1e9,
            errors=errors,
        )
        self.adapter = InsideAdapter(create_app(self.settings))
        self.set_clock(0.0)

    def set_clock(self, skew: float) -> None:
        """Sets the clock of the machine, so many seconds ahead of Sinch's; what follows is a new run."""
        self.skew = skew
        with patch("sinch_contacts.api.transport.HTTPAdapter", lambda **_: self.adapter):
            self.api = HttpContactsApi(
                TARGET,
                Credentials("emulator", "emulator"),
                ApiSettings(emulator_url=ORIGIN, requests_per_second=1e9, attempts=4),
                now=self.now,
                sleep=self.sleep,
                wall=self.now,
            )

    def now(self) -> float:
        return self.time + self.skew

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def close(self) -> None:
        self.api.close()
        self.adapter.close()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        status, _, answer = self.adapter.exchange(
            method, f"{ORIGIN}{path}", {"content-type": "application/json"}, json.dumps(body).encode()
        )
        assert status == 200, answer
        return json.loads(answer)

    def contacts(self) -> list[dict[str, Any]]:
        """Returns all contacts, those on their way in and out among them."""
        found: list[dict[str, Any]] = self.control("GET", f"/_emulator/contacts?project_id={TARGET.project_id}")[
            "contacts"
        ]
        return found

    def seed(self, contacts: Sequence[Mapping[str, Any]]) -> None:
        self.control("POST", _CONTACTS, {"contacts": list(contacts)})

    def faults(self, rules: Sequence[Mapping[str, Any]]) -> None:
        self.control("PUT", "/_emulator/faults", list(rules))

    def calls(self) -> dict[str, int]:
        counts: dict[str, int] = self.control("GET", "/_emulator/stats")["requests"]
        self.control("POST", "/_emulator/stats/reset")
        return {kind: count for kind, count in counts.items() if count and kind != "token"}

    def unify(self, *, on: bool) -> None:
        """Switches Unified Contact ID."""
        self.outside("PATCH", "settings", {"contact_settings": {"unified_contact_id_enabled": on}})

    def meddle(self, method: str, contact_id: str, body: Mapping[str, Any] | None = None) -> None:
        """Does to a contact what an outsider would."""
        mask = f"?update_mask={','.join(body)}" if body else ""
        self.outside(method, f"contacts/{contact_id}{mask}", body)

    def outside(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> None:
        """Makes a call of the API as somebody else; what he calls for need not be there."""
        url = f"{ORIGIN}/v1/projects/{TARGET.project_id}/{path}"
        headers = {"authorization": "Basic ZW11bGF0b3I6ZW11bGF0b3I=", "content-type": "application/json"}
        status, _, answer = self.adapter.exchange(method, url, headers, json.dumps(body or {}).encode())
        assert status in {200, 404}, answer


class Died(BaseException):
    """The process is killed."""


class Place(Protocol):
    """Where a run meets its end."""

    def is_at(self, operation: str) -> bool:
        """Says whether it is at this call of an operation of the port; it is asked once for each call."""


class Nth:
    """The n-th call of one operation, or of any where none is named."""

    def __init__(self, operation: str, number: int = 1) -> None:
        self._operation = operation
        self._left = number

    def is_at(self, operation: str) -> bool:
        self._left -= operation == self._operation or not self._operation
        return self._left == 0 and operation == (self._operation or operation)


class Mortal:
    """A port through which the run meets its end at a given call."""

    def __init__(self, api: Any, place: Place | None, end: Callable[[], None], *, applied: bool) -> None:
        """Prepares the port.

        Args:
            api: The port behind it.
            place: Where the end comes; `None` for no end.
            end: Brings the end.
            applied: Whether the fatal call is carried out, its answer being lost to the run.
        """
        self._api = api
        self._place = place
        self._end = end
        self._applied = applied

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._api, name)
        if name in {"clock_offset", "permits_batches"}:
            return method  # it is no call

        def call(*arguments: Any) -> Any:
            if self._place is None or not self._place.is_at(name):
                return method(*arguments)
            self._place = None
            if not self._applied:
                self._end()
                return method(*arguments)
            try:
                return method(*arguments)
            finally:
                self._end()

        return call
