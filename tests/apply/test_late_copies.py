"""Copies that come to light only in the second look, after the wait for the first ones."""

from collections.abc import Callable
from pathlib import Path

from apply.conftest import Set
from apply.endings import kill
from apply.naming import body, check_the_states, delay
from outside import READS, Sinch, lagging


def test_what_appears_twice_while_copies_of_another_are_removed_is_settled_too(
    make_set: Callable[..., Set], sinch: Sinch, tmp_path: Path
) -> None:
    """Two machines ask for both; copies of `b` show while those of `a` go. Seen: a traceback, the outcome lost."""
    first, second = make_set(), make_set()
    first.prefix = second.prefix = "qa-"
    second.journals = tmp_path / "elsewhere"
    wanted = {"a": body(1), "b": body(2)}
    late = {"kind": "delay", "operation": "batch_create", "match": "12020000002", "seconds": 600, "times": None}
    sinch.faults(late)
    kill(first, "create_batch", wanted)
    sinch.faults(
        late,
        {"kind": "delay", "operation": "batch_delete", "seconds": 10, "times": None},
        {"kind": "lose_response", "operation": "batch_create"},
    )
    second.up(wanted)
    check_the_states(sinch, second)


def test_an_older_namesake_of_somebody_else_that_appears_beside_what_is_being_deleted_is_told(
    make_set: Callable[..., Set], sinch: Sinch, tmp_path: Path
) -> None:
    """Seen: a traceback of a forbidden change, for what is being deleted."""
    stranger, first, other = make_set(), make_set(), make_set()
    stranger.urn = "urn:pulumi:x::y::sinch:ContactSet::z"
    stranger.journals, other.journals = tmp_path / "1", tmp_path / "2"
    wanted = {"a": body(1)}
    delay(sinch, "batch_create", 400)
    kill(stranger, "create_batch", wanted)
    first.clock.sleep(5)
    kill(first, "create_batch", wanted)
    first.clock.sleep(10)
    kill(first, "delete_batch", {}, applied=False)
    sinch.faults(*(lagging(one, 1000) for one in READS))
    kill(other, "create_batch", wanted)
    sinch.faults()
    first.clock.sleep(10)
    first.up(wanted)


def test_older_namesakes_that_appear_beside_what_is_kept_differently_are_told(
    make_set: Callable[..., Set], sinch: Sinch, tmp_path: Path
) -> None:
    """Seen: a traceback of a forbidden change, for what Sinch keeps differently."""
    shouting = body(2, email="B@EXAMPLE.COM")
    for number in range(2):
        stranger = make_set()
        stranger.urn, stranger.journals = f"urn:pulumi:x::y::sinch:ContactSet::z{number}", tmp_path / str(number)
        delay(sinch, "batch_create", 300)
        kill(stranger, "create_batch", {"b": shouting})
    first, other = make_set(), make_set()
    first.clock.sleep(5)
    other.journals = tmp_path / "other"
    kill(other, "create_batch", {"a": body(1)})
    sinch.faults({"kind": "keep_differently", "operation": "batch_create"})
    first.up({"a": body(1), "b": shouting})
