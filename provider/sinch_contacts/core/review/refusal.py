"""Refusals: what a user reads where guards stop a plan."""

from collections.abc import Sequence

from sinch_contacts.core.contact.showing import mask_key
from sinch_contacts.core.errors import ContactsError, listing
from sinch_contacts.core.plan.plan import DELETIONS, Change, Operation, Plan
from sinch_contacts.core.review.guards import UPDATES, Rule, Violation


class PlanRefused(ContactsError):
    """Guards stop a plan; nothing was changed.

    Attributes:
        violations: The rules that it breaks.
        digest: Names exactly this plan.
    """

    def __init__(self, violations: Sequence[Violation], digest: str, plan: Plan) -> None:
        told = "; and it ".join(violation.message for violation in violations)
        rules = [violation.rule for violation in violations]
        super().__init__(f"This plan is refused: it {told}. Nothing was changed.", _advice(rules, digest) + _rows(plan))
        self.violations = tuple(violations)
        self.digest = digest


class AdditionRefused(ContactsError):
    """What came to light in the middle of a run would change too much; it was not done.

    Attributes:
        violations: The rules that it breaks.
    """

    def __init__(self, violations: Sequence[Violation], plan: Plan) -> None:
        told = "; and it ".join(violation.message for violation in violations)
        names = " and ".join(violation.rule for violation in violations)
        super().__init__(
            f"Looking at Sinch has added changes to the plan: it {told}. They were not made.",
            f"The next `pulumi preview` shows them: approve that plan, or change {names}." + _rows(plan),
        )
        self.violations = tuple(violations)


def _advice(rules: Sequence[Rule], digest: str) -> str:
    if Rule.PROTECT in rules:
        return "Put the protected contacts back, or take them out of protect first."
    names = " and ".join(rules)
    return (
        f"Look at it with `pulumi preview --diff`. If it is right, let exactly this plan through with `approve: "
        f"{digest}` in the set's options; to let every such plan through, change {names}."
    )


def _rows(plan: Plan) -> str:
    order = (*DELETIONS, Operation.FORGET, *UPDATES)
    return listing([_row(change) for operation in order for change in plan.of(operation)])


def _row(change: Change) -> str:
    place = f" ({change.desired.file}:{change.desired.line})" if change.desired else ""
    return f"{change.operation} {mask_key(change.key)}{place}"
