"""Answers that are not what they seem: those of somebody else, of a gateway, for another contact, or no page at all."""

from collections.abc import Callable
from typing import Any

import pytest

from api.conftest import EMPTY, Answer, Server, says
from sinch_contacts.api.client import HttpContactsApi
from sinch_contacts.api.errors import BatchNotPermitted, Misdirected, Rejected, Throttled, Unavailable, Uncertain
from sinch_contacts.api.port import ContactsApi
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId

NUMBER = {"channel": "SMS", "identity": "12025550101", "app_id": ""}
ALICE = Contact((ChannelIdentity("SMS", "+12025550101"),), "EN_US", external_id="alice")
NAMELESS = Contact((ChannelIdentity("SMS", "+12025550101"),), "EN_US")
LIVE = {"id": "01A", "external_id": "alice", "channel_identities": [NUMBER], "language": "EN_US"}
HTML = b"<html><body>404 Not Found</body></html>"
NOT_FOUND = {"error": {"code": 404, "status": "NOT_FOUND", "message": "The contact was not found."}}

CALLS: dict[str, Callable[[ContactsApi], Any]] = {
    "get": lambda api: api.get(ContactId("01A")),
    "update": lambda api: api.update(ContactId("01A"), ALICE, ["language"]),
    "delete": lambda api: api.delete(ContactId("01A")),
    "create": lambda api: api.create(ALICE),
    "create_batch": lambda api: api.create_batch([ALICE]),
    "delete_batch": lambda api: api.delete_batch([ContactId("01A")]),
    "list_page": lambda api: api.list_page(),
    "find": lambda api: api.find_by_external_id("alice"),
}


def problem(name: str, title: str = "A title", **more: Any) -> dict[str, Any]:
    return {"type": f"https://developers.example/docs/errors/registry/{name}", "title": title, **more}


class TestContacts:
    @pytest.mark.parametrize("call", ["get", "update"])
    def test_an_answer_with_another_id_is_none(self, api: HttpContactsApi, server: Server, call: str) -> None:
        server.script = [says(200, {**LIVE, "id": "01B"})] * 3
        with pytest.raises(Unavailable if call == "get" else Uncertain, match="another contact"):
            CALLS[call](api)
        assert len(server.seen) == (3 if call == "get" else 1)

    def test_a_read_that_was_mixed_up_once_is_made_again(self, api: HttpContactsApi, server: Server) -> None:
        server.script = [says(200, {**LIVE, "id": "01B"}), says(200, LIVE)]
        found = api.get(ContactId("01A"))
        assert found is not None
        assert found.id == "01A"

    @pytest.mark.parametrize(
        ("wanted", "other"),
        [
            (ALICE, {**LIVE, "external_id": "bob"}),
            (ALICE, {**LIVE, "channel_identities": [{**NUMBER, "identity": "12025550102"}]}),
            (NAMELESS, {**LIVE, "external_id": "", "channel_identities": [{**NUMBER, "channel": "WHATSAPP"}]}),
            (NAMELESS, {**LIVE, "external_id": "", "channel_identities": []}),
            (ALICE, {"id": "01A"}),
        ],
    )
    def test_the_answer_to_a_creation_has_its_name_and_its_identities(
        self, api: HttpContactsApi, server: Server, wanted: Contact, other: dict[str, Any]
    ) -> None:
        server.script = [says(200, other)]
        with pytest.raises(Uncertain, match="another contact"):
            api.create(wanted)
        assert len(server.seen) == 1

    @pytest.mark.parametrize("app_id", [{}, {"app_id": ""}, {"app_id": "01APP"}])
    def test_what_the_server_adds_or_leaves_out_does_no_harm(
        self, api: HttpContactsApi, server: Server, app_id: dict[str, str]
    ) -> None:
        identity = {"channel": "SMS", "identity": "+12025550101", **app_id}
        more = {**LIVE, "email": "A@example.com", "channel_identities": [{**NUMBER, "channel": "MMS"}, identity]}
        server.script = [says(200, more)]
        assert api.create(ALICE).id == "01A"


class TestPages:
    @pytest.mark.parametrize(
        "body",
        [
            {"message": "down for maintenance"},
            {},
            {"next_page_token": ""},
            {"contacts": None, "next_page_token": ""},
            {"contacts": {}, "next_page_token": ""},
            {**EMPTY, "error": {"code": 500}},
            [],
            None,
        ],
    )
    @pytest.mark.parametrize("call", ["list_page", "find"])
    def test_a_200_that_is_no_page_is_a_failed_read(
        self, api: HttpContactsApi, server: Server, call: str, body: Any
    ) -> None:
        server.script = [Answer(200, b"null") if body is None else says(200, body)] * 3
        with pytest.raises(Unavailable, match="200, and with a body that cannot be read"):
            CALLS[call](api)
        assert len(server.seen) == 3

    def test_a_page_without_a_next_token_is_the_last_one(self, api: HttpContactsApi, server: Server) -> None:
        server.script = [says(200, {"contacts": [LIVE]}), says(200, {"contacts": [], "next_page_token": None})]
        assert [api.list_page().next_token, api.list_page().next_token] == ["", ""]


class TestAcceptance:
    @pytest.mark.parametrize("body", [HTML, b'{"message": "down for maintenance"}', b'{"error": {}}', b"[]", b"null"])
    @pytest.mark.parametrize("call", ["create_batch", "delete_batch", "delete"])
    def test_a_200_that_accepts_nothing_is_no_acceptance(
        self, api: HttpContactsApi, server: Server, call: str, body: bytes
    ) -> None:
        server.script = [Answer(200, body)]
        with pytest.raises(Uncertain):
            CALLS[call](api)
        assert len(server.seen) == 1

    @pytest.mark.parametrize("body", [b"", b"{}", b" {}\n", b'{"batch_id": "01B"}'])
    def test_no_fields_are_documented(self, api: HttpContactsApi, server: Server, body: bytes) -> None:
        server.script = [Answer(202, body)]
        api.create_batch([ALICE])


class TestNotFound:
    @pytest.mark.parametrize(
        "body",
        [NOT_FOUND, NOT_FOUND["error"], problem("not-found"), {"error": {"code": 404}}, {"code": 5, **NOT_FOUND}],
    )
    def test_sinch_says_that_there_is_no_such_contact(self, api: HttpContactsApi, server: Server, body: Any) -> None:
        server.script = [says(404, body)] * 3
        assert [CALLS[call](api) for call in ("get", "update", "delete")] == [None, None, False]
        assert len(server.seen) == 3

    @pytest.mark.parametrize(
        "body", [HTML, b"", {}, {"message": "no Route matched with those values"}, {"error": "Not Found"}, [], "gone"]
    )
    @pytest.mark.parametrize("call", ["get", "update", "delete"])
    def test_a_404_of_something_in_between_says_nothing_of_a_contact(
        self, api: HttpContactsApi, server: Server, call: str, body: Any
    ) -> None:
        server.script = [says(404, body)] * 5
        with pytest.raises(Unavailable if call == "get" else Misdirected, match="404"):
            CALLS[call](api)
        assert len(server.seen) == (5 if call == "get" else 1)

    def test_a_read_goes_on_where_the_gateway_is_well_again(self, api: HttpContactsApi, server: Server) -> None:
        server.script = [says(404, HTML), says(200, LIVE)]
        assert CALLS["get"](api).id == "01A"

    @pytest.mark.parametrize("body", [HTML, NOT_FOUND])
    @pytest.mark.parametrize("call", ["create_batch", "delete_batch", "create"])
    def test_a_404_to_a_call_that_names_no_contact_is_no_fault_of_its_rows(
        self, api: HttpContactsApi, server: Server, call: str, body: Any
    ) -> None:
        server.script = [says(404, body)]
        with pytest.raises(Misdirected, match="Check the project id, the region"):
            CALLS[call](api)


class TestProblems:
    """Sinch's registry of errors: problem objects beside the form that the Conversation API documents."""

    @pytest.mark.parametrize(
        ("status", "name", "kind"),
        [
            (400, "validation-error", Rejected),
            (403, "permission-denied", BatchNotPermitted),
            (429, "too-many-requests", Throttled),
        ],
    )
    def test_are_told_and_known(self, api: HttpContactsApi, server: Server, status: int, name: str, kind: type) -> None:
        server.script = [says(status, problem(name, "A title", detail="Field 'language' is unknown."))] * 5
        with pytest.raises(kind) as error:
            CALLS["create_batch"](api)
        assert error.value.detail == "Field 'language' is unknown."
        assert error.value.code == name.upper().replace("-", "_")

    def test_a_title_does_where_there_is_no_detail(self, api: HttpContactsApi, server: Server) -> None:
        server.script = [says(400, problem("validation-error", "Wrong +12025550101"))]
        with pytest.raises(Rejected) as error:
            CALLS["create"](api)
        assert error.value.detail == "Wrong ···01"

    def test_an_expired_token_is_replaced(self, api: HttpContactsApi, server: Server) -> None:
        server.script = [says(401, problem("access-token-expired")), says(200, EMPTY)]
        assert CALLS["list_page"](api).contacts == ()
        assert len(server.asked_tokens) == 2
