"""Contacts made in Python: packing them although some depend on resources that do not exist yet."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.output import contains_unknowns

from sinch_contacts.core.desired_set import DesiredSet, pack, with_prefix
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.normalize import normalize_key
from sinch_contacts.sources import from_mapping


def resolve(contacts: Mapping[str, Any] | pulumi.Output[Mapping[str, Any]], prefix: str) -> pulumi.Output[str]:
    """Packs contacts whose values may be outputs of other resources.

    Each contact is resolved by itself: within one `apply`, a single unknown value would make all of them unknown, and
    a preview could plan none.

    Args:
        contacts: Contacts by key. Where the map itself is an output, a preview knows all of it or nothing.
        prefix: The prefix of external ids.

    Returns:
        The packed text; secret. A contact that a preview does not know is a mere key in it.
    """
    if isinstance(contacts, pulumi.Output):
        return pulumi.Output.secret(contacts.apply(lambda known: _pack(known, prefix)))
    outputs = {key: pulumi.Output.from_input(contact) for key, contact in contacts.items()}

    async def text() -> str:
        values = await asyncio.gather(*(output.future(with_unknowns=True) for output in outputs.values()))
        return _pack(dict(zip(outputs, values, strict=True)), prefix)

    async def resources() -> set[pulumi.Resource]:
        return set().union(*await asyncio.gather(*(output.resources() for output in outputs.values())))

    async def always() -> bool:
        return True

    return pulumi.Output(resources(), text(), always(), always())


def _pack(contacts: Mapping[str, Any], prefix: str) -> str:
    unknown = sorted(normalize_key(key) for key, contact in contacts.items() if contains_unknowns(contact))
    known = {key: contact for key, contact in contacts.items() if not contains_unknowns(contact)}
    try:
        return pack(with_prefix(DesiredSet(from_mapping(known), tuple(unknown)), prefix))
    except ContactsError as error:
        raise pulumi.RunError(str(error)) from None
