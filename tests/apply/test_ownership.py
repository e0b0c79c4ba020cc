"""Whose a contact is follows from what we sent and when, not from equality: what is older than our call is adopted."""

from typing import Any

import pytest
import requests

from apply.conftest import Set, VirtualClock
from apply.endings import kill
from outside import PROJECT, Sinch, lagging, people
from sinch_contacts.core.contact.contact import ContactId
from sinch_contacts.core.record.recorded import Origin

BLIND = [lagging("list", 3000), lagging("find", 3000)]
"""Lists and look-ups that show nothing of what was made in the last fifty minutes."""


def origins(contact_set: Set) -> set[Origin]:
    return {entry.origin for entry in contact_set.record.values()}


def ids(sinch: Sinch) -> set[str]:
    return {contact["id"] for contact in sinch.contacts()}


def send_batch(sinch: Sinch, contacts: dict[str, Any]) -> None:
    """Creates contacts in a batch, as another tool does."""
    token = requests.post(
        f"{sinch.url}/oauth2/token", {"grant_type": "client_credentials"}, auth=("emulator", "emulator"), timeout=30
    ).json()
    requests.post(
        f"{sinch.url}/batch/v1/projects/{PROJECT}/contacts",
        json={"contacts": [{**contact, "external_id": key} for key, contact in contacts.items()]},
        headers={"Authorization": f"Bearer {token['access_token']}"},
        timeout=30,
    ).raise_for_status()


@pytest.fixture
def theirs(sinch: Sinch, clock: VirtualClock) -> set[str]:
    """Ids of 30 contacts of somebody else, equal to ours, which lists and look-ups do not show yet."""
    sinch.seed([{**contact, "external_id": key} for key, contact in people(30).items()])
    clock.sleep(10)
    sinch.faults(*BLIND)
    return ids(sinch)


def test_what_lists_did_not_show_is_adopted_and_never_deleted(friends: Set, sinch: Sinch, theirs: set[str]) -> None:
    """Seen: 300 contacts of somebody else were recorded as created by us, and a destroy deleted them all."""
    assert friends.up(people(30)).incomplete
    sinch.faults()
    assert friends.up(people(30)).incomplete is None
    assert ids(sinch) == theirs
    assert origins(friends) == {Origin.ADOPTED}
    assert friends.destroy().incomplete is None
    assert ids(sinch) == theirs


def test_what_lists_did_not_show_stays_where_ours_never_came(friends: Set, sinch: Sinch, theirs: set[str]) -> None:
    sinch.faults(*BLIND, {"kind": "drop_item", "operation": "batch_create", "times": None})
    assert friends.up(people(30)).incomplete
    sinch.faults()
    assert friends.up(people(30)).incomplete is None
    assert ids(sinch) == theirs
    assert origins(friends) == {Origin.ADOPTED}


@pytest.mark.parametrize("single", [False, True])
def test_an_older_namesake_of_what_left_the_set_while_pending_is_not_deleted(
    friends: Set, sinch: Sinch, theirs: set[str], *, single: bool
) -> None:
    sinch.faults(*BLIND, {"kind": "drop_item", "operation": "batch_create", "times": None})
    assert friends.up(people(1 if single else 30)).incomplete
    sinch.faults()
    assert friends.up({}).incomplete is None
    assert ids(sinch) == theirs
    assert friends.record == {}


def test_an_older_namesake_of_what_a_killed_run_asked_for_is_not_deleted(
    friends: Set, sinch: Sinch, theirs: set[str]
) -> None:
    kill(friends, "create_batch", people(30), applied=False)
    sinch.faults()
    assert friends.up({}).incomplete is None
    assert ids(sinch) == theirs
    assert friends.record == {}


def test_an_older_namesake_of_what_a_killed_run_asked_for_is_adopted(
    friends: Set, sinch: Sinch, theirs: set[str]
) -> None:
    kill(friends, "create_batch", people(30), applied=True)
    sinch.faults()
    assert friends.up(people(30)).incomplete is None
    assert len(ids(sinch)) == 30
    assert friends.destroy().incomplete is None
    assert ids(sinch) == theirs


@pytest.mark.parametrize("seconds", [2, 30])
def test_the_batch_of_another_tool_that_is_not_visible_yet_stays_theirs(
    friends: Set, sinch: Sinch, clock: VirtualClock, seconds: int
) -> None:
    """Seen: our own copy was removed, theirs was recorded as created by us, and a destroy deleted it."""
    sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": seconds, "times": 5})
    send_batch(sinch, people(5))
    theirs = ids(sinch)
    clock.sleep(1)
    friends.up(people(5))
    clock.sleep(100)
    friends.destroy()
    assert ids(sinch) == theirs


def test_a_single_creation_that_is_answered_with_an_older_contact_is_an_adoption(
    friends: Set, theirs: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    there = {live.contact.external_id: live for live in map(friends.api.get, map(ContactId, theirs)) if live}
    monkeypatch.setattr(friends.api, "create", lambda contact: there[contact.external_id])
    monkeypatch.setattr(friends.api, "permits_batches", lambda: False)
    assert friends.up(people(30)).incomplete is None
    assert origins(friends) == {Origin.ADOPTED}
    assert {entry.id for entry in friends.record.values()} == theirs
