"""What a set refuses before anything is declared, and of what reaches its provider."""

import asyncio
from pathlib import Path
from typing import Any

import pulumi
import pytest

from outside import people
from shell.conftest import Stack
from sinch_contacts import ContactSet, ShardedContactSet
from sinch_contacts.contact_set import ids_of
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, Key
from sinch_contacts.core.errors import SettingError
from sinch_contacts.core.record.record_text import encode_record
from sinch_contacts.core.record.recorded import record_contact, record_of
from sinch_contacts.shell.packing import pack_contacts

PLACE = {"contacts": {}, "project_id": "p", "region": "eu"}
TEXTS = "is neither a text nor a list of texts."


@pytest.fixture(autouse=True)
def _loop() -> Any:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    loop.close()
    asyncio.set_event_loop(None)


def later(value: object) -> Any:
    """An output of a resource."""

    async def of(found: Any) -> Any:
        return found

    return pulumi.Output(of(set()), of(value), of(True), of(False))  # noqa: FBT003  # the SDK's own order


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"contacts": {}, "overlays": "a.yaml"}, "overlays patch the contacts of files, and this set has no source."),
        ({"source": "a.yaml", "overlays": 5}, f"overlays {TEXTS}"),
        ({"source": Path("a.yaml")}, f"source {TEXTS}"),
        ({"source": 42}, f"source {TEXTS}"),
        ({"source": ["a.yaml", None]}, f"source {TEXTS}"),
        ({"source": [Path("a.yaml")]}, "a Path as `str(path)`"),
        ({"source": b"a.yaml"}, f"source {TEXTS}"),
        ({"source": later("a.yaml")}, "no output of a resource"),
        ({"contacts": {}, "external_id_prefix": later("x")}, "external_id_prefix is an output of a resource."),
        ({"contacts": {}, "external_id_prefix": 5}, "external_id_prefix is no text."),
        ({"contacts": 42}, "contacts is no mapping."),
        ({"contacts": [{"language": "EN"}]}, "contacts is no mapping."),
        ({**PLACE, "protect": later("x")}, f"protect {TEXTS}"),
        ({**PLACE, "approve": ["x", None]}, f"approve {TEXTS}"),
        ({**PLACE, "max_deletes": later(5)}, "max_deletes is 'Output', which is neither a number"),
        ({"contacts": {}, "project_id": 5}, "project_id is no text."),
        ({**PLACE, "settle_time": 10**400}, "settle_time is not a number"),
        ({"contacts": {}, "opts": pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts("5m"))}, "settle_time"),
        ({"contacts": {}, "opts": pulumi.ResourceOptions(import_="eu:p:x")}, "option import_ means nothing"),
    ],
)
def test_what_cannot_be_used_is_refused_in_clear_words(arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(pulumi.RunError) as refused:
        ContactSet("friends", **arguments)
    assert told in str(refused.value)


@pytest.mark.parametrize("arguments", [{"source": Path("a.yaml")}, {"contacts": {}, "external_id_prefix": later("x")}])
def test_shards_refuse_the_same(arguments: dict[str, Any]) -> None:
    with pytest.raises(pulumi.RunError, match=r"^friends: (source|external_id_prefix) is"):
        ShardedContactSet("friends", shards=2, **arguments)


def test_an_output_of_something_else_than_a_mapping_is_refused_when_it_is_known() -> None:
    (shard,) = pack_contacts(None, later([1]), (), "", allow_outside=False)
    with pytest.raises(pulumi.RunError, match="contacts is no mapping"):
        asyncio.get_event_loop().run_until_complete(shard.packed.future())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("contacts", 42.0),
        ("delete_adopted", "perhaps"),
        ("on_conflict", "sometimes"),
        ("protect", "board-*"),
        ("transport", [1.0]),
        ("limits", "none"),
        ("limits", {"max_deletes": "lots"}),
        ("limits", {"max_shrink": "50 %"}),
        ("max_rejects", "5%\n"),
        ("external_id_prefix", {"a": 1.0}),
    ],
)
def test_what_a_transform_has_changed_is_told_with_its_name(stack: Stack, name: str, value: object) -> None:
    with pytest.raises(SettingError, match="Look for a transform") as refused:
        stack.preview_inputs(people(1), "friends", **{name: value})
    assert refused.value.name.partition(".")[0] == name


@pytest.mark.parametrize(("key", "secret"), [("ann", False), ("k" * 80, False), ("SMS:12025550101", True)])
def test_ids_by_keys_that_are_identities_are_secret(key: str, secret: bool) -> None:  # noqa: FBT001  # a case
    contact = Contact((ChannelIdentity("SMS", "12025550101"),), "EN")
    entries = [record_contact(Key(key), contact, contact_id=ContactId("01A"))]
    ids = ids_of(pulumi.Output.secret(encode_record(record_of(entries))))

    async def told() -> tuple[object, bool]:
        return await ids.future(), await ids.is_secret()

    assert asyncio.get_event_loop().run_until_complete(told()) == ({key: "01A"}, secret)
