"""How contacts are read: page by page, or one by one; and which of the two is the better bet.

A page tells 20 contacts, and pages come one after another, since each names the next. A look-up tells one contact, and
look-ups run side by side, within the rate limit. Nobody tells the size of a project. So pages are read for as long as
they have taken no longer than the look-ups would, and only then is looked up what is missing: whatever the size turns
out to be, that takes at most twice as long as the better of the two ways.
"""

from enum import StrEnum
from math import ceil, inf
from typing import Final

import msgspec

from sinch_contacts.core.errors import SettingError
from sinch_contacts.core.limits import PAGE_SIZE

LATENCY: Final = 0.1
"""Seconds that an answer is expected to take until one has come. Quicker ones are counted like this, too: they come
from next door or from an emulator, where everything is quick, and so the choice does not hang on the machine."""


class Reading(StrEnum):
    """How contacts are read."""

    AUTO = "auto"
    """Whichever takes less time, as far as is known."""
    SCAN = "scan"
    """Page by page through the whole project."""
    LOOKUP = "lookup"
    """One by one."""


def parse_reading(text: str) -> Reading:
    """Reads a way of reading.

    Raises:
        SettingError: There is none of that name.
    """
    try:
        return Reading(text)
    except ValueError:
        message = f"The setting reading is {text!r}, which is not known."
        raise SettingError("reading", message, f"Set it to {', '.join(Reading)}, or leave it out.") from None


class Pace(msgspec.Struct, frozen=True):
    """How fast contacts can be read, and how they are to be.

    Attributes:
        requests_per_second: The rate limit of the client.
        concurrency: Look-ups under way at once.
        reading: How contacts are to be read.
        latency: Seconds that an answer takes.
    """

    requests_per_second: float = 50.0
    concurrency: int = 8
    reading: Reading = Reading.AUTO
    latency: float = LATENCY

    def pages_take(self, pages: float) -> float:
        """Returns how many seconds so many pages take."""
        return pages * max(self.latency, 1 / self.requests_per_second)

    def lookups_take(self, lookups: int) -> float:
        """Returns how many seconds so many look-ups take."""
        return max(ceil(lookups / self.concurrency) * self.latency, lookups / self.requests_per_second)

    def most_pages(self, lookups: int, least: int, budget: float = inf) -> float:
        """Returns how many pages to read at most before what is still missing is looked up.

        They never take longer than all the look-ups would, but for one thing: as many as would hold what is looked for
        are read in any case, since calls count as well, and one takes the place of 20.

        Args:
            lookups: How many contacts are looked for.
            least: How many contacts the project is known to have at least.
            budget: How many calls may be made at most.
        """
        if lookups <= 1 or self.reading is Reading.LOOKUP:
            return 0  # no page is cheaper than one look-up
        if self.reading is Reading.SCAN or lookups > budget:
            return inf
        worth = int(self.lookups_take(lookups) / self.pages_take(1))
        most = min(max(worth, pages_of(lookups)), lookups - 1, budget - lookups)
        return most if pages_of(least) <= most else 0

    def reads(self, contacts: int, least: int) -> tuple[int, int]:
        """Returns the pages and the look-ups that it takes to read some contacts of a project of a known size.

        Args:
            contacts: How many contacts are looked for.
            least: How many contacts the project has.
        """
        pages = pages_of(least)
        return (pages, 0) if pages <= self.most_pages(contacts, least) else (0, contacts)


def pages_of(contacts: int) -> int:
    """Returns how many pages so many contacts fill."""
    return ceil(contacts / PAGE_SIZE)
