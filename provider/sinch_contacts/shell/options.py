"""Options of a set, as programs and stack config write them."""

from collections.abc import Sequence
from typing import Any, Final

import pulumi

from sinch_contacts.core.errors import SettingError

_UNUSED: Final = {
    "custom_timeouts": "Leave it out, and set confirm_timeout and settle_time of the set.",
    "import_": "Leave it out: what is at Sinch already is found, and `on_conflict` decides on what differs.",
}
"""Resource options that would do nothing, or something else, and what to say instead."""


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
    return [part.strip() for part in parse_patterns(name, value) if part.strip()]


def parse_patterns(name: str, value: object) -> list[str]:
    """Reads an option that is a path or a glob, or a list of such, as it is written.

    Raises:
        SettingError: It is neither.
    """
    found = [value] if isinstance(value, str) else value
    if isinstance(found, Sequence) and all(isinstance(part, str) for part in found):
        return list(found)
    raise SettingError(
        name,
        f"{name} is neither a text nor a list of texts.",
        "Write one, or a list of them: a Path as `str(path)`, and no output of a resource.",
    )


def parse_text(name: str, value: object) -> str:
    """Returns a text; an empty one for nothing.

    Raises:
        SettingError: It is something else, such as an output of a resource.
    """
    if value is None or isinstance(value, str):
        return value or ""
    kind = "an output of a resource" if isinstance(value, pulumi.Output) else "no text"
    raise SettingError(name, f"{name} is {kind}.", "Write a text in quotes.")


def parse_later_text(name: str, value: Any) -> Any:
    """Returns a text, or an output that will be one; an empty text for nothing.

    Raises:
        SettingError: It is neither.
    """
    return value if isinstance(value, pulumi.Output) else parse_text(name, value)


def refuse_unused(opts: pulumi.ResourceOptions | None) -> None:
    """Refuses resource options that a set cannot follow.

    Raises:
        SettingError: There is one.
    """
    for name, instead in _UNUSED.items():
        if getattr(opts, name, None) is not None:
            raise SettingError(name, f"The resource option {name} means nothing for a contact set.", instead)
