"""What the owner of a set lets us do: the defaults are the careful ones."""

import pytest

from sinch_contacts.core.plan.policy import OnChange, OnConflict, OnDelete, Policy


def test_what_nobody_allowed_is_not_done() -> None:
    assert Policy() == Policy(
        OnConflict.FAIL, OnChange.PATCH, OnDelete.DELETE, delete_adopted=False, max_rejects="0"
    ), "conflicts stop the run, contacts keep their ids, what we found is never deleted, each rejection fails"


@pytest.mark.parametrize(
    ("most", "rejects", "contacts", "tolerated"),
    [
        ("0", 0, 0, True),
        ("0", 1, 1_000_000, False),
        ("3", 3, 3, True),
        ("3", 4, 1_000_000, False),
        ("2%", 2, 100, True),
        ("2%", 3, 100, False),
        ("2%", 1, 49, False),
        ("2%", 0, 49, True),
        ("100%", 5, 5, True),
    ],
)
def test_so_many_rejected_contacts_are_no_reason_to_fail(
    most: str, rejects: int, contacts: int, *, tolerated: bool
) -> None:
    assert Policy(max_rejects=most).tolerates(rejects, contacts) is tolerated
