"""Faults: what goes wrong on demand.

A rule names a kind, and may name an operation, a text that an item must contain, how many calls to let pass, and how
often it strikes. `docs/emulator.md` has the table.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

import msgspec

from sinch_contacts.emulator.errors import invalid
from sinch_contacts.emulator.settings import Shape
from sinch_contacts.emulator.validation import Fields

Kind = Literal[
    "reject_item", "reject_batch", "lose_response", "error_before", "error_after", "throttle", "delay", "latency",
    "drop_item", "html_error", "empty_error", "flat_error", "expire_token", "deny_batch", "stale", "no_page",
    "mixed_up", "keep_differently", "cut_off",
]  # fmt: skip

Operation = Literal[
    "", "token", "get", "list", "find", "batch_create", "batch_delete", "create", "update", "delete", "merge", "other"
]

ITEM_KINDS: Final = frozenset({"reject_item", "delay", "drop_item"})
"""Kinds that look at the items of a call rather than at the call."""

_BATCH_KINDS: Final = frozenset({"deny_batch", "reject_batch"})
_WAITING_KINDS: Final = frozenset({"delay", "latency", "stale"})
_SOME_CALLS: Final[Mapping[str, frozenset[str]]] = {
    "stale": frozenset({"get", "list", "find"}),
    "no_page": frozenset({"list", "find"}),
    "cut_off": frozenset({"list"}),
    "mixed_up": frozenset({"get", "update", "create"}),
    "keep_differently": frozenset({"batch_create", "update", "create"}),
}
"""Kinds that strike some calls only."""


class Rule(msgspec.Struct, forbid_unknown_fields=True):
    """A fault.

    Attributes:
        kind: What goes wrong.
        operation: The kind of call, as the statistics name it; empty for any but `token`, and for faults of batches
            for batch calls alone.
        match: A text that a field of the item must contain, for faults of items; empty for any.
        after: Matching calls that pass before it strikes.
        times: How often it strikes; `None` for always. A fault of items counts each item.
        status: The HTTP status of an error.
        seconds: The length of a delay; how far a view lags behind.
        retry_after: Seconds for the `Retry-After` header; no header where it is left out.
        shape: The form of an error's body; that of the emulator's knob where it is left out.
        code: The status text of an error, in the place of its kind's own.
        message: Its message.
        details: Its details.
        every: Once it strikes, how many matching calls later it strikes again: 1 is the next one.
    """

    kind: Kind
    operation: Operation = ""
    match: str = ""
    after: Annotated[int, msgspec.Meta(ge=0)] = 0
    times: Annotated[int, msgspec.Meta(ge=1)] | None = 1
    status: Annotated[int, msgspec.Meta(ge=400, le=599)] = 503
    seconds: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    retry_after: Annotated[float, msgspec.Meta(ge=0)] | None = None
    shape: Shape | None = None
    code: str = ""
    message: str = ""
    details: list[Any] = msgspec.field(default_factory=list)
    every: Annotated[int, msgspec.Meta(ge=1)] = 1

    def __post_init__(self) -> None:
        """Refuses what would have no effect."""
        if self.match and self.kind not in ITEM_KINDS:
            raise ValueError(f"{self.kind} looks at calls, and so has no match")
        if self.operation and self.operation not in _SOME_CALLS.get(self.kind, {self.operation}):
            raise ValueError(f"{self.kind} does not go with {self.operation}")
        if self.kind in _WAITING_KINDS and not self.seconds:
            raise ValueError(f"{self.kind} needs seconds")

    def covers(self, operation: str) -> bool:
        """Says whether a kind of call is meant."""
        if self.operation and self.operation != operation:
            return False
        if self.kind in _SOME_CALLS:
            return operation in _SOME_CALLS[self.kind]
        if self.operation:
            return True
        return operation.startswith("batch_") if self.kind in _BATCH_KINDS else operation != "token"

    def strikes(self) -> bool:
        """Counts a matching call; returns whether the fault strikes."""
        if self.after > 0:
            self.after -= 1
            return False
        if self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        self.after = self.every - 1
        return True


class Faults:
    """The rules in force, tried in their order."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def set(self, body: bytes) -> None:
        """Puts new rules in the place of the old ones.

        Raises:
            ApiFailure: The rules make no sense.
        """
        try:
            self._rules = msgspec.json.decode(body, type=list[Rule])
        except (msgspec.MsgspecError, ValueError) as error:
            raise invalid(f"faults: {error}") from None

    def clear(self) -> None:
        """Takes all rules away."""
        self._rules = []

    def listing(self) -> list[dict[str, Any]]:
        """Returns the rules with what is left of them."""
        listing: list[dict[str, Any]] = msgspec.to_builtins(self._rules)
        return listing

    def of_call(self, operation: str) -> tuple[float, Rule | None]:
        """Returns the seconds that a call is to wait, and the fault that strikes it, if any."""
        seconds = 0.0
        for rule in self._rules:
            if rule.kind in ITEM_KINDS or not rule.covers(operation) or not rule.strikes():
                continue
            if rule.kind != "latency":
                return seconds, rule
            seconds += rule.seconds
        return seconds, None

    def of_item(self, operation: str, item: Fields) -> Rule | None:
        """Returns the fault that strikes one item of a call, if any."""
        for rule in self._rules:
            if rule.kind not in ITEM_KINDS or not rule.covers(operation):
                continue
            if any(rule.match in text for text in _texts(item)) and rule.strikes():
                return rule
        return None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(part)
