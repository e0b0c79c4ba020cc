"""Which rules of the table the lives have met."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from sinch_contacts.core.contact.contact import Key
from sinch_contacts.core.record.recorded import RecordedContact
from sinch_contacts.core.record.rules import TABLE, Rule
from sinch_contacts.core.record.states import States

MET: Counter[int] = Counter()
"""How often each rule was met in all lives, by its number."""


@contextmanager
def watched(met: Counter[int] = MET) -> Iterator[None]:
    """Counts the rules that are met."""
    take = States.take

    def spy(states: States, rule: Rule, key: Key, entry: RecordedContact | None) -> None:
        met[rule.number] += 1
        take(states, rule, key, entry)

    with patch.object(States, "take", spy):
        yield


def report(met: Counter[int] = MET) -> str:
    """Returns one line for each rule, with how often it was met."""
    return "\n".join(f"{met[rule.number]:>9,}  {rule.number:>2} {rule.event}" for rule in TABLE)


def unmet(met: Counter[int] = MET) -> list[str]:
    """Names the rules that were never met."""
    return [f"{rule.number} {rule.event}" for rule in TABLE if not met[rule.number]]
