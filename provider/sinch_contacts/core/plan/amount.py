"""Amounts as people set them: a number of contacts, or a percentage of a set."""

import re
from math import floor
from typing import Final

from sinch_contacts.core.errors import SettingError

PATTERN: Final = r"[0-9]{1,9}|[0-9]{1,3}(\.[0-9]{1,3})?%"
_AMOUNT: Final = re.compile(PATTERN)
_ALL: Final = 100


def parse_amount(name: str, value: object) -> str:
    """Reads a number of contacts, or a percentage of the set such as `2.5%`.

    Args:
        name: The setting, for the error.
        value: What was set.

    Returns:
        The amount as a text, in which it can be recorded.

    Raises:
        SettingError: It is neither.
    """
    known = value if isinstance(value, str | int | float) else type(value).__name__
    text = f"{known:g}" if isinstance(known, float) else str(known).strip()
    if isinstance(value, bool) or not _AMOUNT.fullmatch(text) or (text.endswith("%") and float(text[:-1]) > _ALL):
        raise SettingError(
            name,
            f"{name} is {text[:20]!r}, which is neither a number of contacts nor a percentage of them.",
            "Write a number such as 5, or a percentage such as `2%`.",
        )
    return text


def most_of(amount: str, whole: int) -> int:
    """Returns how many contacts an amount allows, of a set of so many; a part of a contact is none."""
    if amount.endswith("%"):
        return floor(whole * float(amount[:-1]) / _ALL + 1e-9)
    return int(amount)
