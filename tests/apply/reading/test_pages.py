"""Pages: one after another, once more where their tokens have grown old, and to an end whatever a server says."""

from collections.abc import Callable, Mapping

import pytest

from apply.conftest import Set
from machine.inside import Mortal, Nth
from outside import Sinch, people, writes
from sinch_contacts.api.errors import Rejected, Unavailable
from sinch_contacts.api.port import Page
from sinch_contacts.apply.reading.pages import walk
from sinch_contacts.core.contact.contact import Contact, ContactId, LiveContact

EXPIRED = Rejected("page_token has expired", status=400)


def page(number: int, following: str) -> Page:
    return Page((LiveContact(ContactId(f"id-{number}"), Contact((), "EN")),), following)


def reading(pages: Mapping[str, Page], refused: Mapping[int, Rejected]) -> tuple[Callable[[str], Page], list[str]]:
    """Returns what reads pages, and the tokens that it was asked for; some of the calls are refused."""
    asked: list[str] = []

    def read(token: str) -> Page:
        asked.append(token)
        if len(asked) in refused:
            raise refused[len(asked)]
        return pages[token]

    return read, asked


TWO = {"": page(1, "b"), "b": page(2, "")}


def test_are_read_to_the_last_one() -> None:
    read, asked = reading(TWO, {})
    assert list(walk(read)) == list(TWO.values())
    assert asked == ["", "b"]


def test_are_read_once_more_where_a_token_is_refused() -> None:
    """Seen: a scan of 20 minutes ended with "page_token has expired"."""
    read, asked = reading(TWO, {2: EXPIRED})
    assert list(walk(read)) == [TWO[""], *TWO.values()]
    assert asked == ["", "b", "", "b"]


@pytest.mark.parametrize(
    "refused",
    [{1: EXPIRED}, {2: EXPIRED, 3: EXPIRED}, {2: EXPIRED, 4: EXPIRED}, {2: Rejected("no", status=403)}],
    ids=["the first page", "the first page, anew", "twice", "for another reason"],
)
def test_are_not_read_once_more_otherwise(refused: Mapping[int, Rejected]) -> None:
    read, asked = reading(TWO, refused)
    with pytest.raises(Rejected):
        list(walk(read))
    assert len(asked) == max(refused)


def test_that_follow_one_another_in_a_circle_lead_nowhere() -> None:
    read, asked = reading({"": page(1, "b"), "b": page(2, "c"), "c": page(3, "b")}, {})
    with pytest.raises(Unavailable, match="the same pages over and over"):
        list(walk(read))
    assert len(asked) == 3


@pytest.mark.parametrize("contacts", [page(1, "").contacts, ()], ids=["the same contact", "nothing"])
def test_that_show_nothing_new_lead_nowhere_whatever_their_tokens(contacts: tuple[LiveContact, ...]) -> None:
    calls = 0

    def read(_token: str) -> Page:
        nonlocal calls
        calls += 1
        return Page(contacts, f"token-{calls}")

    with pytest.raises(Unavailable):
        list(walk(read))
    assert calls <= 52


def test_that_grow_old_in_a_run_do_not_end_it(friends: Set, sinch: Sinch) -> None:
    def refuse() -> None:
        raise EXPIRED

    friends.up(people(60))
    sinch.calls()
    friends.api = Mortal(friends.api, Nth("list_page", 2), refuse, applied=False)  # type: ignore[assignment]
    assert friends.up(people(61)).incomplete is None
    assert writes(sinch.calls()) == {"batch_create": 1}
    assert len(sinch.contacts()) == 61
