"""`ShardedContactSet`: a large set of contacts as several resources."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import pulumi

from sinch_contacts.contact_set import ContactSet, program_settings
from sinch_contacts.core.contact.sharding import parse_choice, parse_shards, shard_name
from sinch_contacts.core.contact.showing import shown_lines
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.shell.options import parse_text
from sinch_contacts.shell.packing import Contacts, pack_contacts


class ShardedContactSet:
    """A set that is spread over resources of its own, `customers-00` and so on, each contact by a hash of its key.

    The files are read and judged once, as one set. The engine then works on the shards side by side, and a contact that
    comes, changes or goes touches one of them.

    Attributes:
        sets: The shards that this stack holds, by number.
    """

    def __init__(  # noqa: PLR0913  # what is read as a whole, and the rest
        self,
        name: str,
        *,
        shards: int,
        shard: int | str | Sequence[int | str] | None = None,
        source: str | Sequence[str] | None = None,
        contacts: Contacts | None = None,
        overlays: str | Sequence[str] = (),
        allow_outside: bool = False,
        external_id_prefix: str = "",
        **options: Any,
    ) -> None:
        """Declares a set in shards.

        Args:
            name: The set's name, from which the names of the resources are made.
            shards: How many shards the set has. `sinch-contacts reshard` changes it later.
            shard: Which of them this stack holds: a number, a text such as `0-3` or `0,4-7`, or a list of such; by
                default `SINCH_SHARD`, else `sinch:shard`, else all.
            source: See `ContactSet`; likewise the others.
            contacts: See `ContactSet`.
            overlays: See `ContactSet`.
            allow_outside: See `ContactSet`.
            external_id_prefix: See `ContactSet`.
            options: The other options of `ContactSet`, for each shard.

        Raises:
            pulumi.RunError: The contacts or settings are wrong; all problems of all files are told at once.
        """
        try:
            total = parse_shards(shards)
            chosen = parse_choice(program_settings().text("shard") if shard is None else shard, total)
            prefix = parse_text("external_id_prefix", external_id_prefix)
            found = pack_contacts(source, contacts, overlays, prefix, allow_outside=allow_outside, shards=total)
        except ContactsError as error:
            raise pulumi.RunError(shown_lines(f"{name}: {error}")) from None
        self.sets: Mapping[int, ContactSet] = {
            number: ContactSet(
                shard_name(name, number, total),
                contacts=found[number],
                external_id_prefix=prefix,
                **options,
            )
            for number in chosen
        }

    @property
    def ids(self) -> pulumi.Output[Mapping[str, str]]:
        """The ids that Sinch gave the contacts of these shards, by key; unknown in a preview that changes one."""
        return pulumi.Output.all(*(found.ids for found in self.sets.values())).apply(_merged)

    @property
    def summary(self) -> pulumi.Output[dict[str, Any]]:
        """The counts of these shards together, and when the first of them was last confirmed."""
        return pulumi.Output.all(*(found.summary for found in self.sets.values())).apply(_summed)


def _merged(maps: Sequence[Mapping[str, str]]) -> Mapping[str, str]:
    return {key: value for found in maps for key, value in found.items()}


def _summed(summaries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return reduce(_sum, summaries)


def _sum(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {
        name: min(value, other[name]) if isinstance(value, str) else value + other[name] for name, value in one.items()
    }
