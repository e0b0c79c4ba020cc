"""How patiently a plan is carried out."""

from collections.abc import Mapping
from typing import Final

import msgspec

from sinch_contacts.api.settings import DEFAULT_RATE
from sinch_contacts.core.errors import SettingError
from sinch_contacts.core.plan.reading import Pace, Reading

MOST: Final = 1_000_000_000
"""The largest number that a setting may be."""

_RANGE: Final = (0.0, MOST)
_RANGES: Final[Mapping[str, tuple[float, int]]] = {
    "concurrency": (0.0, 1_000),
    "requests_per_second": (0.001, MOST),
}
"""What settings must be above, and what they may be at most."""


class ApplySettings(msgspec.Struct, frozen=True):
    """Times in seconds, and how many calls run side by side.

    Attributes:
        confirm_timeout: How long a run waits for accepted work to become visible.
        settle_time: After this time, work that did not become visible is taken to have been lost, and is asked for
            again. Sinch states no bound; ADR 9 tells what happens where it takes longer.
        quiet_time: Where a part of a batch of a run that was cut off has appeared, the rest is waited for until nothing
            new has appeared for this long.
        first_poll: The first pause before looking; each further one is twice as long.
        longest_poll: The longest pause.
        concurrency: Look-ups and updates under way at once.
        requests_per_second: The most requests in any second.
        reading: How contacts are read.
    """

    confirm_timeout: float = 120.0
    settle_time: float = 300.0
    quiet_time: float = 10.0
    first_poll: float = 0.1
    longest_poll: float = 5.0
    concurrency: int = 8
    requests_per_second: float = DEFAULT_RATE
    reading: Reading = Reading.AUTO

    def __post_init__(self) -> None:
        """Refuses values that would never wait, never end, or start more threads than there can be."""
        for name in self.__struct_fields__[:-1]:
            least, most = _RANGES.get(name, _RANGE)
            if not least < getattr(self, name) <= most:
                message = f"The setting {name} must be a number of more than {least:g}, and at most {most:,}."
                raise SettingError(name, message, "Leave it out for its default.")

    @property
    def pace(self) -> Pace:
        """How fast contacts can be read, and how they are to be."""
        return Pace(self.requests_per_second, self.concurrency, self.reading)
