"""What a creation and an update accept, by the fields and enumerations of Sinch's OpenAPI document."""

from collections.abc import Mapping
from typing import Any, Final

from sinch_contacts.core.contact.channels import APP_SCOPED_CHANNELS, LANGUAGES, PHONE_CHANNELS, Channel
from sinch_contacts.emulator.errors import invalid

MAX_METADATA: Final = 1024
_CHANNELS: Final = frozenset(map(str, Channel))
_TEXTS: Final = ("display_name", "email", "external_id", "metadata")
_FIELDS: Final = frozenset({*_TEXTS, "channel_identities", "channel_priority", "language"})

Fields = dict[str, Any]
"""A contact's fields as JSON."""


def stored_identity(channel: str, identity: str) -> str:
    """Returns an identity as it is stored: phone channels drop the leading `+`."""
    return identity.removeprefix("+") if channel in PHONE_CHANNELS else identity


def new_contact(item: Any, where: str = "contact") -> Fields:
    """Checks a creation, and returns the contact as it will be rendered: every field there, unset ones empty.

    Raises:
        ApiFailure: A 400 that names the first thing that is wrong.
    """
    changes = checked(item, where)
    for name in ("channel_identities", "language"):
        if name not in changes:
            raise invalid(f"{where}: {name} is required")
    blank: Fields = {"channel_priority": [], "display_name": "", "email": "", "external_id": "", "metadata": ""}
    contact = blank | changes
    contact["display_name"] = contact["display_name"] or "Unknown"
    return contact


def checked(item: Any, where: str = "contact") -> Fields:
    """Checks the fields that an object names, and returns them normalised. Others, such as `id`, are left out.

    Raises:
        ApiFailure: A 400 that names the first thing that is wrong.
    """
    if not isinstance(item, Mapping):
        raise invalid(f"{where}: is not an object")
    changes = {name: value for name, value in item.items() if name in _FIELDS}
    for name in _TEXTS:
        value = changes.get(name, "")
        if value is not None and not isinstance(value, str):
            raise invalid(f"{where}: {name} is not a string")
        if name in changes:
            changes[name] = value or ""
    if len(changes.get("metadata", "")) > MAX_METADATA:
        raise invalid(f"{where}: metadata is longer than {MAX_METADATA} characters")
    if "language" in changes and not _is_one_of(LANGUAGES, changes["language"]):
        raise invalid(f"{where}: language is not a known language")
    if "channel_identities" in changes:
        changes["channel_identities"] = _identities(changes["channel_identities"], where)
    if "channel_priority" in changes:
        changes["channel_priority"] = _priority(changes["channel_priority"], where)
    return changes


def _identities(value: Any, where: str) -> list[dict[str, str]]:
    if not isinstance(value, list) or not value:
        raise invalid(f"{where}: channel_identities needs at least one item")
    return [_identity(item, f"{where}.channel_identities[{index}]") for index, item in enumerate(value)]


def _identity(item: Any, where: str) -> dict[str, str]:
    channel, identity = recipient_identity(item, where)
    app = item.get("app_id") or ""
    if not isinstance(app, str):
        raise invalid(f"{where}: app_id is not a string")
    if channel in APP_SCOPED_CHANNELS and not app:
        raise invalid(f"{where}: app_id is required for {channel}")
    return {"channel": channel, "identity": identity, "app_id": app}


def recipient_identity(item: Any, where: str) -> tuple[str, str]:
    """Checks what every identity has, and a recipient alone: a channel, and the identity as it is stored.

    Raises:
        ApiFailure: A 400 that names the first thing that is wrong.
    """
    if not isinstance(item, Mapping):
        raise invalid(f"{where}: is not an object")
    channel, identity = item.get("channel"), item.get("identity")
    if not _is_one_of(_CHANNELS, channel):
        raise invalid(f"{where}: channel is not a known channel")
    if not isinstance(identity, str) or not identity:
        raise invalid(f"{where}: identity is required")
    return str(channel), stored_identity(str(channel), identity)


def _priority(value: Any, where: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(_is_one_of(_CHANNELS, channel) for channel in value):
        raise invalid(f"{where}: channel_priority is not a list of known channels")
    return [str(channel) for channel in value]


def _is_one_of(names: frozenset[str], value: Any) -> bool:
    return isinstance(value, str) and value in names
