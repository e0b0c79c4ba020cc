"""Where a set lives: one project in one region."""

from enum import StrEnum

import msgspec

from sinch_contacts.core.errors import SettingError


class Region(StrEnum):
    """A region of the Conversation API. Contacts of one region are not seen in another."""

    US = "us"
    EU = "eu"
    BR = "br"


class Target(msgspec.Struct, frozen=True, order=True):
    """A Sinch project in a region.

    Attributes:
        project_id: The project's id.
        region: The region of its Conversation API.
    """

    project_id: str
    region: Region

    def __str__(self) -> str:
        """Returns a text for messages, such as `project 6e1b (eu)`."""
        return f"project {self.project_id} ({self.region})"


def parse_region(text: str) -> Region:
    """Reads a region's name.

    Args:
        text: `us`, `eu` or `br`; case and surrounding space do not matter.

    Returns:
        The region.

    Raises:
        SettingError: There is no such region.
    """
    try:
        return Region(text.strip().lower())
    except ValueError:
        known = ", ".join(Region)
        msg = f"The region {text!r} does not exist."
        raise SettingError("region", msg, f"Set SINCH_REGION or sinch:region to one of {known}.") from None
