"""Errors that repeat what was sent: no name, no metadata, no address of it reaches a message."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.conftest import Server, says
from sinch_contacts.api.client import HttpContactsApi
from sinch_contacts.api.echoes import mask_echoes
from sinch_contacts.api.errors import Rejected
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact

ALICE = Contact(
    (ChannelIdentity("TELEGRAM", "alice_in_w"),),
    "EN_US",
    display_name="Alice Liddell",
    email="alice@example.org",
    external_id="customer-1",
    metadata=json.dumps({"diagnosis": "diabetes", "plan": "gold"}),
)
BO = Contact((ChannelIdentity("TELEGRAM", "bo"),), "EN_US", display_name="Bo")


def told(api: HttpContactsApi, server: Server, message: str) -> str:
    """Returns the detail of the error that a batch of two contacts is answered with."""
    server.script = [says(400, {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": message}})]
    with pytest.raises(Rejected) as refused:
        api.create_batch([ALICE, BO])
    assert refused.value.detail in refused.value.message
    return refused.value.detail


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("display_name 'Alice Liddell' is not valid", "display_name '···ll' is not valid"),
        ("ALICE LIDDELL is not valid", "···LL is not valid"),
        (f"metadata {ALICE.metadata} is too long", "metadata ···"),
        ('metadata: {\\"diagnosis\\": \\"diab', "metadata: ···"),
        ("contacts[1]: Bo: Both are there; about", "contacts[1]: ···: Both are there; about"),
        ("identity alice_in_w is taken", "identity ···_w is taken"),
        ("customer-1: channel TELEGRAM, language EN_US", "customer-1: channel TELEGRAM, language EN_US"),
    ],
)
def test_what_was_sent_is_masked(api: HttpContactsApi, server: Server, message: str, shown: str) -> None:
    assert told(api, server, message).startswith(shown)


@given(st.text(max_size=60), st.text(max_size=60), st.lists(st.text(min_size=2, max_size=30), max_size=4))
def test_nothing_that_was_sent_is_left_as_words(before: str, after: str, contents: list[str]) -> None:
    text = f"{before} {' '.join(contents)} {after}"
    shown = mask_echoes(text, contents).lower()
    for content in contents:
        if len(content) > 12:
            assert content.lower() not in shown


def test_nothing_is_masked_where_nothing_was_sent() -> None:
    assert mask_echoes("Ein ganz gewöhnlicher Satz.", []) == "Ein ganz gewöhnlicher Satz."
