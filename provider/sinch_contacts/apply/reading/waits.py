"""Waiting for accepted work to become visible: the batch calls are asynchronous and tell nothing but "accepted".

Nothing else knows how long that is. All times are in seconds since 1970. How long a wait lasts, our own clock tells,
which does not jump while a run lasts; how long ago something was, Sinch's does, since ours may be another machine's by
the next run, or have been set.
"""

from collections.abc import Callable, Iterable, Iterator

from sinch_contacts.apply.clock import Clock
from sinch_contacts.apply.settings import ApplySettings


class Waits:
    """The waits of one run.

    Attributes:
        started: When the run began, by our clock.
    """

    def __init__(self, clock: Clock, settings: ApplySettings, offset: Callable[[], float]) -> None:
        """Begins to count.

        Args:
            clock: Ours.
            settings: How long what is waited for.
            offset: Returns how many seconds Sinch's clock is ahead of ours.
        """
        self.started = clock.now()
        self._clock = clock
        self._settings = settings
        self._offset = offset

    def now(self) -> int:
        """Returns the time by Sinch's clock in whole seconds, as it is recorded."""
        return max(1, int(self._clock.now() + self._offset()))

    def asked_at(self, since: float) -> float:
        """Returns when a call was made, by Sinch's clock; what is told as later than now was before this run."""
        return since if since <= self.now() else self.started + self._offset()

    def confirm_end(self) -> float:
        """Returns until when what is asked for now is waited for in this run."""
        return self._clock.now() + self._settings.confirm_timeout

    def settle_end(self, asked_at: Iterable[float]) -> float:
        """Returns when calls that did not become visible are taken to have been lost.

        Args:
            asked_at: When each was made, by Sinch's clock; none stand for long ago.
        """
        latest = max(asked_at, default=0)
        return (self.asked_at(latest) - self._offset() if latest else 0) + self._settings.settle_time

    def last_run_end(self) -> float:
        """Returns until when what runs before this one asked for may yet appear."""
        return self.started + self._settings.settle_time

    def agree_end(self) -> float:
        """Returns until when views may contradict one another."""
        return self._clock.now() + self._settings.settle_time

    def oldest_new(self) -> float:
        """Returns since when, by Sinch's clock, what was made may be a part of something that is still appearing."""
        return self._clock.now() + self._offset() - self._settings.settle_time

    def rest(self) -> None:
        """Waits for so long that what comes out of one batch has either come, or will not come soon."""
        self._clock.sleep(self._settings.quiet_time)

    def polls(self, until: float) -> Iterator[bool]:
        """Paces the looks at work that was accepted: a pause before each, every one twice as long as the one before.

        Args:
            until: The end of the wait; there is one look even where that has passed.

        Yields:
            Whether this look is the last one before the time is over.
        """
        pause = self._settings.first_poll
        last = False
        while not last:
            left = until - self._clock.now()
            last = pause >= left
            self._clock.sleep(max(0.0, min(pause, left)))
            pause = min(2 * pause, self._settings.longest_poll)
            yield last

    def until(self, look: Callable[[], bool], end: float) -> bool:
        """Looks until a look says that all is as awaited, or the time is over.

        Args:
            look: Returns whether all is as awaited.
            end: The end of the wait.

        Returns:
            Whether all was so in time.
        """
        return any(look() for _ in self.polls(end))
