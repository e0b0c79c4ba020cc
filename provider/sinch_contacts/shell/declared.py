"""What a program declares, packed for the engine: from files or made in Python, in one piece or in shards."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pulumi

from sinch_contacts.core.contact.desired import pack_shards
from sinch_contacts.core.errors import SettingError
from sinch_contacts.shell.options import flag, texts
from sinch_contacts.shell.project import project_root
from sinch_contacts.shell.resolving import resolve
from sinch_contacts.sources import load

Contacts = Mapping[str, Any] | pulumi.Output[Mapping[str, Any]]
"""Contacts by key, in the form of a contact file; the map, or any value in it, may be an output of a resource."""


class Shard(msgspec.Struct, frozen=True):
    """One shard of a set that was read as a whole.

    Attributes:
        packed: Its contacts; secret.
        shards: How many shards the set has.
    """

    packed: pulumi.Output[str]
    shards: int


def declared(  # noqa: PLR0913  # what a program says of its contacts
    source: str | Sequence[str] | None,
    contacts: Contacts | Shard | None,
    overlays: str | Sequence[str],
    prefix: str,
    *,
    allow_outside: bool,
    shards: int = 1,
) -> tuple[Shard, ...]:
    """Reads what a set declares, once and as a whole, whatever the number of its shards.

    Args:
        source: Paths or globs of files.
        contacts: Contacts made in Python, or a shard that was read already.
        overlays: Paths or globs of files that patch the contacts of `source`.
        prefix: The prefix of external ids.
        allow_outside: Whether files may be outside the project's root.
        shards: How many shards there are.

    Raises:
        ContactsError: Something is wrong with them; all problems are told at once.
    """
    if (source is None) == (contacts is None):
        raise SettingError("source", "Exactly one of source and contacts must be given.", "Remove or add one of them.")
    outside, patches = flag("allow_outside", allow_outside), texts("overlays", overlays)
    if source is None and patches:
        raise SettingError(
            "overlays",
            "overlays patch the contacts of files, and this set has no source.",
            "Give source rather than contacts, or leave overlays out.",
        )
    if isinstance(contacts, Shard):
        return (contacts,)
    if contacts is not None:
        return tuple(Shard(text, shards) for text in resolve(contacts, prefix, shards))
    patterns = [source] if isinstance(source, str) else list(source or ())
    rows = load(patterns, project_root(), overlays=patches, allow_outside=outside)
    return tuple(Shard(pulumi.Output.secret(text), shards) for text in pack_shards(rows, (), prefix, shards))
