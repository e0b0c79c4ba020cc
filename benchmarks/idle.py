"""A provider that does nothing, with all the properties that ours has: what the engine costs without us."""

from typing import Any

from pulumi.dynamic import CheckResult, CreateResult, DiffResult, ResourceProvider

from sinch_contacts.core.contact.contact import ContactId
from sinch_contacts.core.contact.desired import unpack
from sinch_contacts.core.record.recorded import record_contact
from sinch_contacts.core.review.manifest import make_manifest
from sinch_contacts.shell.bridge import secret
from sinch_contacts.shell.inputs import outputs_of, parse_inputs, plain

PROGRAM = """import sinch_contacts.contact_set
from benchmarks.idle import IdleProvider

sinch_contacts.contact_set.ContactSetProvider = IdleProvider
sinch_contacts.contact_set.ContactSet("all", source="contacts/all.jsonl")
"""
_KEY = "00" * 32


class IdleProvider(ResourceProvider):
    """Answers at once; only when a set is made it makes what ours would have recorded."""

    serialize_as_secret_always = False

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Keeps the manifest."""
        manifest = _olds.get("manifest") or make_manifest(unpack(news["contacts"]), bytes.fromhex(_KEY))
        return CheckResult({**plain(news), "manifest": manifest, "manifest_key": secret(_KEY)}, [])

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Finds no difference."""
        return DiffResult(changes=False)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Records contacts as created."""
        rows = unpack(props["contacts"]).contacts
        record = {
            row.key: record_contact(row.key, row.contact, contact_id=ContactId(f"{row.line:026d}")) for row in rows
        }
        return CreateResult("idle", outputs_of(parse_inputs(plain(props)), record, "", 0.0))
