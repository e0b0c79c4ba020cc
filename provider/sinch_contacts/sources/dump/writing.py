"""Writes live contacts as the text of a contact file that declares exactly them."""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from sinch_contacts.core.contact.contact import Contact, LiveContact
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.sources.dump.declaring import LeftOut, declare
from sinch_contacts.sources.formats.csv.csv_writer import csv_formulas, csv_obstacle, csv_text
from sinch_contacts.sources.formats.json.json_writer import json_line_obstacle, json_lines_text, json_text
from sinch_contacts.sources.formats.registry import FORMATS, MEBIBYTE
from sinch_contacts.sources.formats.yaml.yaml_writer import yaml_text


class Selection(msgspec.Struct, frozen=True):
    """A filter on the contacts of a project; an empty criterion matches all.

    Attributes:
        external_id_prefix: What external ids begin with.
        channels: Channels of which a contact has at least one.
        languages: Languages of which a contact has one.
    """

    external_id_prefix: str = ""
    channels: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()

    def is_match(self, contact: Contact) -> bool:
        """Whether a contact meets all criteria."""
        return (
            (contact.external_id or "").startswith(self.external_id_prefix)
            and (not self.channels or any(one.channel in self.channels for one in contact.channel_identities))
            and (not self.languages or contact.language in self.languages)
        )


EVERYTHING: Final = Selection()


class Written(msgspec.Struct, frozen=True):
    """The text of a contact file.

    Attributes:
        content: The text in UTF-8.
        contacts: How many contacts it declares.
        left_out: The selected contacts that it cannot declare, sorted by id.
        formulas: How many cells a spreadsheet would run as formulas.
    """

    content: bytes
    contacts: int
    left_out: tuple[LeftOut, ...]
    formulas: int


class TooLarge(ContactsError):
    """The file would exceed the size that the readers accept."""


class _Writer(msgspec.Struct, frozen=True):
    write: Callable[[Sequence[Contact]], str]
    obstacle: Callable[[Contact], str]
    formulas: Callable[[Sequence[Contact]], int] = lambda _: 0


def write(project: Sequence[LiveContact], ending: str, selection: Selection = EVERYTHING) -> Written:
    """Writes the contacts of a project as a file that adopts them unchanged.

    Fields that are unset at Sinch, or that Sinch filled in itself, are not declared. The text does not depend on the
    order of the contacts.

    Args:
        project: All contacts of the project, each once.
        ending: The ending of the file, such as `.yaml`, which tells its format.
        selection: The contacts to write.

    Raises:
        TooLarge: The file would exceed the size that the readers accept.
    """
    writer = _WRITERS[ending]
    declaration = declare((live for live in project if selection.is_match(live.contact)), project)
    obstacles = [writer.obstacle(one.declared.contact) for one in declaration.contacts]
    found = list(zip(declaration.contacts, obstacles, strict=True))
    contacts = [one.declared.contact for one, obstacle in found if not obstacle]
    left_out = [*declaration.left_out, *(LeftOut(one.live, obstacle) for one, obstacle in found if obstacle)]
    content = writer.write(contacts).encode()
    if len(content) > (most := FORMATS[ending].size):
        size = len(content) // MEBIBYTE
        raise TooLarge(
            f"The file would have {size:,} MiB, and a {ending} file may have {most // MEBIBYTE:,}.",
            "Write a .jsonl file, or fewer contacts at a time.",
        )
    return Written(
        content, len(contacts), tuple(sorted(left_out, key=lambda one: one.live.id)), writer.formulas(contacts)
    )


def _no_obstacle(_: Contact) -> str:
    return ""


_JSON_LINES_WRITER: Final = _Writer(json_lines_text, json_line_obstacle)
_YAML_WRITER: Final = _Writer(yaml_text, _no_obstacle)
_WRITERS: Final = {
    ".yaml": _YAML_WRITER,
    ".yml": _YAML_WRITER,
    ".json": _Writer(json_text, _no_obstacle),
    ".jsonl": _JSON_LINES_WRITER,
    ".ndjson": _JSON_LINES_WRITER,
    ".csv": _Writer(csv_text, csv_obstacle, csv_formulas),
}
ENDINGS: Final = tuple(_WRITERS)
"""The endings of the files that can be written."""
