"""The official Python SDK, unchanged, against the emulator."""

from collections.abc import Iterator
from typing import Any

import pytest
from sinch import SinchClient
from sinch.domains.authentication.exceptions import AuthenticationException
from sinch.domains.conversation.exceptions import ConversationException

from emulator.client import Clock, Emulator
from sinch_contacts.emulator.server import running
from sinch_contacts.emulator.settings import EmulatorSettings

SDK_PROJECT = "tinyfrog-jump-high-over-lilypadbasin"
MARTY: dict[str, Any] = {
    "channel_identities": [{"channel": "SMS", "identity": "+12015555555"}],
    "language": "EN_US",
    "display_name": "Marty McFly",
    "email": "time.traveler@delorean.com",
}
MESSENGER = {"channel": "MESSENGER", "identity": "7968425018576406", "app_id": "01W4FFL35P4NC4K35CONVAPP001"}


def connect(emulator: Emulator, secret: str) -> SinchClient:
    client = SinchClient(project_id=SDK_PROJECT, key_id="keyId", key_secret=secret, conversation_region="eu")
    client.configuration.auth_origin = emulator.url
    client.configuration.conversation_origin = emulator.url
    return client


@pytest.fixture(scope="module")
def _sdk_emulator() -> Iterator[Emulator]:
    clock = Clock()
    with running(EmulatorSettings(key_id="keyId", key_secret="keySecret", now=clock)) as url:
        yield Emulator(url, clock)


@pytest.fixture
def served(_sdk_emulator: Emulator) -> Emulator:
    _sdk_emulator.call("POST", "/_emulator/reset")
    return _sdk_emulator


@pytest.fixture
def contacts(served: Emulator) -> Any:
    return connect(served, "keySecret").conversation.contacts


def channels(contact: Any) -> list[tuple[str, str, str]]:
    return [(item.channel, item.identity, item.app_id) for item in contact.channel_identities]


def test_it_creates_and_reads_a_contact(contacts: Any) -> None:
    created = contacts.create(**MARTY)
    read = contacts.get(created.id)

    assert read == created
    assert channels(read) == [("SMS", "12015555555", "")]
    assert (read.display_name, read.email, read.language) == ("Marty McFly", MARTY["email"], "EN_US")
    assert (read.channel_priority, read.external_id, read.metadata) == ([], "", "")


def test_it_goes_through_the_pages_of_a_list_by_itself_and_by_hand(contacts: Any) -> None:
    made = {contacts.create(**MARTY, external_id=str(number)).id for number in range(5)}

    assert sorted(contact.id for contact in contacts.list(page_size=2).iterator()) == sorted(made)
    page, by_hand = contacts.list(page_size=2), []
    while page:
        by_hand.append([contact.id for contact in page.content()])
        page = page.next_page() if page.has_next_page else None
    assert [len(ids) for ids in by_hand] == [2, 2, 1]
    assert {contact for ids in by_hand for contact in ids} == made


def test_it_filters(contacts: Any) -> None:
    wanted = contacts.create(**MARTY, external_id="marty").id
    contacts.create(**MARTY | {"channel_identities": [{"channel": "SMS", "identity": "+1999"}]})

    assert [contact.id for contact in contacts.list(external_id="marty").iterator()] == [wanted]
    by_number = contacts.list(channel="SMS", identity="+12015555555")
    assert [contact.id for contact in by_number.iterator()] == [wanted]


def test_it_updates_what_it_names(contacts: Any) -> None:
    created = contacts.create(**MARTY)

    updated = contacts.update(
        created.id,
        channel_identities=[MESSENGER, {"channel": "SMS", "identity": "+12015555555"}],
        channel_priority=["MESSENGER"],
    )

    assert channels(updated) == [tuple(MESSENGER.values()), ("SMS", "12015555555", "")]
    assert updated.channel_priority == ["MESSENGER"]
    assert (updated.id, updated.email, updated.language) == (created.id, created.email, created.language)
    assert contacts.update(created.id, email=None).email == ""
    assert contacts.update(created.id).channel_priority == ["MESSENGER"]


def test_it_deletes(contacts: Any) -> None:
    created = contacts.create(**MARTY)

    assert contacts.delete(created.id) is None
    with pytest.raises(ConversationException, match=r"^The contact was not found\.  NOT_FOUND$") as caught:
        contacts.get(created.id)
    assert caught.value.response_status_code == 404


def test_it_merges(contacts: Any) -> None:
    source = contacts.create(**MARTY)
    destination = contacts.create(
        channel_identities=[MESSENGER, {"channel": "MMS", "identity": "+12016666666"}],
        channel_priority=["MMS", "MESSENGER"],
        language="EN_US",
        display_name="Pika pika",
        email="pikachu@poke.mon",
    )

    merged = contacts.merge_contact(destination.id, source.id)

    assert [channel for channel, _, _ in channels(merged)] == ["MESSENGER", "MMS", "SMS"]
    assert merged.channel_priority == ["MMS", "MESSENGER"]
    assert (merged.display_name, merged.email, merged.language) == ("Pika pika", "pikachu@poke.mon", "EN_US")


def test_it_reads_profiles_and_identity_conflicts(contacts: Any) -> None:
    one = contacts.create(**MARTY | {"channel_identities": [MESSENGER, *MARTY["channel_identities"]]})
    two = contacts.create(**MARTY | {"channel_identities": [{"channel": "RCS", "identity": "+12015555555"}]})

    app, recipient = MESSENGER["app_id"], {"channel": "MESSENGER", "identity": MESSENGER["identity"]}
    profile = contacts.get_channel_profile_by_contact_id(app, "MESSENGER", one.id)
    by_identity = contacts.get_channel_profile_by_channel_identity(app, "MESSENGER", [recipient])
    (conflict,) = contacts.list_identity_conflicts(page_size=2).iterator()

    assert profile.profile_name == by_identity.profile_name == "Marty McFly"
    assert (conflict.identity, conflict.channels) == ("12015555555", ["RCS", "SMS"])
    assert conflict.contact_ids == sorted([one.id, two.id])


def test_it_renews_an_expired_token(served: Emulator) -> None:
    contacts = connect(served, "keySecret").conversation.contacts
    contacts.create(**MARTY)
    served.clock.pass_by(3600)

    contacts.create(**MARTY)

    assert served.stats()["requests"]["token"] == 2
    assert served.stats()["statuses"] == {"200": 4, "401": 1}


def test_it_waits_where_it_is_throttled(served: Emulator) -> None:
    served.faults({"kind": "throttle", "operation": "create", "retry_after": 0})

    assert connect(served, "keySecret").conversation.contacts.create(**MARTY).id
    assert served.stats()["requests"]["create"] == 2


def test_it_is_told_of_wrong_credentials(served: Emulator) -> None:
    with pytest.raises(AuthenticationException, match="Client authentication failed"):
        connect(served, "wrong").conversation.contacts.create(**MARTY)
