"""What `pulumi stack export` writes, as far as the resources of a set are read in it and put there anew.

Pulumi keeps a secret as `ciphertext`, or, in an export with `--show-secrets`, as `plaintext`, which `pulumi stack
import` encrypts again. Only the latter can be read, and it is what is written.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pulumi.runtime import rpc

from sinch_contacts.core.errors import ContactsError
from sinch_contacts.shell.paths import CONTACT_SET_TYPE, parse_urn

Document = dict[str, Any]
Resource = dict[str, Any]

_VERSION: Final = 3
_SIGNATURE: Final = rpc._special_sig_key  # noqa: SLF001  # the mark of what is no plain value, the same in the state
_SECRET: Final = rpc._special_secret_sig  # noqa: SLF001  # likewise, for secrets
_MENTIONS: Final = ("dependencies", "propertyDependencies")


class UnusableExport(ContactsError):
    """A state cannot be rewritten."""


def read_export(text: str) -> Document:
    """Reads an export.

    Raises:
        UnusableExport: It is none, has another version, or something is under way in it.
    """
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    deployment = document.get("deployment") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(deployment, dict):
        raise UnusableExport(
            "This is not the state of a stack.", "Give what `pulumi stack export --show-secrets` writes."
        )
    if document.get("version") != _VERSION:
        raise UnusableExport(
            f"This export has version {document.get('version')!r}, and {_VERSION} is known.",
            "Use a version of pulumi-sinch-contacts that knows it.",
        )
    if pending := deployment.get("pending_operations"):
        raise UnusableExport(
            f"{len(pending):,} operations are pending in this state.",
            "Let `pulumi up` end well, then run `pulumi refresh --clear-pending-creates`, which ends what a killed run "
            "left, and export the state again.",
        )
    return document


def resources_of(document: Document) -> Sequence[Resource]:
    """Returns all resources, in their order."""
    return document["deployment"].get("resources") or ()


def sets_of(document: Document) -> dict[str, Resource]:
    """Returns the contact sets, and shards of such, by name.

    Raises:
        UnusableExport: A set is there more than once.
    """
    found = [(parse_urn(resource["urn"]).name, resource) for resource in resources_of(document) if _is_set(resource)]
    sets = dict(found)
    if len(sets) < len(found):
        raise UnusableExport(
            "A contact set is there more than once in this state, in a replacement or under two parents.",
            "Let `pulumi up` end well first, and give each set a name of its own.",
        )
    return sets


def opened(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Returns properties with their secrets in clear.

    Raises:
        UnusableExport: They are encrypted.
    """
    return {name: _open(value) for name, value in properties.items()}


def sealed(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Returns properties that a provider would give, with the secrets among them in the form of an export."""
    return {name: _seal(value["value"]) if rpc.is_rpc_secret(value) else value for name, value in properties.items()}


def replaced(document: Document, old: Sequence[Resource], new: Sequence[Resource]) -> Document:
    """Returns a state with other resources in the place of some, on which all depends that depended on those.

    Raises:
        UnusableExport: Something has to do with them in a way that cannot be carried over.
    """
    gone, there = {resource["urn"] for resource in old}, [resource["urn"] for resource in new]
    last = max(index for index, resource in enumerate(resources_of(document)) if resource["urn"] in gone)
    found: list[Resource] = []
    for index, resource in enumerate(resources_of(document)):
        if resource["urn"] not in gone:
            found.append(_rewired(resource, gone, there))
        if index == last:
            found += new
    return {**document, "deployment": {**document["deployment"], "resources": found}}


def _is_set(resource: Resource) -> bool:
    return resource.get("type") == CONTACT_SET_TYPE


def _open(value: Any) -> Any:
    if not (isinstance(value, dict) and value.get(_SIGNATURE) == _SECRET):
        return value
    if "plaintext" in value:
        return json.loads(value["plaintext"])
    raise UnusableExport(
        "The secrets of this state are encrypted.", "Export it with `pulumi stack export --show-secrets`."
    )


def _seal(value: Any) -> dict[str, str]:
    return {_SIGNATURE: _SECRET, "plaintext": json.dumps(value, ensure_ascii=False)}


def _rewired(resource: Resource, gone: set[str], there: Sequence[str]) -> Resource:
    """Lets a resource that depends on all of the old resources depend on all of the new ones."""
    others = json.dumps({name: value for name, value in resource.items() if name not in _MENTIONS})
    if any(json.dumps(urn) in others for urn in gone):
        raise _tied(resource, "is a child of this set, or names it otherwise")
    found = dict(resource)
    if urns := resource.get("dependencies"):
        found["dependencies"] = _swapped(resource, urns, gone, there)
    if properties := resource.get("propertyDependencies"):
        found["propertyDependencies"] = {
            name: urns and _swapped(resource, urns, gone, there) for name, urns in properties.items()
        }
    return found


def _swapped(resource: Resource, urns: Iterable[str], gone: set[str], there: Sequence[str]) -> list[str]:
    mentioned = set(urns)
    if gone <= mentioned:
        return [*(urn for urn in urns if urn not in gone), *there]
    if gone & mentioned:
        raise _tied(resource, "depends on some shards of this set, and not on all")
    return list(urns)


def _tied(resource: Resource, how: str) -> UnusableExport:
    return UnusableExport(
        f"{parse_urn(resource['urn']).name!r} {how}, which cannot be carried over.",
        "Take that out of the program, run `pulumi up`, and export the state again.",
    )
