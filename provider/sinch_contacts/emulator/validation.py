"""What a creation and an update accept, by the fields and enumerations of Sinch's OpenAPI document."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sinch_contacts.emulator.channels import CHANNELS, LANGUAGES, OF_AN_APP, PHONES
from sinch_contacts.emulator.errors import invalid
from sinch_contacts.emulator.settings import EmulatorSettings

Fields = dict[str, Any]
"""A contact's fields as JSON."""

MAX_METADATA: Final = 1024
FIELDS: Final = (
    "channel_identities", "channel_priority", "display_name", "email", "external_id", "metadata", "language",
)  # fmt: skip
"""The fields of a contact beside its id, in the order in which Sinch renders them."""

_TEXTS: Final = ("display_name", "email", "external_id", "metadata")
_LENGTHS: Final[Mapping[str, Callable[[str], int]]] = {
    "characters": len,
    "utf16": lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
    "bytes": lambda text: len(text.encode("utf-8", "surrogatepass")),
}


class Validator:
    """Checks what calls say of contacts, with the knobs of an emulator."""

    def __init__(self, settings: EmulatorSettings) -> None:
        self._settings = settings

    def new_contact(self, item: Any, where: str = "contact") -> Fields:
        """Checks a creation, and returns the contact as it will be rendered: every field there, unset ones empty.

        Raises:
            ApiFailure: A 400 that names the first thing that is wrong.
        """
        changes = self.changes(item, where)
        for name in ("channel_identities", "language"):
            if name not in changes:
                raise invalid(f"{where}: {name} is required")
        return completed(changes)

    def changes(self, item: Any, where: str = "contact") -> Fields:
        """Checks the fields that an object names, and returns them normalised, without those that no contact has.

        Raises:
            ApiFailure: A 400 that names the first thing that is wrong.
        """
        if not isinstance(item, Mapping):
            raise invalid(f"{where}: is not an object")
        unknown = sorted(item.keys() - {"id", *FIELDS})
        if unknown and self._settings.unknown_fields == "refuse":
            raise invalid(f"{where}: {unknown[0]} is not a field of a contact")
        changes = {name: value for name, value in item.items() if name in FIELDS}
        for name in _TEXTS:
            value = changes.get(name, "")
            if value is not None and not isinstance(value, str):
                raise invalid(f"{where}: {name} is not a string")
            if name in changes:
                changes[name] = value or ""
        unit = self._settings.metadata_unit
        if _LENGTHS[unit](changes.get("metadata", "")) > MAX_METADATA:
            raise invalid(f"{where}: metadata is longer than {MAX_METADATA} {unit}")
        if "language" in changes and not is_one_of(LANGUAGES, changes["language"]):
            raise invalid(f"{where}: language is not a known language")
        if "channel_identities" in changes:
            changes["channel_identities"] = self._identities(changes["channel_identities"], where)
        if "channel_priority" in changes:
            changes["channel_priority"] = _priority(changes["channel_priority"], where)
        return changes

    def recipient(self, item: Any, where: str) -> tuple[str, str]:
        """Checks what every identity has, and a recipient alone: a channel, and the identity as it is stored.

        Raises:
            ApiFailure: A 400 that names the first thing that is wrong.
        """
        if not isinstance(item, Mapping):
            raise invalid(f"{where}: is not an object")
        channel, identity = item.get("channel"), item.get("identity")
        if not is_one_of(CHANNELS, channel):
            raise invalid(f"{where}: channel is not a known channel")
        if not isinstance(identity, str) or not identity:
            raise invalid(f"{where}: identity is required")
        return str(channel), self.stored(str(channel), identity, where)

    def stored(self, channel: str, identity: str, where: str) -> str:
        """Returns an identity as it is stored: of a phone number without its `+`, unless a knob keeps it.

        Raises:
            ApiFailure: A 400: it is a phone number without a digit.
        """
        if channel not in PHONES:
            return identity
        if not identity.strip("+ "):
            raise invalid(f"{where}: identity is not a phone number")
        return identity if self._settings.plus == "keep" else identity.removeprefix("+")

    def _identities(self, value: Any, where: str) -> list[dict[str, str]]:
        if not isinstance(value, list) or not value:
            raise invalid(f"{where}: channel_identities needs at least one item")
        return [self._identity(item, f"{where}.channel_identities[{index}]") for index, item in enumerate(value)]

    def _identity(self, item: Any, where: str) -> dict[str, str]:
        channel, identity = self.recipient(item, where)
        app = item.get("app_id") or ""
        if not isinstance(app, str):
            raise invalid(f"{where}: app_id is not a string")
        if channel in OF_AN_APP and not app:
            raise invalid(f"{where}: app_id is required for {channel}")
        return {"channel": channel, "identity": identity, "app_id": app}


def completed(fields: Fields) -> Fields:
    """Returns the fields of a contact with those that it lacks, empty, and a name where it has none."""
    blank: Fields = {"channel_identities": [], "channel_priority": [], **dict.fromkeys(_TEXTS, "")}
    whole = {**blank, **fields, "display_name": fields.get("display_name") or "Unknown"}
    return {name: whole[name] for name in ("id", *FIELDS) if name in whole} | whole


def is_one_of(names: frozenset[str], value: Any) -> bool:
    """Says whether a value of a body, of whatever type, is one of some names."""
    return isinstance(value, str) and value in names


def held(item: Any, where: str) -> Fields:
    """Checks a contact as Sinch may hold it, though no call could send it: any id, channel, language, fields missing.

    Raises:
        ApiFailure: A 400: it is nothing that a list could show.
    """
    if not isinstance(item, dict) or not isinstance(item.get("id", ""), str):
        raise invalid(f"{where}: is not an object, or its id is not a string")
    identities = item.get("channel_identities", [])
    if not isinstance(identities, list) or not all(
        isinstance(identity, dict) and all(isinstance(identity.get(name), str) for name in ("channel", "identity"))
        for identity in identities
    ):
        raise invalid(f"{where}: channel_identities are not objects with channel and identity")
    return item


def _priority(value: Any, where: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(is_one_of(CHANNELS, channel) for channel in value):
        raise invalid(f"{where}: channel_priority is not a list of known channels")
    return [str(channel) for channel in value]
