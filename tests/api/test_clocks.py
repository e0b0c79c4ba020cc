"""Sinch's clock, as its answers tell it."""

import time
from collections.abc import Callable

import pytest

from api.conftest import Server, says
from api.test_answers import LIVE
from sinch_contacts.api.client import HttpContactsApi
from sinch_contacts.api.clocks import ServerClock
from sinch_contacts.core.contact.contact import ContactId

DATE = "Fri, 15 Jan 2027 08:00:00 GMT"
THEN = 1_800_000_000.0


def test_it_is_as_far_ahead_of_ours_as_the_answer_that_says_most() -> None:
    """What a gateway has kept for an hour says that it is an hour behind."""
    now = THEN + 10
    clock = ServerClock(lambda: now)
    assert (clock.is_known, clock.offset) == (False, 0.0)
    clock.note({"date": DATE})
    assert (clock.is_known, clock.offset) == (True, -10.0)
    clock.note({"date": DATE.replace("08:", "07:")})
    assert clock.offset == -10.0
    clock.note({"date": DATE.replace("08:", "09:")})
    assert clock.offset == 3590.0


@pytest.mark.parametrize(
    "headers", [{}, {"date": ""}, {"date": "yesterday"}, {"date": "Fri, 99 Jan 2027 08:00:00 GMT"}]
)
def test_an_answer_that_does_not_tell_it_changes_nothing(headers: dict[str, str]) -> None:
    clock = ServerClock(lambda: THEN)
    clock.note(headers)
    assert not clock.is_known


def test_the_answer_to_the_request_for_a_token_tells_it_before_any_other(
    connect: Callable[..., HttpContactsApi], server: Server
) -> None:
    server.tokens = [says(200, {"access_token": "token"}, date=DATE)]
    server.script = [says(200, LIVE, date=DATE.replace("08:", "09:"))]
    api = connect()
    ahead = api.clock_offset()
    assert abs(ahead - (THEN - time.time())) < 60
    assert server.seen == []
    api.get(ContactId("01A"))
    assert abs(api.clock_offset() - ahead - 3600) < 60
    assert len(server.asked_tokens) == len(server.seen) == 1
