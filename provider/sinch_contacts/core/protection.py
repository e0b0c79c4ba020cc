"""Which contacts a pattern of `protect` means."""

import re
from fnmatch import translate
from functools import cache
from typing import Final

from sinch_contacts.core.contact import Key
from sinch_contacts.core.normalize import normalize_key

_PLUS: Final = re.compile(r"^([A-Z]+):\+")


def matches(pattern: str, key: Key) -> bool:
    """Says whether a pattern means a contact: it is its key as it is written, or matches it like a file name."""
    plain, expression = _pattern(pattern)
    return key == plain or expression.match(key) is not None


@cache
def _pattern(text: str) -> tuple[Key, re.Pattern[str]]:
    plain = normalize_key(_PLUS.sub(r"\1:", text))
    return plain, re.compile(translate(plain))
