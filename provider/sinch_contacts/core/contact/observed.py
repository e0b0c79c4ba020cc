"""What lives at Sinch, seen with the eyes of the one who wants it.

Only the fields that the desired contact names are compared, and what the server does by itself is no difference:
with Unified Contact ID it adds the number of an SMS, MMS or RCS identity to the other two channels, it calls the
nameless `Unknown`, and it stores phone numbers without `+`.
"""

from typing import Any, Final

from sinch_contacts.core.contact.channels import SIM_CHANNELS
from sinch_contacts.core.contact.contact import FIELDS, ChannelIdentity, Contact
from sinch_contacts.core.contact.normalize import normalize_contact, normalize_identity
from sinch_contacts.core.contact.unified import asked_identities

UNNAMED: Final = "Unknown"
"""What Sinch calls the nameless."""


def _identities(live: Contact, like: Contact) -> tuple[ChannelIdentity, ...]:
    wanted = {normalize_identity(identity) for identity in like.channel_identities}
    numbers = {identity.identity for identity in wanted if identity.channel in SIM_CHANNELS}
    found = dict.fromkeys(map(normalize_identity, live.channel_identities))
    return tuple(
        identity
        for identity in found
        if identity in wanted or identity.channel not in SIM_CHANNELS or identity.identity not in numbers
    )


def _priority(live: Contact, like: Contact) -> tuple[str, ...]:
    wanted = like.channel_priority or ()
    channels = {identity.channel for identity in like.channel_identities}
    return tuple(
        channel
        for channel in live.channel_priority or ()
        if channel in wanted or channel in channels or channel not in SIM_CHANNELS
    )


def observe(live: Contact, like: Contact, owned: tuple[str, ...] = ()) -> Contact:
    """Reduces a live contact to the fields that are of interest.

    Args:
        live: The contact as it was read.
        like: The normalised contact to compare with: what the server adds to it by itself is left out.
        owned: Names of further fields that are of interest, beside those that `like` names.

    Returns:
        A normalised contact that has the same digest as `like` exactly when there is no difference (and no further
        field is set).
    """
    values: dict[str, Any] = {}
    for name in FIELDS:
        wanted = getattr(like, name)
        if wanted is None and name not in owned:
            continue
        found = getattr(live, name)
        match name:
            case "channel_identities":
                found = _identities(live, like)
            case "channel_priority":
                found = _priority(live, like)
            case "display_name" if found == UNNAMED and not wanted:
                found = ""
            case _:
                found = found or ""
        values[name] = None if wanted is None and not found else found
    return Contact(**values)


def owned_part(live: Contact, owned: tuple[str, ...], identities: str) -> Contact:
    """Reduces a live contact to some of its fields, where nobody knows any more what was declared.

    Args:
        live: The contact as it was read.
        owned: Names of the fields.
        identities: The digest of the identities that were asked for: what was added to them by Sinch is left out.
    """
    asked = asked_identities(live.channel_identities, identities)
    kept = {name: getattr(live, name) for name in FIELDS[2:] if name in owned}
    return normalize_contact(Contact(asked or live.channel_identities, live.language, **kept))
