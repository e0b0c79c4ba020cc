"""Waiting for accepted work to become visible: the batch calls are asynchronous and tell nothing but "accepted"."""

from collections.abc import Callable, Iterator

from sinch_contacts.apply.clock import Clock
from sinch_contacts.apply.settings import ApplySettings


def polls(clock: Clock, settings: ApplySettings, until: float) -> Iterator[bool]:
    """Paces the looks at work that was accepted: a pause before each, every one twice as long as the one before.

    Args:
        clock: Time.
        settings: How long the pauses are.
        until: The end of the wait, in seconds since 1970; there is one look even where that has passed.

    Yields:
        Whether this look is the last one before the time is over.
    """
    pause = settings.first_poll
    last = False
    while not last:
        left = until - clock.now()
        last = pause >= left
        clock.sleep(max(0.0, min(pause, left)))
        pause = min(2 * pause, settings.longest_poll)
        yield last


def wait_until(look: Callable[[bool], bool], clock: Clock, settings: ApplySettings, until: float | None = None) -> bool:
    """Looks until a look says that all is there, or the time is over.

    Args:
        look: Takes whether it is the last look; returns whether all is there.
        clock: Time.
        settings: Patience.
        until: The end of the wait; that of the patience where it is left out.

    Returns:
        Whether all was there in time.
    """
    end = clock.now() + settings.confirm_timeout if until is None else until
    return any(look(last) for last in polls(clock, settings, end))
