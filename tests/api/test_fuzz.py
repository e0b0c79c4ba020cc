"""Whatever the server says, in whatever shape: a value or a documented error, few calls, and no write sent twice."""

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import InvalidHeader

from api.conftest import TARGET, Clock
from sinch_contacts.api import errors
from sinch_contacts.api.client import HttpContactsApi
from sinch_contacts.api.credentials import Credentials
from sinch_contacts.api.port import ContactsApi, Page
from sinch_contacts.api.settings import ApiSettings
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, LiveContact

ALICE = Contact((ChannelIdentity("SMS", "12025550101"),), "EN_US", external_id="alice")
LIVE = {"id": "01A", "external_id": "alice", "channel_identities": [{"channel": "SMS", "identity": "12025550101"}]}
FOUND = tuple[LiveContact, ...]

READS: dict[str, tuple[Callable[[ContactsApi], Any], Any]] = {
    "get": (lambda api: api.get(ContactId("01A")), LiveContact | None),
    "find_by_external_id": (lambda api: api.find_by_external_id("alice"), FOUND),
    "find_by_identity": (lambda api: api.find_by_identity(ALICE.channel_identities[0]), FOUND),
    "list_page": (lambda api: api.list_page(), Page),
}
WRITES: dict[str, tuple[Callable[[ContactsApi], Any], Any]] = {
    "create_batch": (lambda api: api.create_batch([ALICE]), None),
    "delete_batch": (lambda api: api.delete_batch([ContactId("01A")]), None),
    "create": (lambda api: api.create(ALICE), LiveContact),
    "delete": (lambda api: api.delete(ContactId("01A")), bool),
    "update": (lambda api: api.update(ContactId("01A"), ALICE, ["language"]), LiveContact | None),
}
KINDS = {
    errors.Unauthenticated, errors.Forbidden, errors.BatchNotPermitted, errors.Rejected, errors.Misdirected,
    errors.Throttled, errors.Unreachable, errors.Unavailable, errors.Uncertain,
}  # fmt: skip
MOST_CALLS = 250


class Reply(msgspec.Struct, frozen=True):
    """An answer, or the error that the network gives instead of one."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b"{}"
    error: type[OSError] | None = None


def reply(status: int = 200, body: Any = None, **headers: str) -> Reply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status, tuple((name.replace("_", "-"), value) for name, value in headers.items()), raw)


GRANT = reply(200, {"access_token": "abc", "expires_in": 3600})
GOOD = reply(200, {**LIVE, "contacts": [LIVE]})
NAMES = st.sampled_from(
    "id contacts channel_identities channel identity app_id channel_priority display_name email external_id metadata "
    "language next_page_token error status message code details @type retryDelay error_description".split()
)
PERSONAL = st.sampled_from(["+12025550101", "alice@example.com", "+1 202 555 0101 of alice@example.com", "a\x1b[31m\n"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | PERSONAL
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)
ERRORS = st.fixed_dictionaries({"error": st.fixed_dictionaries({"status": JSON, "message": JSON, "details": JSON})})
DEEP = st.builds(
    lambda before, opening, depth: (before + opening * depth).encode() + b"1" + _closed(before + opening * depth),
    st.sampled_from(["", '{"message":', '{"error":{"status":', '{"contacts":[{"id":', '{"contacts":']),
    st.sampled_from(["[", '{"a":']),
    st.integers(1, 3000),
)
BODIES = (
    st.binary(max_size=80)
    | (JSON | ERRORS).map(lambda value: json.dumps(value).encode())
    | st.fixed_dictionaries({}, optional=dict.fromkeys([*LIVE, "contacts", "next_page_token"], JSON)).map(
        lambda fields: json.dumps({**LIVE, "contacts": [LIVE], **fields}).encode()
    )
    | DEEP
    | st.just(GOOD.body)
)
HEADERS = st.tuples(
    st.sampled_from(
        "Retry-After Date WWW-Authenticate Location Content-Encoding Content-Type Content-Length Set-Cookie".split()
    ),
    st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=20)
    | st.sampled_from(
        [
            "0", "-1", "7", "1e9", "999999999", "9" * 5000, "Tue, 24 Nov 2026 10:00:09 GMT", "Tue, 99 Foo 0000",
            'Bearer error_description="token expired"', "http://[x", "//[", "http://a:b@c:99999999/", "gzip", "br",
            "deflate, gzip", "text/html; charset=nothing", "a=b; Max-Age=x; Expires=\xff",
        ]
    ),
)  # fmt: skip
REPLIES = st.builds(
    Reply,
    status=st.sampled_from([200, 200, 200, 201, 204, 301, 307, 400, 401, 403, 404, 408, 429, 500, 501, 503])
    | st.integers(100, 999),
    headers=st.lists(HEADERS, max_size=3).map(tuple),
    body=BODIES,
    error=st.sampled_from([None] * 9 + [requests.ConnectionError, requests.ReadTimeout, requests.ConnectTimeout]),
)
GRANTS = st.just(GRANT)
ANY_GRANTS = (
    GRANTS
    | REPLIES
    | st.builds(
        lambda token, lifetime: reply(200, {"access_token": token, "expires_in": lifetime}),
        st.sampled_from(["abc", "abc\n", "a" * 9999, "", "a b"]) | st.text(max_size=5),
        st.floats() | st.sampled_from([None, 0, -5, "inf", "nan", 1e-9]),
    )
)


def _closed(text: str) -> bytes:
    pairs = {"[": "]", "{": "}"}
    return "".join(pairs[letter] for letter in reversed(text) if letter in pairs).encode()


class Network:
    """Stands in for everything below the session."""

    def __init__(self, script: list[Reply], grants: list[Reply]) -> None:
        self.script = script
        self.grants = grants
        self.sent: list[Reply] = []
        self.asked = 0
        self.open: Callable[[Reply], io.IOBase] = lambda reply: io.BytesIO(reply.body)

    def send(self, adapter: HTTPAdapter, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        if str(request.url).endswith("/oauth2/token"):
            said = self.grants[self.asked % len(self.grants)]
            self.asked += 1
        else:
            said = self.script[len(self.sent) % len(self.script)]
            self.sent.append(said)
        assert len(self.sent) + self.asked <= MOST_CALLS
        if said.error:
            raise said.error("boom alice@example.com", request=request)
        try:
            raw = HTTPResponse(self.open(said), said.headers, said.status, preload_content=False)
        except InvalidHeader as error:
            raise requests.exceptions.InvalidHeader(error, request=request) from error  # as the adapter does
        return adapter.build_response(request, raw)


@contextmanager
def network(script: list[Reply], grants: list[Reply]) -> Iterator[tuple[HttpContactsApi, Network]]:
    """Connects to a server that says these things over and over."""
    said, clock = Network(script, grants), Clock()
    settings = ApiSettings(emulator_url="http://127.0.0.1:9", requests_per_second=1e9)
    key = Credentials("key-id", "top-secret")
    with (
        patch.object(HTTPAdapter, "send", autospec=True, side_effect=said.send),
        HttpContactsApi(TARGET, key, settings, now=clock.now, sleep=clock.sleep) as api,
    ):
        yield api, said


def outcome(api: HttpContactsApi, call: Callable[[ContactsApi], Any], kind: Any) -> errors.ApiError | None:
    """Makes a call; returns its error, which may be shown to anybody, or `None` after a value of the right type."""
    error = None
    try:
        value = call(api)
    except errors.ApiError as failed:
        error = failed
    if error is None:
        assert msgspec.convert(msgspec.to_builtins(value), kind) == value
        return None
    assert type(error) in KINDS
    for text, most in ((str(error), 800), (error.code, 300), (error.detail, 300)):
        assert text.isprintable()
        assert len(text) <= most
        assert not re.search(r"[0-9]{6}|\w@\w|top-secret|abc", text)
    return error


@pytest.mark.parametrize("name", READS)
@given(st.lists(REPLIES, min_size=1, max_size=4), st.lists(GRANTS, min_size=1, max_size=1))
@example([reply(301, b"", Location="http://[x")], [GRANT])
@example([reply(302, b"", Location="\xff")], [GRANT])
@example([reply(200, {"contacts": [], "next_page_token": "again"})], [GRANT])
def test_a_read_gives_a_value_or_an_error_after_few_calls(name: str, script: list[Reply], grants: list[Reply]) -> None:
    with network(script, grants) as (api, _):
        outcome(api, *READS[name])


@pytest.mark.parametrize("name", WRITES)
@given(st.lists(REPLIES, min_size=1, max_size=4), st.lists(GRANTS, min_size=1, max_size=1))
@example([reply(301, b"", Location="http://[x")], [GRANT])
@example([reply(600, {})], [GRANT])
def test_a_write_is_sent_again_only_where_it_was_not_applied(
    name: str, script: list[Reply], grants: list[Reply]
) -> None:
    with network(script, grants) as (api, said):
        error = outcome(api, *WRITES[name])
    *before, last = said.sent
    assert len(before) <= 5
    assert all(earlier.error is requests.ConnectTimeout or earlier.status in {401, 429} for earlier in before)
    if last.error or not 200 <= last.status < 500 or last.status == 408:
        sure = last.error is requests.ConnectTimeout or (not last.error and last.status == 501)
        assert isinstance(error, errors.Uncertain) or sure
    elif last.status < 300:
        assert isinstance(error, errors.Uncertain | None)


@pytest.mark.parametrize("name", ["list_page", "create"])
@given(st.lists(REPLIES, min_size=1, max_size=2), st.lists(ANY_GRANTS, min_size=1, max_size=3))
@example([GOOD], [reply(200, {"access_token": "abc\n"})])
def test_no_answer_of_the_token_endpoint_breaks_anything(name: str, script: list[Reply], grants: list[Reply]) -> None:
    call, kind = (READS | WRITES)[name]
    with network(script, grants) as (api, said):
        error = outcome(api, call, kind)
    if not said.sent:
        assert error
        assert not isinstance(error, errors.Uncertain)


@pytest.mark.parametrize("text", ["a" * 1_000_000, "1 " * 500_000, "a@" * 500_000, "+(" * 500_000, "\ud800\u200b"])
@pytest.mark.parametrize("name", ["list_page", "create_batch"])
def test_a_long_text_of_the_server_is_cut_at_once(name: str, text: str) -> None:
    call, kind = (READS | WRITES)[name]
    with network([reply(400, {"error": {"status": text, "message": text}})], [GRANT]) as (api, _):
        assert isinstance(outcome(api, call, kind), errors.Rejected)


@pytest.mark.parametrize("depth", range(900, 1000, 3))
def test_an_error_that_is_nested_deeply_is_an_error(depth: int) -> None:
    body = b'{"error":{"message":' + b"[" * depth + b"]" * depth + b"}}"
    with network([reply(400, body)], [GRANT]) as (api, _):
        assert isinstance(outcome(api, *READS["list_page"]), errors.Rejected)


@pytest.mark.parametrize("name", ["find_by_external_id", "find_by_identity"])
def test_pages_that_never_end_end_the_look_up(name: str) -> None:
    pages = [reply(200, {"contacts": [LIVE], "next_page_token": str(number)}) for number in range(1000)]
    with network(pages, [GRANT]) as (api, _):
        assert isinstance(outcome(api, *READS[name]), errors.Unavailable)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("list_page", errors.Unavailable), ("create_batch", errors.Uncertain), ("create", errors.Uncertain)],
)
def test_a_body_without_end_is_no_answer(name: str, kind: type[errors.ApiError]) -> None:
    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            buffer[:] = b" " * len(buffer)
            return len(buffer)

        def read1(self, size: int) -> bytes:
            return b" " * size

    call, value = (READS | WRITES)[name]
    with network([GOOD], [GRANT]) as (api, said):
        said.open = lambda reply: Endless() if reply is GOOD else io.BytesIO(reply.body)
        assert isinstance(outcome(api, call, value), kind)


@pytest.mark.parametrize("found", ["..", ".", "a/b", "a\nb", "\x1b[31m", " ", "x" * 5000])
def test_an_id_that_would_lead_astray_is_not_taken(found: str) -> None:
    with network([reply(200, {**LIVE, "id": found})], [GRANT]) as (api, _):
        assert isinstance(outcome(api, *READS["get"]), errors.Unavailable)
