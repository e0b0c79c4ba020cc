"""Bodies that come a byte at a time: they are left after a while, and at once where the work is to stop."""

import time
from collections.abc import Callable

import pytest

from api.conftest import DRIPPING, EMPTY, Answer, Clock, Server, says
from sinch_contacts.api import answers
from sinch_contacts.api.client import HttpContactsApi
from sinch_contacts.api.errors import Interrupted, Unavailable


def test_a_body_that_drips_is_no_answer(
    connect: Callable[..., HttpContactsApi], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen: each byte began the wait for the next one anew, so that a page could take a week."""
    monkeypatch.setattr(answers, "_SLOWEST", 0.2)
    server.script = [Answer(DRIPPING), Answer(DRIPPING), says(200, EMPTY), Answer(DRIPPING), Answer(DRIPPING)]
    api = connect(attempts=3)
    assert api.list_page().contacts == ()
    began = time.monotonic()
    with pytest.raises(Unavailable):
        connect(attempts=2).list_page()
    assert time.monotonic() - began < 10


def test_a_body_that_drips_is_left_where_the_work_is_to_stop(
    connect: Callable[..., HttpContactsApi], server: Server, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "_OFTEN", 0.1)

    def stop(_seconds: float) -> None:
        raise Interrupted("The run was interrupted.")

    monkeypatch.setattr(clock, "sleep", stop)
    server.script = [Answer(DRIPPING)]
    began = time.monotonic()
    with pytest.raises(Interrupted):
        connect().list_page()
    assert time.monotonic() - began < 10
    assert len(server.seen) == 1
