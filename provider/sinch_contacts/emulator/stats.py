"""Request statistics: what a test counts."""

from collections import Counter
from typing import Any, Final

READS: Final = ("get", "list", "find")
WRITES: Final = ("batch_create", "batch_delete", "create", "update", "delete", "merge")
BATCHES: Final = ("batch_create", "batch_delete")
OPERATIONS: Final = ("token", *READS, *WRITES, "other")


class Stats:
    """Counts calls by kind, their answers by status, and the items of batches."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Starts again from nothing."""
        self._requests: Counter[str] = Counter()
        self._statuses: Counter[int] = Counter()
        self._items: Counter[str] = Counter()

    def count(self, operation: str) -> None:
        """Counts a call as it arrives."""
        self._requests[operation] += 1

    def answered(self, status: int) -> None:
        """Counts an answer; 0 is one that was never sent."""
        self._statuses[status] += 1

    def items(self, operation: str, number: int) -> None:
        """Counts the items of a batch."""
        self._items[operation] += number

    def listing(self) -> dict[str, Any]:
        """Returns all counts; the names in `requests` and `items` are always the same."""
        return {
            "requests": {operation: self._requests[operation] for operation in OPERATIONS},
            "reads": sum(self._requests[operation] for operation in READS),
            "writes": sum(self._requests[operation] for operation in WRITES),
            "items": {operation: self._items[operation] for operation in BATCHES},
            "statuses": {str(status): count for status, count in sorted(self._statuses.items())},
        }
