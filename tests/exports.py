"""States of stacks, as `pulumi stack export --show-secrets` writes them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sinch_contacts.core.contact.desired import DesiredContact, desired_set, pack
from sinch_contacts.core.record.recorded import RecordedContact, record_of
from sinch_contacts.core.review.manifest import make_manifest
from sinch_contacts.shell.bridge import secret
from sinch_contacts.shell.inputs import Inputs, outputs_of
from sinch_contacts.shell.paths import CONTACT_SET_TYPE
from sinch_contacts.shell.stack_export import sealed

STACK = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev"
KEY = "5a" * 32


def urn_of(name: str, kind: str = CONTACT_SET_TYPE) -> str:
    return f"urn:pulumi:dev::shop::{kind}::{name}"


def a_set(
    name: str, rows: Sequence[DesiredContact], entries: Sequence[RecordedContact], shards: int = 1, run: str = "1"
) -> dict[str, Any]:
    """Returns the resource of a set, or of one of its shards."""
    wanted = desired_set(rows)
    inputs = Inputs(pack(wanted), "project", "eu", shards, manifest_key=KEY)
    given = {
        "__provider": "gASV",
        "contacts": secret(inputs.contacts),
        "manifest": make_manifest(wanted, bytes.fromhex(KEY)),
        "manifest_key": secret(KEY),
        "project_id": "project",
        "region": "eu",
        **({"shards": shards} if shards > 1 else {}),
    }
    return {
        "urn": urn_of(name),
        "custom": True,
        "id": f"eu:project:{name}",
        "type": CONTACT_SET_TYPE,
        "inputs": sealed(given),
        "outputs": {"__provider": "gASV", **sealed(outputs_of(inputs, record_of(entries), run, 1_800_000_000.0))},
        "parent": STACK,
        "propertyDependencies": {"contacts": [], "region": None},
        "additionalSecretOutputs": ["contacts", "manifest_key", "recorded"],
        "created": "2026-11-25T02:49:50.316871374Z",
    }


def other(name: str, **attributes: Any) -> dict[str, Any]:
    """Returns another resource."""
    return {"urn": urn_of(name, "a:b:C"), "custom": True, "id": name, "type": "a:b:C", **attributes}


def export(*resources: Mapping[str, Any], **deployment: Any) -> dict[str, Any]:
    """Returns a state with some resources."""
    stack = {"urn": STACK, "custom": False, "type": "pulumi:pulumi:Stack"}
    return {"version": 3, "deployment": {"manifest": {}, "resources": [stack, *resources], **deployment}}
