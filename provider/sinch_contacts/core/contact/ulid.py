"""Ids of contacts: ULIDs, which begin with the time at which Sinch made the contact (seen in Sinch's own examples)."""

from typing import Final

from sinch_contacts.core.contact.contact import ContactId

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32."""

LENGTH: Final = 26
"""Characters of a ULID in all."""

TIME_LENGTH: Final = 10
"""Characters of the time in it, which come first; the others are random."""

_LETTERS: Final = frozenset(ALPHABET)
_INEXACT: Final = 0.5
"""Seconds by which the clocks of Sinch's own hosts may differ.

That its `Date` header and our record tell whole seconds needs no allowance: both are rounded down, which makes a time
of ours seem earlier than it was, and so nothing seem older.
"""


def is_ulid(contact_id: ContactId) -> bool:
    """Says whether an id is a ULID."""
    return len(contact_id) == LENGTH and _LETTERS.issuperset(contact_id)


def made_at(contact_id: ContactId) -> float:
    """Returns when Sinch made a contact, in seconds since 1970 by its own clock; 0 where the id is no ULID."""
    if not is_ulid(contact_id):
        return 0.0
    milliseconds = 0
    for letter in contact_id[:TIME_LENGTH]:
        milliseconds = milliseconds * len(ALPHABET) + ALPHABET.index(letter)
    return milliseconds / 1000


def is_older(contact_id: ContactId, than: float) -> bool:
    """Says whether a contact was certainly made before a time, in seconds since 1970 by Sinch's clock."""
    return 0 < made_at(contact_id) < than - _INEXACT
