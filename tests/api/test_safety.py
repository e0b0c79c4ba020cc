"""Where credentials go, where they never show, and that nothing is ever sent twice that may have been applied."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socket import SO_REUSEADDR, SOL_SOCKET, socket
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.conftest import BROKEN_OFF, CERTIFICATE, EMPTY, GARBLED, SILENT, TARGET, Clock, Server, says
from sinch_contacts.api.client import HttpContactsApi
from sinch_contacts.api.credentials import Credentials
from sinch_contacts.api.errors import (
    ApiError,
    Misdirected,
    Rejected,
    Throttled,
    Unauthenticated,
    Unavailable,
    Uncertain,
    Unreachable,
)
from sinch_contacts.api.failures import clean, parse_retry_after
from sinch_contacts.api.port import ContactsApi
from sinch_contacts.api.settings import ApiSettings
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId
from sinch_contacts.core.errors import SettingError

Connect = Callable[..., HttpContactsApi]
MakeServer = Callable[..., Server]

ALICE = Contact((ChannelIdentity("SMS", "12025550101"),), "EN_US", external_id="alice")
LIVE = {"id": "01A", "external_id": "alice", "channel_identities": [{"channel": "SMS", "identity": "12025550101"}]}
REVOKED = says(401, {"error": {"status": "UNAUTHENTICATED"}})

READS: dict[str, Callable[[ContactsApi], Any]] = {
    "get": lambda api: api.get(ContactId("01A")),
    "find_by_external_id": lambda api: api.find_by_external_id("alice"),
    "find_by_identity": lambda api: api.find_by_identity(ALICE.channel_identities[0]),
    "list_page": lambda api: api.list_page(),
}
WRITES: dict[str, Callable[[ContactsApi], Any]] = {
    "create_batch": lambda api: api.create_batch([ALICE]),
    "delete_batch": lambda api: api.delete_batch([ContactId("01A")]),
    "create": lambda api: api.create(ALICE),
    "delete": lambda api: api.delete(ContactId("01A")),
    "update": lambda api: api.update(ContactId("01A"), ALICE, ["language"]),
}
CALLS = READS | WRITES
GOOD = says(200, {**LIVE, "contacts": [LIVE]})
"""An answer that any call is content with."""


@contextmanager
def deaf() -> Iterator[str]:
    """Keeps a port open where nobody accepts and the queue is full, so that connecting to it hangs."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket())
        listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(300):
            waiting = stack.enter_context(socket())
            waiting.settimeout(0.05)
            try:
                waiting.connect(listener.getsockname())
            except TimeoutError:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}"
                return
        pytest.fail("the queue does not fill")


class TestNothingIsSentTwice:
    @pytest.mark.parametrize("name", WRITES)
    @pytest.mark.parametrize("status", [BROKEN_OFF, SILENT, 408, 500, 502, 504, 599])
    def test_that_may_have_been_applied(self, connect: Connect, server: Server, name: str, status: int) -> None:
        server.script = [says(status), GOOD]
        with pytest.raises(Uncertain, match="It may have been applied"):
            WRITES[name](connect(read_timeout=0.1))
        assert len(server.seen) == 1

    @pytest.mark.parametrize("name", WRITES)
    def test_whose_connection_breaks_within_tls(
        self, connect: Connect, make_server: MakeServer, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", CERTIFICATE)
        server = make_server(CERTIFICATE)
        server.script = [says(GARBLED), GOOD]
        with pytest.raises(Uncertain):
            WRITES[name](connect(server.url))
        assert len(server.seen) == 1

    @pytest.mark.parametrize("body", [b"<html>", b"", b'{"id":""}', b'{"id":"1","email":"\xff"}'])
    @pytest.mark.parametrize("name", ["create", "update"])
    def test_whose_success_cannot_be_read(self, api: HttpContactsApi, server: Server, name: str, body: bytes) -> None:
        server.script = [says(200, body), GOOD]
        with pytest.raises(Uncertain, match="with 200, and with a body that cannot be read"):
            WRITES[name](api)
        assert len(server.seen) == 1

    def test_a_server_error_after_a_429_ends_a_write(self, api: HttpContactsApi, server: Server) -> None:
        server.script = [says(429), says(502), GOOD]
        with pytest.raises(Uncertain):
            api.create(ALICE)
        assert len(server.seen) == 2

    @pytest.mark.parametrize("answer", [says(500), says(200, b"<html>"), says(BROKEN_OFF), says(SILENT), says(429)])
    def test_without_a_token_nothing_is_sent_at_all(self, connect: Connect, server: Server, answer: Any) -> None:
        server.tokens = [answer] * 9
        with pytest.raises((Unavailable, Throttled)):
            connect(read_timeout=0.05).create_batch([ALICE])
        assert (len(server.asked_tokens), server.seen) == (6, [])

    @pytest.mark.parametrize("name", WRITES)
    def test_a_throttled_write_is_the_same_again(self, api: HttpContactsApi, server: Server, name: str) -> None:
        server.script = [says(429), says(429), GOOD]
        WRITES[name](api)
        assert len(server.seen) == 3
        assert len({seen.body for seen in server.seen}) == 1

    @pytest.mark.parametrize("status", [SILENT, 408])
    def test_a_read_is_asked_for_again(self, connect: Connect, server: Server, status: int) -> None:
        server.script = [says(status), GOOD]
        assert len(connect(read_timeout=0.1).list_page().contacts) == 1
        assert len(server.seen) == 2

    def test_a_contact_on_two_pages_is_found_once(self, api: HttpContactsApi, server: Server) -> None:
        server.script = [says(200, {"contacts": [LIVE], "next_page_token": "two"}), says(200, {"contacts": [LIVE]})]
        assert len(api.find_by_external_id("alice")) == 1


class TestUnreachable:
    def test_a_host_that_takes_no_connection_is(self, connect: Connect, clock: Clock) -> None:
        with deaf() as url, pytest.raises(Unreachable, match=f"No connection could be made to {url}"):
            connect(url, connect_timeout=0.05).create_batch([ALICE])
        assert len(clock.slept) == 2

    def test_an_untrusted_certificate_is_named(self, connect: Connect, make_server: MakeServer) -> None:
        server = make_server(CERTIFICATE)
        with pytest.raises(
            Unreachable, match=r"certificate of https://127\.0\.0\.1:[0-9]+ is not trusted: self-signed"
        ):
            connect(server.url).list_page()
        assert server.asked_tokens == []

    def test_a_bundle_that_is_not_there_is_named(
        self, connect: Connect, make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/authorities.pem")
        with pytest.raises(Unreachable, match=r"/nowhere/authorities\.pem.*Check what REQUESTS_CA_BUNDLE"):
            connect(make_server(CERTIFICATE).url).list_page()

    def test_a_proxy_that_is_down_is(
        self, connect: Connect, make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", CERTIFICATE)
        server = make_server(CERTIFICATE)
        api = connect(server.url)
        api.list_page()
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        with pytest.raises(Unreachable):
            api.create_batch([ALICE])
        assert len(server.seen) == 1


class TestTokens:
    @pytest.mark.parametrize("name", CALLS)
    def test_one_that_was_revoked_is_replaced_once(self, api: HttpContactsApi, server: Server, name: str) -> None:
        server.script = [GOOD, REVOKED, GOOD]
        api.list_page()
        CALLS[name](api)
        assert [seen.headers["authorization"][-1] for seen in server.seen] == ["1", "1", "2"]

        server.script = [REVOKED] * 5
        with pytest.raises(Unauthenticated, match="the environment wins"):
            CALLS[name](api)
        assert (len(server.seen), len(server.asked_tokens)) == (5, 3)

    def test_one_that_was_never_accepted_is_a_wrong_key(self, api: HttpContactsApi, server: Server) -> None:
        server.script = [REVOKED]
        with pytest.raises(Unauthenticated):
            api.list_page()
        assert (len(server.seen), len(server.asked_tokens)) == (1, 1)

    def test_its_renewal_does_not_cost_the_last_attempt(self, connect: Connect, server: Server) -> None:
        server.script = [says(401, www_authenticate="expired"), GOOD]
        assert connect(attempts=1).create(ALICE).id == "01A"

    @pytest.mark.parametrize(
        ("grant", "good_for"),
        [({}, 3540), ({"expires_in": None}, 3540), ({"expires_in": "100", "token_type": "bearer", "scope": []}, 90)],
    )
    def test_a_grant_may_leave_things_out(
        self, api: HttpContactsApi, server: Server, clock: Clock, grant: dict[str, Any], good_for: float
    ) -> None:
        server.tokens = [says(200, {"access_token": "abc", **grant})]
        for later in (0, good_for - 1, 1):
            clock.time += later
            api.list_page()
        assert [seen.headers["authorization"] for seen in server.seen] == ["Bearer abc", "Bearer abc", "Bearer token-2"]

    @pytest.mark.parametrize("token", ["", "a b\nc", "über", 7, None])
    def test_one_that_is_none_is_not_used(self, api: HttpContactsApi, server: Server, token: Any) -> None:
        server.tokens = [says(200, {"access_token": token, "expires_in": 3600})] * 6
        with pytest.raises(Unavailable, match="with something else"):
            api.list_page()

    def test_a_key_beyond_latin_letters_is_no_traceback(self, server: Server, clock: Clock) -> None:
        server.tokens = [says(401, {"error": "invalid_client"})]
        settings = ApiSettings(emulator_url=server.url)
        with (
            HttpContactsApi(TARGET, Credentials("kłucz", "秘密…"), settings, now=clock.now, sleep=clock.sleep) as api,
            pytest.raises(Unauthenticated),
        ):
            api.list_page()

    def test_an_address_without_an_endpoint_is_told_as_one(self, api: HttpContactsApi, server: Server) -> None:
        server.tokens = [says(404, b"<html>")]
        with pytest.raises(Misdirected, match=r"404 to the request for an access token .*the emulator's address"):
            api.list_page()


class TestCredentials:
    @pytest.mark.parametrize("name", CALLS)
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_do_not_follow_a_redirect(
        self, api: HttpContactsApi, server: Server, make_server: MakeServer, name: str, status: int
    ) -> None:
        other = make_server()
        server.script = [says(status, b"", Location=f"{other.url}/v1/elsewhere")]
        with pytest.raises(Misdirected, match="redirect"):
            CALLS[name](api)
        assert (len(server.seen), other.seen, other.asked_tokens) == (1, [], [])

    def test_do_not_follow_one_of_the_token_endpoint(
        self, api: HttpContactsApi, server: Server, make_server: MakeServer
    ) -> None:
        other = make_server()
        server.tokens = [says(307, b"", Location=f"{other.url}/oauth2/token")]
        with pytest.raises(Misdirected, match="redirect"):
            api.list_page()
        assert (other.seen, other.asked_tokens) == ([], [])

    def test_are_seen_by_no_proxy_where_there_is_no_tls(
        self, connect: Connect, server: Server, make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        proxy = make_server()
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        connect().list_page()
        assert (len(server.seen), proxy.seen, proxy.asked_tokens) == (1, [], [])

    @pytest.mark.parametrize("tls", ["", CERTIFICATE], ids=["plain", "TLS"])
    def test_are_not_replaced_by_a_netrc_file(
        self, connect: Connect, make_server: MakeServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tls: str
    ) -> None:
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login somebody password else\n")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", CERTIFICATE)
        server = make_server(tls)
        connect(server.url).list_page()
        assert server.seen[0].headers["authorization"] == "Bearer token-1"
        assert "c29tZWJvZHk6ZWxzZQ" not in server.asked_tokens[0].headers["authorization"]

    @pytest.mark.parametrize("answer", [REVOKED, says(500), says(BROKEN_OFF), says(429), says(307)])
    @pytest.mark.parametrize("name", CALLS)
    def test_are_in_no_error(self, api: HttpContactsApi, server: Server, name: str, answer: Any) -> None:
        server.script = [answer] * 9
        with pytest.raises(ApiError) as caught:
            CALLS[name](api)
        error: BaseException | None = caught.value
        while error is not None:
            shown = f"{error} {error!r} {vars(error)}"
            assert not [text for text in ("top-secret", "token-1", "Bearer", "12025550101") if text in shown]
            error = error.__cause__ or error.__context__

    @pytest.mark.parametrize(
        "url",
        [
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "http://[2001:db8::1]:80",
            "http://0.0.0.0:1",
            "http://0x7f000001",
            "http://:top-secret@127.0.0.1",
            "http://127.0.0.1:99999",
            "http://127.0.0.1/?a=b",
        ],
    )
    def test_are_not_sent_to_an_address_in_disguise(self, url: str) -> None:
        with pytest.raises(SettingError) as caught:
            ApiSettings(emulator_url=url)
        assert "top-secret" not in str(caught.value)

    def test_are_sent_to_an_emulator_elsewhere_only_where_its_host_is_named(self) -> None:
        for host in ("", "example.com", "emulator.example.com.evil.test"):
            with pytest.raises(SettingError, match=r"another machine \(emulator\.example\.com\).* SINCH_EMULATOR_HOST"):
                ApiSettings(emulator_url="https://emulator.example.com:8580", emulator_host=host)
        ApiSettings(emulator_url="https://emulator.example.com:8580", emulator_host="Emulator.example.com")
        with pytest.raises(SettingError, match="without TLS"):
            ApiSettings(emulator_url="http://emulator.example.com", emulator_host="emulator.example.com")


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
@pytest.mark.parametrize("name", ApiSettings.__struct_fields__[2:])
def test_a_setting_that_makes_no_sense_is_refused(name: str, value: float) -> None:
    settings: dict[str, Any] = {name: value}
    with pytest.raises(SettingError, match=f"{name} must be a number above 0"):
        ApiSettings(**settings)


def test_by_default_production_keeps_most_of_the_quota_of_800() -> None:
    assert ApiSettings().requests_per_second == 50


@pytest.mark.parametrize("delay", ["soon", None, {"seconds": 3}])
def test_a_wish_in_another_form_leaves_the_pause_to_chance(
    api: HttpContactsApi, server: Server, clock: Clock, delay: Any
) -> None:
    details = [{"@type": "google.rpc.Help"}, {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}]
    server.script = [says(429, {"error": {"details": details}})]
    api.list_page()
    (slept,) = clock.slept
    assert slept <= 1


@pytest.mark.parametrize("body", [b"[" * 100_000, b"\xff\xfe", b'{"error":7}', b'{"error":{"details":{"@type":"x"}}}'])
def test_no_body_of_an_error_breaks_its_reading(api: HttpContactsApi, server: Server, body: bytes) -> None:
    server.script = [says(400, body)]
    with pytest.raises(Rejected):
        api.list_page()


@given(st.text() | st.from_regex(r"[a-z +]*\+?[0-9]{6,15}[a-z @.]*"))
@example("0@:")
@example("a:@x")
def test_no_text_of_the_server_keeps_a_number_an_address_or_a_control_character(text: str) -> None:
    told = clean(text)
    assert len(told) <= 300
    assert not re.search(r"[0-9]{6}|[^\s]@[^\s]|[\x00-\x1f\x7f-\x9f\u2028\u2029]", told.replace("···", " "))


@given(st.text(), st.text())
def test_no_header_breaks_the_reading_of_a_wish(header: str, date: str) -> None:
    seconds = parse_retry_after(header, date)
    assert seconds is None or seconds >= 0


@pytest.mark.parametrize("header", ["Tue, 24 Nov 2026 12:00:09 +9999999999", "Tue, 24 Nov 99999 12:00:09 GMT", "-1"])
def test_a_wish_out_of_range_says_nothing(header: str) -> None:
    assert parse_retry_after(header, "Tue, 24 Nov 2026 12:00:00 GMT") is None


def test_an_empty_page_is_a_page(api: HttpContactsApi, server: Server) -> None:
    server.script = [says(200, {"contacts": None, "next_page_token": None}), says(200, EMPTY)]
    assert api.list_page() == api.list_page()
