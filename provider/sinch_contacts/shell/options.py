"""Options of a set, as programs and stack config write them."""

from collections.abc import Sequence
from typing import Any

import pulumi

from sinch_contacts.core.errors import SettingError


def parse_flag(name: str, value: object) -> bool:
    """Reads an option that is true or false.

    Raises:
        SettingError: It is neither.
    """
    if isinstance(value, bool):
        return value
    raise SettingError(name, f"{name} is neither true nor false.", "Write true or false, without quotes.")


def parse_texts(name: str, value: object) -> list[str]:
    """Reads an option that is a text or a list of texts; empty ones are left out.

    Raises:
        SettingError: It is neither.
    """
    found = [value] if isinstance(value, str) else value
    if isinstance(found, Sequence) and all(isinstance(part, str) for part in found):
        return [part.strip() for part in found if part.strip()]
    raise SettingError(name, f"{name} is neither a text nor a list of texts.", "Write one, or a list of them.")


def parse_text(name: str, value: Any) -> Any:
    """Returns a text, or an output that will be one; an empty text for nothing.

    Raises:
        SettingError: It is neither.
    """
    if value is None or isinstance(value, str | pulumi.Output):
        return "" if value is None else value
    raise SettingError(name, f"{name} is no text.", "Put it in quotes.")
