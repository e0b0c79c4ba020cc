"""Resharding: the resources of a set in an exported state become as many as are asked for, and Sinch is not touched.

Records and declared contacts are regrouped by the hash that the program uses, and all that a run would have written is
made by what makes it in a run. So the next preview of a program with the new number of shards finds nothing to do.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import msgspec

from sinch_contacts.core.contact.desired import DesiredContact, desired_set, pack, unpack
from sinch_contacts.core.contact.digest import keyed_digest
from sinch_contacts.core.contact.sharding import shard_name, shard_names, split
from sinch_contacts.core.errors import SettingError
from sinch_contacts.core.plan.planner import make_plan
from sinch_contacts.core.record.capacity import refuse_too_large
from sinch_contacts.core.record.record_text import decode_record
from sinch_contacts.core.record.recorded import RecordedContact, Status, record_of
from sinch_contacts.core.review.manifest import make_manifest
from sinch_contacts.shell.bridge import secret
from sinch_contacts.shell.inputs import Inputs, outputs_of, parse_inputs, resource_id
from sinch_contacts.shell.stack_export import (
    Document,
    Resource,
    UnusableExport,
    opened,
    replaced,
    sealed,
    sets_of,
)

_UNSETTLED: Final = ("delete", "pendingReplacement", "initErrors", "taint", "external", "aliases")
_OWN: Final = frozenset({"urn", "id", "inputs", "outputs", "dependencies", "propertyDependencies"})
_PASSING: Final = frozenset({"created", "modified", "sourcePosition", "stackTrace"})
_OWN_INPUTS: Final = frozenset({"contacts", "manifest", "manifest_key", "shards"})
_KEY_LENGTH: Final = 64


class Resharded(msgspec.Struct, frozen=True):
    """What became of a state.

    Attributes:
        document: The new state.
        before: How many shards the set had; 1 for a set that was not spread.
        contacts: How many contacts are recorded in each shard now.
    """

    document: Document
    before: int
    contacts: tuple[int, ...]


class _Held(msgspec.Struct, frozen=True):
    """What one shard holds."""

    name: str
    inputs: Inputs
    run: str
    confirmed: datetime
    desired: tuple[DesiredContact, ...]
    record: tuple[RecordedContact, ...]


def reshard(document: Document, name: str, shards: int) -> Resharded:
    """Spreads a set over another number of resources.

    Args:
        document: The state, as `read_export` gives it; it stays as it is.
        name: The set.
        shards: How many shards it is to have; 1 makes it a set that is not spread.

    Raises:
        UnusableExport: The state has no such set, or it is not settled, or cannot be carried over.
        SetTooLarge: A shard could not be carried by a run that fails half-way.
    """
    with _intact():
        old = _shards_of(document, name)
        held = [_read(shard, resource) for shard, resource in old.items()]
        _refuse_different(list(old.values()))
    pieces = zip(
        shard_names(name, shards),
        split([row for shard in held for row in shard.desired], shards),
        split([entry for shard in held for entry in shard.record], shards),
        strict=True,
    )
    new = [_written(old, held, piece, shards) for piece in pieces]
    counts = tuple(int(resource["outputs"]["summary"]["contacts"]) for resource in new)
    return Resharded(replaced(document, list(old.values()), new), len(old), counts)


@contextmanager
def _intact() -> Iterator[None]:
    """Turns what a damaged state leads to into an error that says so."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, SettingError, msgspec.MsgspecError) as error:
        raise UnusableExport(
            "A resource of this state is not as Pulumi writes it.", "Export the state again, and do not edit it."
        ) from error


def _shards_of(document: Document, name: str) -> dict[str, Resource]:
    sets = sets_of(document)
    totals = {shard: parse_inputs(opened(resource.get("inputs") or {})).shards for shard, resource in sets.items()}
    first = shard_name(name, 0, 2)
    for shards in sorted({1, *totals.values()}):
        names = shard_names(name, shards)
        found = {shard: sets[shard] for shard in names if shard in sets and totals[shard] == shards}
        if len(found) == shards:
            return found
        if found:
            raise UnusableExport(
                f"This state has {len(found):,} of the {shards:,} shards of {name!r}.",
                "Bring all of them into one stack first, with `pulumi state move`.",
            )
    known = ", ".join(sorted(sets)) or "none"
    raise UnusableExport(
        f"This state has no set {name!r}, nor shards of it such as {first!r}. It has: {known}.",
        "Name the set as the program does.",
    )


def _read(name: str, resource: Resource) -> _Held:
    odd = [attribute for attribute in _UNSETTLED if resource.get(attribute)]
    if odd:
        raise UnusableExport(
            f"{name!r} is not as a whole `pulumi up` leaves it ({', '.join(odd)}).",
            "Let `pulumi up` end well first, and export the state again.",
        )
    inputs = parse_inputs(opened(resource["inputs"]))
    outputs = opened(resource["outputs"])
    desired = unpack(inputs.contacts)
    record = tuple(decode_record(outputs["recorded"]).values())
    unsettled = sum(entry.status is not Status.LIVE for entry in record) + len(desired.unknown)
    if unsettled:
        raise UnusableExport(
            f"{unsettled:,} contacts of {name!r} are pending, changed or gone at Sinch.",
            "Let `pulumi up` end well first, and export the state again.",
        )
    confirmed = datetime.fromisoformat(outputs["summary"]["confirmed_at"])
    return _Held(name, inputs, str(outputs.get("run", "")), confirmed, desired.contacts, record)


def _refuse_different(old: Sequence[Resource]) -> None:
    """Refuses shards that are not declared alike: the new ones could only be like one of them."""
    first = old[0]
    for resource in old[1:]:
        differing = {
            name for name in (first.keys() | resource.keys()) - _OWN - _PASSING if first.get(name) != resource.get(name)
        } | {
            name
            for name in (first["inputs"].keys() | resource["inputs"].keys()) - _OWN_INPUTS
            if first["inputs"].get(name) != resource["inputs"].get(name)
        }
        if differing:
            raise UnusableExport(
                f"The shards of this set differ in {', '.join(sorted(differing))}.",
                "Give all shards the same options, run `pulumi up`, and export the state again.",
            )


def _written(
    old: Mapping[str, Resource],
    held: Sequence[_Held],
    piece: tuple[str, tuple[DesiredContact, ...], tuple[RecordedContact, ...]],
    shards: int,
) -> Resource:
    name, rows, entries = piece
    like = next(iter(old.values()))
    key = _manifest_key(name, held)
    wanted = desired_set(rows)
    refuse_too_large({}, wanted.contacts)
    inputs = msgspec.structs.replace(held[0].inputs, contacts=pack(wanted), manifest_key=key, shards=shards)
    run, confirmed = max(shard.run for shard in held), min(shard.confirmed for shard in held)
    record = record_of(entries)
    settled = not make_plan(wanted.contacts, record, inputs.policy).changes
    outputs = sealed(outputs_of(inputs, record, run, confirmed.timestamp(), settled=settled))
    made = {
        "contacts": secret(inputs.contacts),
        "manifest": make_manifest(wanted, bytes.fromhex(key), reveal=inputs.reveal),
        "manifest_key": secret(key),
    }
    return {
        **like,
        "urn": f"{like['urn'].rpartition('::')[0]}::{name}",
        "id": old[name]["id"] if name in old else resource_id(inputs, name),
        "inputs": _counted({**like["inputs"], **sealed(made)}, shards),
        "outputs": {
            **_counted(like["outputs"], shards),
            **{output: value for output, value in outputs.items() if output not in Inputs.__struct_fields__},
        },
        **_dependencies(list(old.values())),
    }


def _manifest_key(name: str, held: Sequence[_Held]) -> str:
    """Returns the key of a shard: its own where it has one, else one that is made with another's, and as secret."""
    own = {shard.name: shard.inputs.manifest_key for shard in held}
    return own.get(name) or keyed_digest(bytes.fromhex(held[0].inputs.manifest_key), name, _KEY_LENGTH)


def _counted(properties: Mapping[str, Any], shards: int) -> dict[str, Any]:
    others = {name: value for name, value in properties.items() if name != "shards"}
    return {**others, "shards": shards} if shards > 1 else others


def _dependencies(old: Sequence[Resource]) -> dict[str, Any]:
    """Returns what all of the old resources depended on, in the order in which they name it."""
    properties = [resource.get("propertyDependencies") or {} for resource in old]
    names = dict.fromkeys(name for found in properties for name in found)
    return {
        "dependencies": _union([resource.get("dependencies") for resource in old]),
        "propertyDependencies": {name: _union([found.get(name) for found in properties]) for name in names},
    }


def _union(lists: Iterable[Sequence[str] | None]) -> list[str]:
    return list(dict.fromkeys(urn for urns in lists for urn in urns or ()))
