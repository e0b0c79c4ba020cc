"""The tally of a phase: what the plans of all sets delete and change together."""

from threading import Lock


class Tally:
    """Adds up what is planned, set by set. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._weights: dict[str, tuple[int, int]] = {}

    def weigh(self, urn: str, deletes: int, changes: int) -> tuple[int, int]:
        """Puts a set's plan on the scales, in place of an earlier plan of that set.

        Returns:
            The deletions and changes of all sets so far.
        """
        with self._lock:
            self._weights[urn] = (deletes, changes)
            return sum(weight[0] for weight in self._weights.values()), sum(w[1] for w in self._weights.values())
