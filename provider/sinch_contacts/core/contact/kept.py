"""What a server may make of a contact that it keeps in its own way, and what only somebody else can have made of it."""

import unicodedata
from typing import Any, Final

from sinch_contacts.core.contact.contact import FIELDS, Contact, named_fields

_NEVER_DROPPED: Final = frozenset({"channel_identities", "display_name"})


def may_be_kept_as(wanted: Contact, seen: Contact) -> bool:
    """Says whether a server may have made what is seen of what was asked for.

    Identities are as they were asked for. Other texts may differ in case, in space and in the form of their letters,
    and all fields but the name may be left out; anything else is somebody else's.

    Args:
        wanted: What was asked for, normalised.
        seen: What lives, reduced to the same fields; see `observe`.
    """
    return all(_may_be(name, getattr(wanted, name), getattr(seen, name)) for name in named_fields(wanted))


def differing(one: Contact, other: Contact) -> frozenset[str]:
    """Names the fields in which two normalised contacts differ; identities may come in any order."""
    return frozenset(name for name in FIELDS if _comparable(name, one) != _comparable(name, other))


def _comparable(name: str, contact: Contact) -> Any:
    value = getattr(contact, name)
    return sorted(value) if name == "channel_identities" else value


def _may_be(name: str, asked: Any, found: Any) -> bool:
    if name == "channel_identities":
        return sorted(asked) == sorted(found)
    if not found:
        return not asked or name not in _NEVER_DROPPED
    return bool(_folded(asked) == _folded(found))


def _folded(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(unicodedata.normalize("NFKC", value).casefold().split())
    return sorted(value) if isinstance(value, tuple) else value
