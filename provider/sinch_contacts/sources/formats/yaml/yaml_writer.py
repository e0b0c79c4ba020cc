"""Writes contacts as the text of a YAML file that every YAML program reads alike."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Final

from sinch_contacts.core.contact.contact import ChannelIdentity, Contact

_PLAIN_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_LONGEST_KEY: Final = 128
"""The most characters of a key; YAML allows 1,024 with all escapes, but longer external ids read better in a list."""

_NOT_A_TEXT: Final = frozenset("y n yes no on off true false null".split())
_UNPRINTABLE: Final = re.compile("[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def yaml_text(contacts: Sequence[Contact]) -> str:
    """Writes contacts as a map by external id; as a list if one of them has none, or a very long one."""
    if not contacts:
        return "contacts: {}\n"
    write = _by_key if all(0 < len(contact.external_id or "") <= _LONGEST_KEY for contact in contacts) else _as_item
    return "contacts:\n" + "".join(line for contact in contacts for line in write(contact))


def _by_key(contact: Contact) -> Iterator[str]:
    yield f"  {_text(contact.external_id or '')}:\n"
    for line in _field_lines(contact):
        yield f"    {line}\n"


def _as_item(contact: Contact) -> Iterator[str]:
    named = [f"external_id: {_text(contact.external_id)}"] if contact.external_id else []
    lead = "  - "
    for line in (*named, *_field_lines(contact)):
        yield f"{lead}{line}\n"
        lead = "    "


def _field_lines(contact: Contact) -> Iterator[str]:
    if contact.display_name is not None:
        yield f"display_name: {_quoted(contact.display_name)}"
    yield f"language: {contact.language}"
    if contact.email is not None:
        yield f"email: {_quoted(contact.email)}"
    yield "channel_identities:"
    for identity in contact.channel_identities:
        yield f"  - {_identity(identity)}"
    if contact.channel_priority is not None:
        yield f"channel_priority: [{', '.join(contact.channel_priority)}]"
    if contact.metadata is not None:
        yield f"metadata: {_quoted(contact.metadata)}"


def _identity(identity: ChannelIdentity) -> str:
    app = f", app_id: {_quoted(identity.app_id)}" if identity.app_id else ""
    return f"{{ channel: {identity.channel}, identity: {_quoted(identity.identity)}{app} }}"


def _text(text: str) -> str:
    """Returns a text without quotes if no YAML program reads it as anything else."""
    return text if _PLAIN_WORD.fullmatch(text) and text.lower() not in _NOT_A_TEXT else _quoted(text)


def _quoted(text: str) -> str:
    if _UNPRINTABLE.search(text):
        return _UNPRINTABLE.sub(_escaped, json.dumps(text, ensure_ascii=False))
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04X}"
