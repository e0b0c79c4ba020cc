"""Draws docs/lifecycle.md from the table of rules: `make docs` writes it, and a test sees that it is up to date."""

from pathlib import Path

from sinch_contacts.core.record.rules import TABLE, Rule, State
from sinch_contacts.core.record.states import States

PATH = Path(__file__).parents[1] / "docs" / "lifecycle.md"
_PARTS = {
    "create_sent": "Creation",
    "delete_sent": "Deletion",
    "patched": "Update",
    "discovered": "Looking, and journals",
}
_HEAD = """# The life of a contact

Drawn by `make docs` from `core/record/states.py`, where each rule is a method; edit that.
[ADR 9](adr/0009-nothing-lost-nothing-doubled.md) says what the rules promise, and
[ADR 18](adr/0018-one-table-of-states.md) why they stand in one place.

An entry of the record is in one of these states. What a rule does not name cannot happen: the
attempt raises `ForbiddenChange`. "Stays" means that the entry is as it was, and the run knows more.
"""


def text() -> str:
    """Returns the document."""
    methods = [name for name, method in vars(States).items() if hasattr(method, "__wrapped__")]
    lines = [_HEAD, "| state | what it says |", "| --- | --- |"]
    lines += [f"| {state} | {_MEANING[state]} |" for state in State]
    lines += ["", "```mermaid", "stateDiagram-v2", *_arrows(), "```"]
    for rule, method in zip(TABLE, methods, strict=True):
        if method in _PARTS:
            lines += ["", f"## {_PARTS[method]}", ""]
            lines += ["| # | event | from | to | told | why | method |", "| --- | --- | --- | --- | --- | --- | --- |"]
        told = f"“{rule.tells}”" if rule.tells else ""
        after = _states(rule.after) or "stays"
        lines.append(
            f"| {rule.number} | {rule.event} | {_states(rule.before)} | {after} | {told} | {rule.why} | `{method}` |"
        )
    return "\n".join(lines) + "\n"


_MEANING = {
    State.ABSENT: "There is no entry.",
    State.CREATING: "Its creation was asked for, and it has not been seen yet.",
    State.REPLACING: "It was seen gone, and is to be created again.",
    State.LIVE: "It was seen as it was asked for.",
    State.KEPT: "It was asked for, and Sinch keeps it in its own way; not asked for again until one side changes.",
    State.DRIFTED: "It was seen, and was not as it was asked for.",
    State.DOUBTFUL: "A patch of it had no clear answer: nobody knows what it is, only that it is there.",
    State.GONE: "It was not there when it was looked at: somebody else deleted it, or a view lags.",
    State.DELETING: "Its deletion was asked for, and it has not been seen gone.",
}


def _states(states: frozenset[State]) -> str:
    if states == frozenset(State) - {State.ABSENT}:
        return "any"
    return ", ".join(state for state in State if state in states)


def _arrows() -> list[str]:
    """Draws each pair of states once, with the numbers of the rules that lead from one to the other."""
    pairs: dict[tuple[State, State], list[Rule]] = {}
    for rule in TABLE:
        for before in State:
            for after in State:
                if before in rule.before and after in rule.after:
                    pairs.setdefault((before, after), []).append(rule)
    return [
        f"    {before} --> {after}: {', '.join(str(rule.number) for rule in rules)}"
        for (before, after), rules in pairs.items()
    ]


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
