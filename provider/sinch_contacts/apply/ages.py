"""When Sinch made a contact: its ids are ULIDs, which begin with the time (seen in Sinch's own examples)."""

from typing import Final

from sinch_contacts.core.contact import ContactId

_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID: Final = 26
_TIME: Final = 10
"""Letters of a ULID in all, and of the time in it."""

_INEXACT: Final = 0.5
"""Seconds by which the clocks of Sinch's own hosts may differ.

That its `Date` header and our record tell whole seconds needs no allowance: both are rounded down, which makes a time
of ours seem earlier than it was, and so nothing seem older.
"""


def made_at(contact_id: ContactId) -> float:
    """Returns when Sinch made a contact, in seconds since 1970 by its own clock; 0 where the id is no ULID."""
    if len(contact_id) != _ULID or any(letter not in _LETTERS for letter in contact_id):
        return 0.0
    milliseconds = 0
    for letter in contact_id[:_TIME]:
        milliseconds = milliseconds * len(_LETTERS) + _LETTERS.index(letter)
    return milliseconds / 1000


def is_older(contact_id: ContactId, than: float) -> bool:
    """Says whether a contact was certainly made before a time, in seconds since 1970 by Sinch's clock."""
    return 0 < made_at(contact_id) < than - _INEXACT
