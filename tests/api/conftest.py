import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
import pytest

from sinch_contacts.api.client import HttpContactsApi
from sinch_contacts.api.credentials import Credentials
from sinch_contacts.api.settings import ApiSettings
from sinch_contacts.core.target import Region, Target

TARGET = Target("project", Region.EU)
EMPTY = {"contacts": [], "next_page_token": ""}


class Answer(msgspec.Struct, frozen=True):
    """What the server says; a negative status breaks the connection off."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = {}


class Seen(msgspec.Struct, frozen=True):
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def says(status: int = 200, body: Any = None, **headers: str) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
    return Answer(status, raw, {name.replace("_", "-"): value for name, value in headers.items()})


class Server:
    """A server that answers what it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.script: list[Answer] = []
        self.tokens: list[Answer] = []
        self.seen: list[Seen] = []
        self.asked_tokens: list[Seen] = []
        self.lifetime = 3600
        self.expired = ""
        self.lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = server.next(Seen(self.command, self.path, headers, body))
                if answer.status < 0:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                    return
                self.send_response_only(answer.status)
                for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815  # the names that http.server looks for

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def next(self, seen: Seen) -> Answer:
        with self.lock:
            if seen.path == "/oauth2/token":
                self.asked_tokens.append(seen)
                if self.tokens:
                    return self.tokens.pop(0)
                token = {"access_token": f"token-{len(self.asked_tokens)}", "expires_in": self.lifetime}
                return says(200, token)
            self.seen.append(seen)
            if self.expired and seen.headers.get("authorization") == f"Bearer {self.expired}":
                return says(401, {}, www_authenticate='Bearer error_description="The token is expired"')
            return self.script.pop(0) if self.script else says(200, EMPTY)


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.http.shutdown()
    server.http.server_close()
    thread.join()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def connect(server: Server, clock: Clock) -> Iterator[Callable[..., HttpContactsApi]]:
    opened: list[HttpContactsApi] = []

    def make(url: str = "", **settings: Any) -> HttpContactsApi:
        values = {"requests_per_second": 1e9, "read_timeout": 0.5, **settings}
        api = HttpContactsApi(
            TARGET,
            Credentials("key-id", "top-secret"),
            ApiSettings(emulator_url=url or server.url, **values),
            now=clock.now,
            sleep=clock.sleep,
        )
        opened.append(api)
        return api

    yield make
    for api in opened:
        api.close()


@pytest.fixture
def api(connect: Callable[..., HttpContactsApi]) -> HttpContactsApi:
    return connect()
