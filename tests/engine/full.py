"""A provider whose creation ends with the largest partial result that is let through."""

from typing import Any

from pulumi.dynamic import CreateResult, ResourceProvider

from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.record.capacity import LARGEST_RECORD
from sinch_contacts.shell.bridge import current_call, secret

LINES = [f"contacts/kunden.yaml:{line}: kunde-{line}: rejected: " + "Grüße, " * 150 for line in range(20)]


class FullProvider(ResourceProvider):
    """Fails, with a record of just the size that may be, and twenty long lines of problems."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> CreateResult:  # noqa: ARG002  # the SDK's signature
        error = ContactsError("Not all was done.", "\n".join(LINES))
        current_call().fail_partially(error, "full", {"recorded": secret("x" * LARGEST_RECORD)})
