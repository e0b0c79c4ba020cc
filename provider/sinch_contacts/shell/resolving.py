"""Contacts made in Python: packing them although some depend on resources that do not exist yet."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.output import contains_unknowns

from sinch_contacts.core.contact.desired import pack_shards
from sinch_contacts.core.contact.normalize import normalize_key
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.sources import from_mapping


def resolve(
    contacts: Mapping[str, Any] | pulumi.Output[Mapping[str, Any]], prefix: str, shards: int
) -> tuple[pulumi.Output[str], ...]:
    """Packs contacts whose values may be outputs of other resources.

    Each contact is resolved by itself: within one `apply`, a single unknown value would make all of them unknown, and
    a preview could plan none.

    Args:
        contacts: Contacts by key. Where the map itself is an output, a preview knows all of it or nothing.
        prefix: The prefix of external ids.
        shards: How many shards they are spread over.

    Returns:
        The packed text of each shard; secret. A contact that a preview does not know is a mere key in it.
    """
    if isinstance(contacts, pulumi.Output):
        known = contacts.apply(lambda contacts: _pack(contacts, prefix, shards))
        return tuple(pulumi.Output.secret(_item(known, number)) for number in range(shards))
    outputs = {key: pulumi.Output.from_input(contact) for key, contact in contacts.items()}

    async def texts() -> list[str]:
        values = await asyncio.gather(*(output.future(with_unknowns=True) for output in outputs.values()))
        return _pack(dict(zip(outputs, values, strict=True)), prefix, shards)

    async def resources() -> set[pulumi.Resource]:
        return set().union(*await asyncio.gather(*(output.resources() for output in outputs.values())))

    async def always() -> bool:
        return True

    packed = pulumi.Output(resources(), texts(), always(), always())
    return tuple(_item(packed, number) for number in range(shards))


def _item(texts: pulumi.Output[list[str]], number: int) -> pulumi.Output[str]:
    return texts.apply(lambda known: known[number])


def _pack(contacts: Mapping[str, Any], prefix: str, shards: int) -> list[str]:
    unknown = sorted(normalize_key(key) for key, contact in contacts.items() if contains_unknowns(contact))
    known = {key: contact for key, contact in contacts.items() if not contains_unknowns(contact)}
    try:
        return list(pack_shards(from_mapping(known), unknown, prefix, shards))
    except ContactsError as error:
        raise pulumi.RunError(str(error)) from None
