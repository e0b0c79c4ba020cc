"""What a program declares, packed for the engine: from files or made in Python, in one piece or in shards.

Contacts that are made in Python may depend on resources that do not exist yet. Each of them is resolved by itself:
within one `apply`, a single unknown value would make all of them unknown, and a preview could plan none.
"""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pulumi
from pulumi.output import contains_unknowns

from sinch_contacts.core.contact.desired import pack_shards
from sinch_contacts.core.contact.normalize import normalize_key
from sinch_contacts.core.contact.showing import shown_lines
from sinch_contacts.core.errors import ContactsError, SettingError
from sinch_contacts.shell.options import parse_flag, parse_patterns, parse_texts
from sinch_contacts.shell.paths import project_folder
from sinch_contacts.sources import from_mapping, load

Contacts = Mapping[str, Any] | pulumi.Output[Mapping[str, Any]]
"""Contacts by key, in the form of a contact file; the map, or any value in it, may be an output of a resource."""


class PackedShard(msgspec.Struct, frozen=True):
    """One shard of a set that was read as a whole.

    Attributes:
        packed: Its contacts; secret.
        shards: How many shards the set has.
    """

    packed: pulumi.Output[str]
    shards: int


def pack_contacts(  # noqa: PLR0913  # what a program says of its contacts
    source: str | Sequence[str] | None,
    contacts: Contacts | PackedShard | None,
    overlays: str | Sequence[str],
    prefix: str,
    *,
    allow_outside: bool,
    shards: int = 1,
) -> tuple[PackedShard, ...]:
    """Reads what a set declares, once and as a whole, whatever the number of its shards, and packs it.

    Args:
        source: Paths or globs of files.
        contacts: Contacts made in Python, or a shard that was packed already.
        overlays: Paths or globs of files that patch the contacts of `source`.
        prefix: The prefix of external ids.
        allow_outside: Whether files may be outside the project's root.
        shards: How many shards there are.

    Raises:
        ContactsError: Something is wrong with them; all problems are told at once.
    """
    if (source is None) == (contacts is None):
        raise SettingError("source", "Exactly one of source and contacts must be given.", "Remove or add one of them.")
    outside, patches = parse_flag("allow_outside", allow_outside), parse_texts("overlays", overlays)
    if source is None and patches:
        raise SettingError(
            "overlays",
            "overlays patch the contacts of files, and this set has no source.",
            "Give source rather than contacts, or leave overlays out.",
        )
    if isinstance(contacts, PackedShard):
        return (contacts,)
    if contacts is not None:
        return tuple(PackedShard(text, shards) for text in _pack_python(contacts, prefix, shards))
    rows = load(parse_patterns("source", source), _project_root(), overlays=patches, allow_outside=outside)
    return tuple(PackedShard(pulumi.Output.secret(text), shards) for text in pack_shards(rows, (), prefix, shards))


def _project_root() -> Path:
    """Returns the folder of the project, to which paths of contact files are relative.

    Older language hosts do not tell it.
    """
    told = pulumi.get_root_directory()
    return Path(told) if told else project_folder()


def _pack_python(contacts: Contacts, prefix: str, shards: int) -> tuple[pulumi.Output[str], ...]:
    """Packs contacts whose values may be outputs of other resources.

    Args:
        contacts: Contacts by key. Where the map itself is an output, a preview knows all of it or nothing.
        prefix: The prefix of external ids.
        shards: How many shards they are spread over.

    Returns:
        The packed text of each shard; secret. A contact that a preview does not know is a mere key in it.
    """
    if isinstance(contacts, pulumi.Output):
        known = contacts.apply(lambda contacts: _pack_known(contacts, prefix, shards))
        return tuple(pulumi.Output.secret(_text_of_shard(known, number)) for number in range(shards))
    outputs = {key: pulumi.Output.from_input(contact) for key, contact in _mapping(contacts).items()}

    async def texts() -> list[str]:
        values = await asyncio.gather(*(output.future(with_unknowns=True) for output in outputs.values()))
        return _pack_known(dict(zip(outputs, values, strict=True)), prefix, shards)

    async def resources() -> set[pulumi.Resource]:
        return set().union(*await asyncio.gather(*(output.resources() for output in outputs.values())))

    async def is_true() -> bool:
        return True

    packed = pulumi.Output(resources(), texts(), is_true(), is_true())
    return tuple(_text_of_shard(packed, number) for number in range(shards))


def _text_of_shard(texts: pulumi.Output[list[str]], number: int) -> pulumi.Output[str]:
    return texts.apply(lambda known: known[number])


def _mapping(contacts: object) -> Mapping[Any, Any]:
    if isinstance(contacts, Mapping):
        return contacts
    raise SettingError("contacts", "contacts is no mapping.", "Give a dict of contacts by key.")


def _pack_known(contacts: Any, prefix: str, shards: int) -> list[str]:
    try:
        given = _mapping(contacts)
        later = {key for key, contact in given.items() if isinstance(key, str) and contains_unknowns(contact)}
        known = {key: contact for key, contact in given.items() if key not in later}
        unknown = sorted(map(normalize_key, later))
        return list(pack_shards(from_mapping(known), unknown, prefix, shards))
    except ContactsError as error:
        raise pulumi.RunError(shown_lines(str(error))) from None
