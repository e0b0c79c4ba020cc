"""Where a set is recorded: at Sinch, or at one emulator. A record of one says nothing of another."""

from collections.abc import Mapping
from typing import Any, Final

from sinch_contacts.core.errors import ContactsError
from sinch_contacts.shell.settings import Settings

PLACE: Final = "place"
"""The output that tells it. States of before it do not; the next `pulumi up` adds it."""

_SINCH: Final = "sinch"


class RecordedElsewhere(ContactsError):
    """A set is recorded at another place than the one that this run is for.

    Attributes:
        recorded: Where its contacts are.
        here: Where this run would look for them.
    """

    def __init__(self, recorded: str, here: str, contacts: int) -> None:
        back = f"SINCH_EMULATOR_URL={recorded}" if recorded != _SINCH else "no SINCH_EMULATOR_URL"
        super().__init__(
            f"The {contacts:,} contacts of this set are recorded at {_named(recorded)}, and this run is for "
            f"{_named(here)}; nothing was changed, neither there nor in the state.",
            f"Run with {back}. If the same contacts are now at {_named(here)}, say so once with "
            f"SINCH_MOVED_FROM={recorded} in the environment.",
        )
        self.recorded = recorded
        self.here = here


def place_of(settings: Settings) -> str:
    """Returns what stands for the place that settings name."""
    return settings.text("emulatorUrl").rstrip("/").lower() or _SINCH


def has_moved(settings: Settings, outputs: Mapping[str, Any]) -> bool:
    """Says whether what is recorded at one place is at another by now; else the record of one is none of the other.

    Args:
        settings: They name the place of this run, and that which the contacts have moved from, if they have.
        outputs: What is recorded of the set.

    Raises:
        RecordedElsewhere: It is recorded at another place, with contacts.
    """
    recorded, here = str(outputs.get(PLACE, "")), place_of(settings)
    contacts = int((outputs.get("summary") or {}).get("contacts", 0))
    if not (recorded and contacts) or here == recorded:
        return False
    if recorded != settings.moved_from:
        raise RecordedElsewhere(recorded, here, contacts)
    return True


def _named(place: str) -> str:
    return "Sinch" if place == _SINCH else f"the emulator {place}"
