"""Drift as people read it: an output with one line for each contact that somebody else touched."""

from typing import Final

from sinch_contacts.apply.refresh import Observation
from sinch_contacts.core.contact.showing import mask_key

NO_DRIFT: Final = "nothing\n"
"""The text where nothing drifted: not empty, because the engine shows a difference to an empty text on one line."""


def drift_text(seen: Observation, before: str) -> str:
    """Returns a line for each contact that drifted; the engine shows them as the difference a refresh makes.

    Args:
        seen: What the refresh saw.
        before: The text of the refresh before, which knows in what a contact differs that has not changed since.

    Returns:
        Lines sorted by key, the keys masked where they are personal.
    """
    known = {line.split("  ", 1)[0]: line for line in before.splitlines()}
    lines = {key: f"{mask_key(key)}  deleted" for key in seen.deleted}
    for key, fields in seen.changed.items():
        shown = mask_key(key)
        lines[key] = f"{shown}  changed: {', '.join(fields)}" if fields else known.get(shown, f"{shown}  changed")
    return "".join(f"{lines[key]}\n" for key in sorted(lines)) or NO_DRIFT
