"""Faults: what goes wrong on demand.

A rule names a kind, and may name an operation, a text that an item must contain, how many calls to let pass, and how
often it strikes. `docs/emulator.md` has the table.
"""

from typing import Any, Final, Literal

import msgspec

from sinch_contacts.emulator.errors import invalid
from sinch_contacts.emulator.validation import Fields

Kind = Literal[
    "reject_item", "reject_batch", "lose_response", "error_before", "error_after", "throttle", "delay", "latency",
    "drop_item", "html_error", "empty_error", "flat_error", "expire_token", "deny_batch",
]  # fmt: skip

ITEM_KINDS: Final = frozenset({"reject_item", "delay", "drop_item"})
"""Kinds that look at the items of a call rather than at the call."""


class Rule(msgspec.Struct, forbid_unknown_fields=True):
    """A fault.

    Attributes:
        kind: What goes wrong.
        operation: The kind of call, as the statistics name it; empty for any.
        match: A text that an item must contain, for faults of items; empty for any.
        after: Matching calls that pass before it strikes.
        times: How often it strikes; `None` for always. A fault of items counts each item.
        status: The HTTP status of an error.
        seconds: The length of a delay.
        retry_after: Seconds for the `Retry-After` header; no header where it is left out.
        shape: The form of an error's body.
    """

    kind: Kind
    operation: str = ""
    match: str = ""
    after: int = 0
    times: int | None = 1
    status: int = 503
    seconds: float = 0.0
    retry_after: float | None = None
    shape: Literal["nested", "flat"] = "nested"

    def strikes(self) -> bool:
        """Counts a matching call; returns whether the fault strikes."""
        if self.after > 0:
            self.after -= 1
            return False
        if self.times is None:
            return True
        self.times -= 1
        return self.times >= 0


class Faults:
    """The rules in force."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def set(self, body: bytes) -> None:
        """Puts new rules in the place of the old ones.

        Raises:
            ApiFailure: The rules make no sense.
        """
        try:
            self._rules = msgspec.json.decode(body, type=list[Rule])
        except msgspec.MsgspecError as error:
            raise invalid(f"faults: {error}") from None

    def clear(self) -> None:
        """Takes all rules away."""
        self._rules = []

    def listing(self) -> list[dict[str, Any]]:
        """Returns the rules with what is left of them."""
        listing: list[dict[str, Any]] = msgspec.to_builtins(self._rules)
        return listing

    def of_call(self, operation: str) -> Rule | None:
        """Returns the fault that strikes a call, if any."""
        for rule in self._rules:
            if rule.kind not in ITEM_KINDS and rule.operation in {"", operation} and rule.strikes():
                return rule
        return None

    def of_item(self, operation: str, item: Fields | str) -> Rule | None:
        """Returns the fault that strikes one item of a call, if any."""
        text = ""
        for rule in self._rules:
            if rule.kind not in ITEM_KINDS or rule.operation not in {"", operation}:
                continue
            text = text or msgspec.json.encode(item).decode()
            if rule.match in text and rule.strikes():
                return rule
        return None
