"""Writes contacts as the text of a JSON or JSON Lines file, and says which a line cannot hold."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from sinch_contacts.core.contact.contact import Contact
from sinch_contacts.sources.formats.text_lines import LONGEST_LINE

_ORDER: Final[Sequence[str]] = (
    "external_id",
    "display_name",
    "language",
    "email",
    "channel_identities",
    "channel_priority",
    "metadata",
)


def json_text(contacts: Iterable[Contact]) -> str:
    """Writes contacts as a map by external id; as a list if one of them has none."""
    fields = [_plain_fields(contact) for contact in contacts]
    document = {
        "contacts": {one.pop("external_id"): one for one in fields} if all(map(_external_id, fields)) else fields
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def json_lines_text(contacts: Iterable[Contact]) -> str:
    """Writes contacts one a line."""
    return "".join(msgspec.json.encode(_plain_fields(contact)).decode() + "\n" for contact in contacts)


def json_line_obstacle(contact: Contact) -> str:
    """Returns why a line cannot hold a contact; empty if it can."""
    if len(msgspec.json.encode(contact)) > LONGEST_LINE:
        return f"this has more than {LONGEST_LINE:,} characters, which a line of JSON may have; write another format"
    return ""


def _plain_fields(contact: Contact) -> dict[str, object]:
    """Returns the set fields of a contact as plain values, in an order that reads well."""
    plain: dict[str, object] = msgspec.to_builtins(contact)
    return {name: plain[name] for name in _ORDER if name in plain}


def _external_id(fields: dict[str, object]) -> object:
    return fields.get("external_id")
