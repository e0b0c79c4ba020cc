"""What fails, what is tried again, and what is never sent twice."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from api.conftest import EMPTY, Clock, Server, says
from sinch_contacts.api.client import HttpContactsApi
from sinch_contacts.api.credentials import Credentials
from sinch_contacts.api.errors import (
    ApiError,
    Forbidden,
    Misdirected,
    Rejected,
    Throttled,
    Unauthenticated,
    Unavailable,
    Uncertain,
    Unreachable,
)
from sinch_contacts.api.failures import clean, parse_retry_after
from sinch_contacts.api.limiter import Limiter
from sinch_contacts.api.settings import ApiSettings, is_loopback
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId
from sinch_contacts.core.errors import SettingError

ALICE = Contact((ChannelIdentity("SMS", "12025550101"),), "EN_US")
LOST = says(-1)
RETRY_INFO = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3.5s"}


class TestReads:
    @pytest.mark.parametrize("trouble", [says(500), says(503, b"<html>"), says(502, b""), LOST, says(429)])
    def test_are_tried_again(self, api: HttpContactsApi, server: Server, trouble: Any) -> None:
        server.script = [trouble, trouble, says(200, EMPTY)]
        assert api.list_page().contacts == ()
        assert len(server.seen) == 3

    @pytest.mark.parametrize(
        ("trouble", "kind"), [(says(500), Unavailable), (LOST, Unavailable), (says(429), Throttled)]
    )
    def test_end_some_time(self, api: HttpContactsApi, server: Server, trouble: Any, kind: type[ApiError]) -> None:
        server.script = [trouble] * 9
        with pytest.raises(kind):
            api.list_page()
        assert len(server.seen) == 5

    @pytest.mark.parametrize("status", [400, 403, 404, 501])
    def test_that_are_refused_are_not_tried_again(self, api: HttpContactsApi, server: Server, status: int) -> None:
        server.script = [says(status)]
        with pytest.raises(ApiError):
            api.list_page()
        assert len(server.seen) == 1


class TestWrites:
    @pytest.mark.parametrize("trouble", [says(500), says(502, b"<html>"), says(503, b""), LOST])
    def test_without_a_clear_answer_are_uncertain_and_never_sent_twice(
        self, api: HttpContactsApi, server: Server, trouble: Any
    ) -> None:
        for call in (
            lambda: api.create_batch([ALICE]),
            lambda: api.delete_batch([ContactId("01A")]),
            lambda: api.create(ALICE),
            lambda: api.update(ContactId("01A"), ALICE, ("language",)),
            lambda: api.delete(ContactId("01A")),
        ):
            server.seen.clear()
            server.script = [trouble]
            with pytest.raises(Uncertain):
                call()
            assert len(server.seen) == 1

    def test_are_tried_again_after_429(self, api: HttpContactsApi, server: Server) -> None:
        server.script = [says(429), says(200)]
        api.create_batch([ALICE])
        assert len(server.seen) == 2

    def test_are_tried_again_with_a_new_token(self, api: HttpContactsApi, server: Server) -> None:
        server.script = [says(401, {}, www_authenticate='Bearer error_description="token expired"'), says(200)]
        api.create_batch([ALICE])
        assert [seen.headers["authorization"] for seen in server.seen] == ["Bearer token-1", "Bearer token-2"]


class TestPauses:
    @pytest.mark.parametrize(
        ("answer", "seconds"),
        [
            (says(429, {}, Retry_After="7"), 7.0),
            (says(429, {}, Retry_After="Tue, 24 Nov 2026 10:00:09 GMT", Date="Tue, 24 Nov 2026 10:00:00 GMT"), 9.0),
            (
                says(
                    429,
                    {
                        "error": {
                            "details": [5, {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3.5s"}]
                        }
                    },
                ),
                3.5,
            ),
        ],
    )
    def test_are_as_long_as_the_server_asks(
        self, api: HttpContactsApi, server: Server, clock: Clock, answer: Any, seconds: float
    ) -> None:
        server.script = [answer]
        api.list_page()
        assert seconds <= sum(clock.slept) <= seconds + 0.3

    def test_grow_where_the_server_does_not_say(self, api: HttpContactsApi, server: Server, clock: Clock) -> None:
        server.script = [says(429)] * 4
        api.list_page()
        assert [pause <= 4**attempt for attempt, pause in enumerate(clock.slept)] == [True] * 4

    def test_that_would_be_too_long_end_the_call(self, api: HttpContactsApi, server: Server, clock: Clock) -> None:
        server.script = [says(429, {}, Retry_After="3600")]
        with pytest.raises(Throttled):
            api.list_page()
        assert clock.slept == []

    def test_a_header_may_have_any_space_around_its_number(self) -> None:
        assert parse_retry_after(" 7\x1f", "") == 7.0

    def test_a_header_that_says_nothing_is_nothing(self) -> None:
        assert parse_retry_after("soon", "") is None
        assert parse_retry_after("Tue, 24 Nov 2026 10:00:09 GMT", "") is None
        assert parse_retry_after("Tue, 24 Nov 2026 10:00:00 GMT", "Tue, 24 Nov 2026 10:00:09 GMT") == 0.0

    def test_requests_are_spaced_evenly_by_the_client_itself(
        self, connect: Callable[..., HttpContactsApi], clock: Clock
    ) -> None:
        api = connect(requests_per_second=4)
        for _ in range(9):
            api.list_page()
        assert clock.time - 1000.0 == pytest.approx(8 / 4)

    def test_a_limiter_that_was_idle_does_not_catch_up(self, clock: Clock) -> None:
        limiter = Limiter(10, clock.now, clock.sleep)
        limiter.wait()
        clock.time += 60
        limiter.wait()
        limiter.wait()
        assert clock.slept == [pytest.approx(0.1)]


class TestTokens:
    def test_one_serves_many_calls_and_is_renewed_early(
        self, api: HttpContactsApi, server: Server, clock: Clock
    ) -> None:
        api.list_page()
        clock.time += 3539
        api.list_page()
        assert len(server.asked_tokens) == 1
        clock.time += 1
        api.list_page()
        assert len(server.asked_tokens) == 2

    def test_a_short_lived_one_is_renewed_a_tenth_before_its_end(
        self, api: HttpContactsApi, server: Server, clock: Clock
    ) -> None:
        server.lifetime = 30
        api.list_page()
        clock.time += 26
        api.list_page()
        assert len(server.asked_tokens) == 1
        clock.time += 1
        api.list_page()
        assert len(server.asked_tokens) == 2

    def test_it_is_asked_for_as_sinch_wants(self, api: HttpContactsApi, server: Server) -> None:
        api.list_page()
        (asked,) = server.asked_tokens
        assert asked.body == b"grant_type=client_credentials"
        assert asked.headers["authorization"].startswith("Basic ")

    def test_threads_that_meet_an_expired_one_fetch_one(
        self, connect: Callable[..., HttpContactsApi], server: Server
    ) -> None:
        api = connect(concurrency=16)
        api.list_page()
        server.expired = "token-1"
        threads = [threading.Thread(target=api.list_page) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(server.asked_tokens) == 2

    def test_a_second_expired_answer_is_an_error(self, api: HttpContactsApi, server: Server) -> None:
        server.script = [says(401, {}, www_authenticate="expired")] * 2
        with pytest.raises(Unauthenticated):
            api.list_page()

    def test_a_throttled_token_endpoint_is_asked_again(
        self, api: HttpContactsApi, server: Server, clock: Clock
    ) -> None:
        server.tokens = [says(429), says(429)]
        api.list_page()
        assert len(server.asked_tokens) == 3
        assert len(clock.slept) == 2

    @pytest.mark.parametrize("status", [400, 401])
    def test_wrong_credentials_are_told_once_and_never_shown(
        self, api: HttpContactsApi, server: Server, status: int
    ) -> None:
        server.tokens = [says(status, {"error": "invalid_client", "error_description": "no such client"})]
        with pytest.raises(Unauthenticated) as refused:
            api.list_page()
        assert "invalid_client: no such client" in str(refused.value)
        assert "SINCH_KEY_SECRET" in refused.value.next_step
        assert "top-secret" not in str(refused.value)
        assert len(server.asked_tokens) == 1

    @pytest.mark.parametrize("answer", [says(200, b"<html>"), says(200, {}), LOST])
    def test_an_endpoint_that_is_none_is_told(self, api: HttpContactsApi, server: Server, answer: Any) -> None:
        server.tokens = [answer] * 6
        with pytest.raises((Unavailable, Unreachable)):
            api.list_page()

    def test_a_forbidden_one_is_an_error_at_once(self, api: HttpContactsApi, server: Server) -> None:
        server.tokens = [says(403)]
        with pytest.raises(Forbidden):
            api.list_page()


class TestConnections:
    def test_a_closed_port_is_unreachable_for_reads_and_writes(self, connect: Callable[..., HttpContactsApi]) -> None:
        api = connect("http://127.0.0.1:9")
        for call in (api.list_page, lambda: api.create_batch([ALICE])):
            with pytest.raises(Unreachable) as failed:
                call()
            assert "http://127.0.0.1:9" in str(failed.value)

    def test_a_server_that_went_away_is_unreachable(self, api: HttpContactsApi, server: Server) -> None:
        server.script = [says(200, EMPTY, Connection="close")]
        api.list_page()
        server.http.shutdown()
        server.http.server_close()
        with pytest.raises(Unreachable):
            api.create_batch([ALICE])

    def test_redirects_are_not_followed(self, api: HttpContactsApi, server: Server) -> None:
        server.script = [says(307, b"", Location="http://127.0.0.1:9/elsewhere")]
        with pytest.raises(Misdirected) as refused:
            api.list_page()
        assert "redirect" in str(refused.value)
        assert len(server.seen) == 1

    @pytest.mark.parametrize(
        "url",
        ["http://example.com", "ftp://127.0.0.1", "127.0.0.1:80", "http://", "http://user@127.0.0.1", "http://[x"],
    )
    def test_credentials_are_not_sent_in_clear_to_another_machine(self, url: str) -> None:
        with pytest.raises(SettingError):
            ApiSettings(emulator_url=url)

    def test_this_machine_is_known_by_all_its_names(self) -> None:
        assert [is_loopback(host) for host in ("localhost", "127.8.8.8", "::1", "10.0.0.1", "example.com")] == [
            True,
            True,
            True,
            False,
            False,
        ]
        with pytest.raises(SettingError):
            ApiSettings(requests_per_second=0)


class TestMessages:
    @pytest.mark.parametrize(
        ("answer", "kind", "told"),
        [
            (
                says(400, {"error": {"status": "INVALID_ARGUMENT", "message": "bad"}}),
                Rejected,
                "(INVALID_ARGUMENT: bad)",
            ),
            (
                says(400, {"code": 400, "status": "INVALID_REQUEST", "message": "bad"}),
                Rejected,
                "(INVALID_REQUEST: bad)",
            ),
            (says(400, b"<html>"), Rejected, "a body that is not a Sinch error"),
            (says(400, b" "), Rejected, "an empty body"),
            (says(400, b'["x"]'), Rejected, "a body that is not a Sinch error"),
            (says(401, {}), Unauthenticated, "401"),
            (says(403, {"error": {"status": "BILLING_CREDIT_LIMIT_BREACHED"}}), Forbidden, "credit limit"),
            (says(403, {"error": {"status": "UNAUTHORIZED"}}), Forbidden, "belongs to this project"),
            (says(404, {}), Misdirected, "region"),
            (says(501, {}), Misdirected, "does not know this call"),
        ],
    )
    def test_every_shape_of_error_is_understood(
        self, api: HttpContactsApi, server: Server, answer: Any, kind: type[ApiError], told: str
    ) -> None:
        server.script = [answer]
        with pytest.raises(kind) as failed:
            api.create_batch([ALICE])
        assert told in str(failed.value)
        assert failed.value.status == answer.status

    def test_a_server_text_is_one_masked_line(self) -> None:
        text = "bad\n\x1b[31m contact +1 202 555 0101 \u202e of alice@example.com" + "x" * 400
        shown = clean(text)
        assert shown.startswith("bad [31m contact ···01 of ···")
        assert len(shown) <= 300

    def test_no_message_shows_what_was_asked_for(self, api: HttpContactsApi, server: Server) -> None:
        server.script = [says(400, {"error": {"message": "unknown identity +12025550101"}})]
        with pytest.raises(Rejected) as refused:
            api.find_by_identity(ChannelIdentity("SMS", "12025550101"))
        assert "2025550101" not in str(refused.value)

    def test_a_secret_is_in_no_representation(self) -> None:
        assert "top-secret" not in f"{Credentials('key-identifier', 'top-secret')!r} {Credentials('a', 'top-secret')}"
