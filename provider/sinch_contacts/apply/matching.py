"""Whose is this contact? What tells a contact that we asked for from a namesake that somebody else made.

The batch calls return no ids and know no idempotency key, so a batch whose answer was lost, or whose process died, can
end up at Sinch twice. A name proves nothing by itself: what was asked for is known by its name, its identities and all
its fields. Copies may be deleted only under three conditions: none of them was there before we asked, each is just what
we asked for, and it carries nothing else that somebody might miss. Any other double is told, never touched.

Everything here is pure.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

import msgspec

from sinch_contacts.apply.journal.replay import Asked
from sinch_contacts.core.contact.contact import FIELDS, Contact, ContactId, LiveContact, named_fields
from sinch_contacts.core.contact.digest import Fingerprint, field_digests, is_same, parse_field_digests
from sinch_contacts.core.contact.kept import may_be_kept_as
from sinch_contacts.core.contact.name import Name, asked_names
from sinch_contacts.core.contact.observed import observe
from sinch_contacts.core.contact.ulid import is_older
from sinch_contacts.core.contact.unified import asked_identities

_TEXTS: Final = ("email", "external_id", "metadata")

IsOurs = Callable[[LiveContact], bool]
"""Says whether a contact is what was asked for."""


class Namesakes(msgspec.Struct, frozen=True):
    """The contacts that were found under one name.

    Attributes:
        ours: Those that are as we asked, the one that stays first.
        others: All the others.
    """

    ours: tuple[LiveContact, ...]
    others: tuple[LiveContact, ...]

    def all_older(self, than: float) -> bool:
        """Says whether each of ours was certainly made before a time, in seconds since 1970 by Sinch's clock."""
        return all(is_older(live.id, than) for live in self.ours)


def split_namesakes(
    is_ours: IsOurs, found: Iterable[LiveContact], changed: Collection[ContactId] = frozenset()
) -> Namesakes:
    """Tells contacts that we made from others: ours are just as we asked, or were changed by us since.

    Args:
        is_ours: Says what is just as we asked.
        found: What was found under the contact's name.
        changed: Contacts that interrupted runs may have changed; one of them stays rather than a mere copy.
    """
    ours: list[LiveContact] = []
    others: list[LiveContact] = []
    for live in sorted(found, key=lambda live: (live.id not in changed, live.id)):
        (ours if live.id in changed or is_ours(live) else others).append(live)
    return Namesakes(tuple(ours), tuple(others))


def is_made_of(wanted: Contact, live: LiveContact) -> bool:
    """Says whether a contact is what a creation just like the declared one makes, and nothing more."""
    return is_same(observe(live.contact, wanted), wanted) and not _has_more(live, named_fields(wanted))


def is_kept_of(wanted: Contact, live: LiveContact) -> bool:
    """Says whether a contact is what a server may make of the declared one, if it keeps it in its own way."""
    return may_be_kept_as(wanted, observe(live.contact, wanted)) and not _has_more(live, named_fields(wanted))


def is_as_asked(asked: Fingerprint, like: Contact | None, live: LiveContact) -> bool:
    """Says whether a contact is what was asked for, where that is known by its fingerprint alone.

    Args:
        asked: The fingerprint of what was asked for.
        like: What is declared now, if anything is: what the server adds to it by itself is left out.
        live: The contact.
    """
    owned = parse_field_digests(asked.fields)
    if _has_more(live, owned):
        return False
    if asked_identities(live.contact.channel_identities, asked.identities) is None:
        return False  # somebody else's, though it has the name
    # Every field is looked at, as it lives and as the server would have added to it, and those asked for are compared.
    every = msgspec.structs.replace(live.contact, display_name="")
    seen = (observe(live.contact, wanted, FIELDS) for wanted in {like or every, every})
    found = {pair for contact in seen for pair in parse_field_digests(field_digests(contact)).items()}
    return found.issuperset(owned.items())


def find_call(
    live: LiveContact, calls: Mapping[str, Asked], digest_name: Callable[[Name], str], changed: Collection[ContactId]
) -> tuple[Name, Asked] | None:
    """Finds the creation that a contact comes from.

    Args:
        live: The contact.
        calls: Creations that were asked for, by what stands for their names.
        digest_name: Returns what stands for a name.
        changed: Contacts that interrupted runs may have changed: they need not look as they were asked for.

    Returns:
        The name that it was asked for under, and the call.
    """
    for name in asked_names(live) if calls else ():
        call = calls.get(digest_name(name))
        if call and (live.id in changed or is_as_asked(call[0].fingerprint, None, live)):
            return name, call
    return None


def _has_more(live: LiveContact, owned: Collection[str]) -> bool:
    return any(name not in owned and getattr(live.contact, name) for name in _TEXTS)
