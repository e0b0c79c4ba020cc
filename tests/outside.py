"""The emulator as tests see it from outside."""

from collections.abc import Mapping, Sequence
from typing import Any

import requests

PROJECT = "test-project"


class Sinch:
    """One running emulator.

    Attributes:
        url: Its address.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    def contacts(self, project: str = PROJECT) -> list[dict[str, Any]]:
        """Returns every contact, sorted by external id."""
        answer = requests.get(f"{self.url}/_emulator/contacts", {"project_id": project}, timeout=30)
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["contacts"]
        return sorted(found, key=lambda contact: contact["external_id"])

    def by_external_id(self, project: str = PROJECT) -> dict[str, dict[str, Any]]:
        """Returns every contact by external id; fails where one is there twice."""
        contacts = self.contacts(project)
        found = {contact["external_id"]: contact for contact in contacts}
        assert len(found) == len(contacts), "an external id is there twice"
        return found

    def seed(self, contacts: Sequence[Mapping[str, Any]], project: str = PROJECT) -> None:
        """Puts contacts there that nobody asked us to create."""
        answer = requests.post(
            f"{self.url}/_emulator/contacts?project_id={project}", json={"contacts": list(contacts)}, timeout=30
        )
        answer.raise_for_status()

    def patch(self, contact_id: str, changes: Mapping[str, Any], project: str = PROJECT) -> None:
        """Changes a contact as an outsider would."""
        answer = requests.patch(
            f"{self.url}/v1/projects/{project}/contacts/{contact_id}",
            params={"update_mask": ",".join(changes)},
            json=dict(changes),
            auth=("emulator", "emulator"),
            timeout=30,
        )
        answer.raise_for_status()

    def delete(self, contact_id: str, project: str = PROJECT) -> None:
        """Deletes a contact as an outsider would."""
        url = f"{self.url}/v1/projects/{project}/contacts/{contact_id}"
        requests.delete(url, auth=("emulator", "emulator"), timeout=30).raise_for_status()

    def unify(self, project: str = PROJECT) -> None:
        """Switches Unified Contact ID on."""
        url = f"{self.url}/v1/projects/{project}/settings"
        settings = {"contact_settings": {"unified_contact_id_enabled": True}}
        requests.patch(url, json=settings, auth=("emulator", "emulator"), timeout=30).raise_for_status()

    def faults(self, *rules: Mapping[str, Any]) -> None:
        """Sets what goes wrong from now on."""
        requests.put(f"{self.url}/_emulator/faults", json=list(rules), timeout=30).raise_for_status()

    def calls(self) -> dict[str, int]:
        """Returns the calls of each kind since the last time this was asked; tokens are not counted."""
        counted = self.counted()
        requests.post(f"{self.url}/_emulator/stats/reset", timeout=30).raise_for_status()
        return counted

    def counted(self) -> dict[str, int]:
        """Returns the same while calls are made, of which none gets lost."""
        stats: dict[str, int] = requests.get(f"{self.url}/_emulator/stats", timeout=30).json()["requests"]
        return {kind: count for kind, count in stats.items() if count and kind != "token"}


def lagging(operation: str, seconds: float = 20, **more: Any) -> dict[str, Any]:
    """Returns the fault of a view that lags: `get`, `list` or `find`."""
    return {"kind": "stale", "operation": operation, "seconds": seconds, "times": None, **more}


READS = ("get", "list", "find")

WRITES = frozenset({"batch_create", "batch_delete", "create", "update", "delete", "merge"})


def writes(calls: Mapping[str, int]) -> dict[str, int]:
    """Returns the calls that change something."""
    return {kind: count for kind, count in calls.items() if kind in WRITES}


def reads(calls: Mapping[str, int]) -> int:
    """Returns how many calls only look."""
    return sum(count for kind, count in calls.items() if kind not in WRITES)


def person(number: int, **fields: Any) -> dict[str, Any]:
    """Returns a contact with an SMS identity that nobody has."""
    return {
        "language": "EN_US",
        "display_name": f"Person {number} Surname",
        "channel_identities": [{"channel": "SMS", "identity": f"+1202{number:07d}"}],
        **fields,
    }


def people(count: int, first: int = 1) -> dict[str, dict[str, Any]]:
    """Returns so many contacts by key."""
    return {f"person-{number:05d}": person(number) for number in range(first, first + count)}


def edited(count: int) -> dict[str, dict[str, Any]]:
    """Returns so many contacts by key, each with another display name than before."""
    return {key: {**contact, "display_name": "Edited Surname"} for key, contact in people(count).items()}
