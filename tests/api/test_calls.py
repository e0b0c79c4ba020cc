"""What goes over the wire, and what is made of the answers."""

import pytest

from api.conftest import EMPTY, Server, says
from sinch_contacts.api.client import HttpContactsApi
from sinch_contacts.api.endpoints import endpoints
from sinch_contacts.api.errors import BatchNotPermitted, Rejected, Unavailable, Uncertain
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, LiveContact
from sinch_contacts.core.target import Region, Target

ALICE = Contact((ChannelIdentity("SMS", "12025550101"),), "EN_US", display_name="Alice", external_id="alice")
LIVE = {
    "id": "01A",
    "channel_identities": [{"channel": "SMS", "identity": "12025550101", "app_id": ""}],
    "channel_priority": [],
    "display_name": "Alice",
    "email": "",
    "external_id": "alice",
    "metadata": "",
    "language": "EN_US",
}
FOUND = LiveContact(
    ContactId("01A"),
    Contact((ChannelIdentity("SMS", "12025550101"),), "EN_US", (), "Alice", "", "alice", ""),
)


def test_a_batch_creation_posts_the_named_fields(api: HttpContactsApi, server: Server) -> None:
    api.create_batch([ALICE])
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("POST", "/batch/v1/projects/project/contacts")
    assert seen.json == {
        "contacts": [
            {
                "channel_identities": [{"channel": "SMS", "identity": "12025550101"}],
                "language": "EN_US",
                "display_name": "Alice",
                "external_id": "alice",
            }
        ]
    }
    assert seen.headers["authorization"] == "Bearer token-1"
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["user-agent"].startswith("pulumi-sinch-contacts/")


@pytest.mark.parametrize("body", [b"", b"{}", b'{"batch_id": "01B"}'])
def test_whatever_fields_come_with_an_accepted_batch_it_is_accepted(
    api: HttpContactsApi, server: Server, body: bytes
) -> None:
    server.script = [says(202, body)]
    api.create_batch([ALICE])


def test_a_batch_deletion_sends_its_body(api: HttpContactsApi, server: Server) -> None:
    api.delete_batch([ContactId("01A"), ContactId("01B")])
    (seen,) = server.seen
    assert (seen.method, seen.path, seen.json) == (
        "DELETE",
        "/batch/v1/projects/project/contacts",
        {"contact_ids": ["01A", "01B"]},
    )


@pytest.mark.parametrize("nested", [True, False])
def test_a_project_without_batches_is_told_apart(api: HttpContactsApi, server: Server, nested: bool) -> None:  # noqa: FBT001
    error = {"code": 403, "message": "", "status": "PERMISSION_DENIED", "details": []}
    server.script = [says(403, {"error": error} if nested else error)]
    with pytest.raises(BatchNotPermitted):
        api.create_batch([ALICE])


def test_single_calls(api: HttpContactsApi, server: Server) -> None:
    server.script = [says(200, LIVE), says(200, LIVE), says(200, {})]
    assert api.create(ALICE) == FOUND
    assert api.get(ContactId("01A")) == FOUND
    assert api.delete(ContactId("01A")) is True
    assert [(seen.method, seen.path) for seen in server.seen] == [
        ("POST", "/v1/projects/project/contacts"),
        ("GET", "/v1/projects/project/contacts/01A"),
        ("DELETE", "/v1/projects/project/contacts/01A"),
    ]


def test_what_is_not_there_is_none(api: HttpContactsApi, server: Server) -> None:
    server.script = [says(404, {"error": {"status": "NOT_FOUND"}})] * 3
    assert api.get(ContactId("01A")) is None
    assert api.delete(ContactId("01A")) is False
    assert api.update(ContactId("01A"), ALICE, ("language",)) is None


def test_a_refused_single_call_is_an_error(api: HttpContactsApi, server: Server) -> None:
    server.script = [says(400, {"error": {"status": "INVALID_ARGUMENT"}})] * 3
    for call in (
        lambda: api.get(ContactId("01A")),
        lambda: api.delete(ContactId("01A")),
        lambda: api.update(ContactId("01A"), ALICE, ("language",)),
    ):
        with pytest.raises(Rejected):
            call()


def test_an_update_sends_the_mask_and_clears_what_is_not_named(api: HttpContactsApi, server: Server) -> None:
    server.script = [says(200, LIVE)]
    mask = ("display_name", "email", "channel_priority")
    assert api.update(ContactId("01A"), ALICE, mask) == FOUND
    (seen,) = server.seen
    assert seen.path == "/v1/projects/project/contacts/01A?update_mask=display_name%2Cemail%2Cchannel_priority"
    assert seen.json == {"display_name": "Alice", "email": "", "channel_priority": []}


def test_pages_are_of_twenty_and_followed_by_their_token(api: HttpContactsApi, server: Server) -> None:
    server.script = [says(200, {"contacts": [LIVE], "next_page_token": "t2=="}), says(200, EMPTY)]
    first = api.list_page()
    second = api.list_page(first.next_token)
    assert (first.contacts, second.contacts, second.next_token) == ((FOUND,), (), "")
    assert [seen.path for seen in server.seen] == [
        "/v1/projects/project/contacts?page_size=20",
        "/v1/projects/project/contacts?page_size=20&page_token=t2%3D%3D",
    ]


def test_a_look_up_by_external_id_walks_all_pages_and_takes_exact_matches(api: HttpContactsApi, server: Server) -> None:
    server.script = [
        says(200, {"contacts": [LIVE, {**LIVE, "id": "01B", "external_id": "ALICE"}], "next_page_token": "t"}),
        says(200, {"contacts": [{**LIVE, "id": "01C"}]}),
    ]
    assert [live.id for live in api.find_by_external_id("alice")] == ["01A", "01C"]
    assert "external_id=alice" in server.seen[0].path


def test_a_look_up_by_number_asks_again_with_a_plus(api: HttpContactsApi, server: Server) -> None:
    server.script = [says(200, EMPTY), says(200, {"contacts": [LIVE]})]
    assert api.find_by_identity(ChannelIdentity("SMS", "+12025550101")) == (FOUND,)
    assert [seen.path.split("?")[1] for seen in server.seen] == [
        "channel=SMS&identity=12025550101&page_size=20",
        "channel=SMS&identity=%2B12025550101&page_size=20",
    ]


def test_a_look_up_by_another_identity_asks_once_and_heeds_the_app(api: HttpContactsApi, server: Server) -> None:
    identities = [{"channel": "LINE", "identity": "u1", "app_id": "APP"}]
    server.script = [says(200, {"contacts": [{**LIVE, "channel_identities": identities}]})] * 2
    assert api.find_by_identity(ChannelIdentity("LINE", "u1", "OTHER")) == ()
    assert len(api.find_by_identity(ChannelIdentity("LINE", "u1", "APP"))) == 1
    assert len(server.seen) == 2


def test_missing_null_and_unknown_fields_are_tolerated(api: HttpContactsApi, server: Server) -> None:
    odd = {"id": "01A", "email": None, "channel_identities": [{"channel": "VIBER", "identity": None}], "new": {"a": 1}}
    server.script = [says(200, odd)]
    live = api.get(ContactId("01A"))
    assert live == LiveContact(ContactId("01A"), Contact((ChannelIdentity("VIBER", ""),), "", (), "", "", "", ""))


@pytest.mark.parametrize("body", [b"<html>", b"", b'{"contacts": 5}', b"\xff"])
def test_a_read_that_makes_no_sense_is_asked_for_again(api: HttpContactsApi, server: Server, body: bytes) -> None:
    server.script = [says(200, body), says(200, EMPTY)]
    assert api.list_page().contacts == ()
    server.script = [says(200, body)] * 3
    with pytest.raises(Unavailable) as failed:
        api.list_page()
    assert "cannot be read" in str(failed.value)


def test_a_created_contact_that_cannot_be_read_is_not_created_again(api: HttpContactsApi, server: Server) -> None:
    server.script = [says(200, b"<html>")]
    with pytest.raises(Uncertain):
        api.create(ALICE)
    assert len(server.seen) == 1


def test_each_region_has_its_hosts() -> None:
    urls = endpoints(Target("a/b", Region.BR))
    assert urls.token == "https://auth.sinch.com/oauth2/token"
    assert urls.contacts == "https://br.conversation.api.sinch.com/v1/projects/a%2Fb/contacts"
    assert urls.batch == "https://br.conversationbatch.api.sinch.com/v1/projects/a%2Fb/contacts"


def test_a_context_closes_the_connections(api: HttpContactsApi) -> None:
    with api as same:
        assert same.list_page().contacts == ()
