"""Shows keys, field names and paths of contact files in messages, without personal data."""

import re
from typing import Final

from sinch_contacts.core.contact.contact import Key
from sinch_contacts.core.contact.showing import mask_key, shorten
from sinch_contacts.sources.issues import ValuePath

_WORD: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_.$-]{0,39}")
_PLAIN_STEP: Final = re.compile(r"[A-Za-z0-9_$·-]{1,64}")


def masked_key(key: str) -> str:
    """Returns a contact's key, masked where it looks personal, and shortened where it is long."""
    return shorten(mask_key(Key(key)))


def shown_word(text: str) -> str:
    """Returns a mistyped field, column or code in quotes, after a space; empty if it could be personal data."""
    return f' "{text}"' if _WORD.fullmatch(text) and mask_key(Key(text)) == text else ""


def shown_path(path: ValuePath) -> str:
    """Returns a path, such as `contacts.alice.channel_identities[0]`."""
    shown = ""
    for step in path:
        if isinstance(step, int):
            shown += f"[{step}]"
        else:
            key = masked_key(step)
            dot = "." if shown else ""
            shown += dot + key if _PLAIN_STEP.fullmatch(key) else f'["{key}"]'
    return shown
