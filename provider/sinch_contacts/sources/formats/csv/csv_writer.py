"""Writes contacts as the text of a CSV file, and says which a table cannot hold."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from sinch_contacts.core.contact.channels import Channel
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact
from sinch_contacts.sources.formats.text_lines import LONGEST_LINE

_OPTIONAL_TEXTS: Final = ("display_name", "email", "metadata")
_CHANNELS: Final[Mapping[str, int]] = {channel: number for number, channel in enumerate(Channel)}
_LONGEST_CELL: Final = 131_072
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings of cells that a spreadsheet takes for formulas, whatever quotes are around them."""

_TO_QUOTE: Final = re.compile(r'[",\r\n]|^\s|\s$')

Column = tuple[ChannelIdentity, int]
"""A channel with its app, as an identity without an address, and its number among the columns of the same kind."""


def csv_obstacle(contact: Contact) -> str:
    """Returns why a table cannot hold a contact; empty if it can."""
    texts = {name: getattr(contact, name) for name in _OPTIONAL_TEXTS}
    for name, text in texts.items():
        if text is not None and not text.strip():
            return f"{name}: this is only space, and a CSV file takes that for nothing; write another format"
    lengths = [len(_cell(cell)) for cell in _contents(contact)]
    if max(lengths, default=0) > _LONGEST_CELL or sum(lengths) > LONGEST_LINE // 2:
        return f"this is too long for a CSV file, whose cells have {_LONGEST_CELL:,} characters; write another format"
    return ""


def csv_formulas(contacts: Sequence[Contact]) -> int:
    """Returns how many cells of a table a spreadsheet would run as formulas."""
    return sum(cell.startswith(_FORMULA) for contact in contacts for cell in _contents(contact))


def csv_text(contacts: Sequence[Contact]) -> str:
    """Writes contacts as a table; the order of the columns replaces that of a contact's identities."""
    texts = [name for name in _OPTIONAL_TEXTS if any(getattr(contact, name) is not None for contact in contacts)]
    priority = any(contact.channel_priority is not None for contact in contacts)
    columns = _columns(contacts)
    header = [
        "external_id",
        "language",
        *texts,
        *(_header(slot) for slot, _ in columns),
        *(["channel_priority"] if priority else []),
    ]
    rows = [header]
    for contact in contacts:
        cells = _addresses(contact)
        rows.append(
            [
                contact.external_id or "",
                contact.language,
                *(getattr(contact, name) or "" for name in texts),
                *(cells.get(column, "") for column in columns),
                *([" ".join(contact.channel_priority or ())] if priority else []),
            ]
        )
    return "".join(",".join(map(_cell, row)) + "\n" for row in rows)


def _columns(contacts: Sequence[Contact]) -> list[Column]:
    columns = {column for contact in contacts for column in _addresses(contact)}
    none: Column = (ChannelIdentity(Channel.SMS, ""), 0)
    return sorted(columns or {none}, key=lambda column: (_CHANNELS[column[0].channel], column))


def _addresses(contact: Contact) -> dict[Column, str]:
    counts: Counter[ChannelIdentity] = Counter()
    cells: dict[Column, str] = {}
    for identity in contact.channel_identities:
        slot = ChannelIdentity(identity.channel, "", identity.app_id)
        cells[slot, counts[slot]] = identity.identity
        counts[slot] += 1
    return cells


def _contents(contact: Contact) -> list[str]:
    texts = (contact.external_id, *(getattr(contact, name) for name in _OPTIONAL_TEXTS))
    return [text for text in (*texts, *(one.identity for one in contact.channel_identities)) if text]


def _header(slot: ChannelIdentity) -> str:
    return f"{slot.channel}:{slot.app_id}" if slot.app_id else slot.channel


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _TO_QUOTE.search(text) else text
