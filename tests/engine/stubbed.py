"""The provider with a project in its memory instead of the HTTP port, for what would take the emulator minutes."""

import time
from collections.abc import Sequence
from random import Random
from typing import Any

from ordinary import ulid
from sinch_contacts import provider
from sinch_contacts.api.errors import Rejected
from sinch_contacts.api.port import Page
from sinch_contacts.core.contact.contact import Contact, LiveContact
from sinch_contacts.core.limits import PAGE_SIZE
from sinch_contacts.shell.phase import Phase

REJECTED = "rejected"
"""A contact with this metadata is not accepted."""


class MemoryApi:
    """As much of the port as creating contacts needs."""

    def __init__(self) -> None:
        self._contacts: list[LiveContact] = []
        self._by_external_id: dict[str, LiveContact] = {}
        self._random = Random(9)  # noqa: S311  # ids, not secrets

    def permits_batches(self) -> bool:
        return True

    def create_batch(self, contacts: Sequence[Contact]) -> None:
        if any(contact.metadata == REJECTED for contact in contacts):
            raise Rejected("Rejected.", "Correct it.")
        moment = int(time.time() * 1000)
        for contact in contacts:
            live = LiveContact(ulid(moment + self._random.randrange(800), self._random), contact)
            self._contacts.append(live)
            self._by_external_id[str(contact.external_id)] = live

    def find_by_external_id(self, external_id: str) -> tuple[LiveContact, ...]:
        live = self._by_external_id.get(external_id)
        return (live,) if live else ()

    def list_page(self, token: str = "") -> Page:
        start = int(token or 0)
        end = start + PAGE_SIZE
        return Page(tuple(self._contacts[start:end]), str(end) if end < len(self._contacts) else "")

    def clock_offset(self) -> float:
        return 0.0


API: Any = MemoryApi()
provider._PHASE = Phase(lambda *_: API)  # type: ignore[misc]  # noqa: SLF001


class StubbedProvider(provider.ContactSetProvider):
    """Pickled by reference, so that the provider's process imports this module."""
