"""A Pulumi program with a dynamic resource for each contact."""

import json
import os
from pathlib import Path
from typing import Any

import requests
from pulumi import Input
from pulumi.dynamic import CreateResult, Resource, ResourceProvider

PROGRAM = "from benchmarks.peers.resource_each import declare\n\ndeclare()\n"


class ContactProvider(ResourceProvider):
    """Creates and deletes a contact."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Creates a contact."""
        answer = requests.post(_url(), json=props["fields"], auth=("emulator", "emulator"), timeout=30)
        answer.raise_for_status()
        return CreateResult(answer.json()["id"], {"fields": props["fields"]})

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Deletes it."""
        requests.delete(f"{_url()}/{_id}", auth=("emulator", "emulator"), timeout=30).raise_for_status()


class Contact(Resource):
    """One contact."""

    def __init__(self, name: str, fields: Input[Any]) -> None:
        super().__init__(ContactProvider(), name, {"fields": fields})


def declare() -> None:
    """Declares every contact of the file."""
    for line in Path("contacts/all.jsonl").read_text().splitlines():
        fields = json.loads(line)
        Contact(fields["external_id"], fields)


def _url() -> str:
    return f"{os.environ['SINCH_EMULATOR_URL']}/v1/projects/{os.environ['SINCH_PROJECT_ID']}/contacts"
