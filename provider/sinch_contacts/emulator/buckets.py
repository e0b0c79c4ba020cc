"""Rate limits: a bucket that each call takes one from, and that fills up again with time."""


class Bucket:
    """A token bucket, full at first."""

    def __init__(self, capacity: float, refill: float) -> None:
        """Keeps the most that it holds, and how much it gains in a second."""
        self._capacity = capacity
        self._refill = refill
        self._level = capacity
        self._at: float | None = None

    def take(self, now: float) -> bool:
        """Takes one; returns whether there was one."""
        passed = 0.0 if self._at is None else max(0.0, now - self._at)
        self._level = min(self._capacity, self._level + passed * self._refill)
        self._at = now
        if self._level < 1:
            return False
        self._level -= 1
        return True
