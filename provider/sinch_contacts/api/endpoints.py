"""Addresses of Sinch: three hosts, or one origin that stands in for them."""

from typing import Final
from urllib.parse import quote

import msgspec

from sinch_contacts.core.target import Target

_AUTH: Final = "https://auth.sinch.com"


class Endpoints(msgspec.Struct, frozen=True):
    """The addresses that one project needs.

    Attributes:
        token: Where access tokens are given out.
        contacts: The collection of contacts in the Conversation API.
        batch: The collection of contacts in the Batch API.
    """

    token: str
    contacts: str
    batch: str


def endpoints(target: Target, emulator_url: str = "") -> Endpoints:
    """Returns the addresses of a project.

    Args:
        target: The project and region.
        emulator_url: An origin that stands in for Sinch, if any.
    """
    path = f"/v1/projects/{quote(target.project_id, safe='')}/contacts"
    if emulator_url:
        origin = emulator_url.rstrip("/")
        return Endpoints(f"{origin}/oauth2/token", origin + path, f"{origin}/batch{path}")
    return Endpoints(
        token=f"{_AUTH}/oauth2/token",
        contacts=f"https://{target.region}.conversation.api.sinch.com{path}",
        batch=f"https://{target.region}.conversationbatch.api.sinch.com{path}",
    )
