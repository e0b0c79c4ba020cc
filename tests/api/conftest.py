import json
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import msgspec
import pytest

from sinch_contacts.api.client import HttpContactsApi
from sinch_contacts.api.credentials import Credentials
from sinch_contacts.api.settings import ApiSettings
from sinch_contacts.core.target import Region, Target

TARGET = Target("project", Region.EU)
CERTIFICATE = str(Path(__file__).with_name("loopback.pem"))
BROKEN_OFF, SILENT, GARBLED, DRIPPING = -1, -2, -3, -4
"""Statuses of what is no answer: the connection ends; nothing comes until the server does; bytes that are no TLS; a
body of which a byte comes now and then."""
EMPTY = {"contacts": [], "next_page_token": ""}


class Answer(msgspec.Struct, frozen=True):
    """What the server says; a negative status is no answer."""

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


class _Http(ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Says nothing: clients that hang up are what the tests are about."""


class Server:
    """A server that answers what it is told to, and remembers what it was asked."""

    def __init__(self, tls: str = "") -> None:
        self.over = threading.Event()
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
            disable_nagle_algorithm = True

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = server.next(Seen(self.command, self.path, headers, body))
                if answer.status < 0:
                    self.close_connection = True
                    _misbehave(self, answer.status, server.over)
                    return
                self.send_response_only(answer.status)
                for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815  # the names that http.server looks for

            def log_message(self, *_: Any) -> None:
                pass

        self.http = _Http(("127.0.0.1", 0), Handler)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls)
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.http.server_port}"

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

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


def _misbehave(handler: BaseHTTPRequestHandler, status: int, over: threading.Event) -> None:
    """Answers with no answer of a kind."""
    if status == SILENT:
        over.wait()
    elif status == DRIPPING:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        with suppress(OSError):
            while not over.wait(0.02):
                handler.wfile.write(b" ")
    elif status == GARBLED:
        os.write(handler.connection.fileno(), b"no TLS record " * 9)
    else:
        handler.connection.shutdown(socket.SHUT_RDWR)


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


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes away what a developer's machine may say of proxies and certificates."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def make_server() -> Iterator[Callable[..., Server]]:
    """Starts servers."""
    with ExitStack() as stack:
        yield lambda tls="": stack.enter_context(Server(tls))


@pytest.fixture
def server(make_server: Callable[..., Server]) -> Server:
    return make_server()


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
