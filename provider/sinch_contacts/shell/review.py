"""The review of a plan: told on the set's row, written as a document, and judged by the guards."""

from collections.abc import Collection, Mapping
from math import inf

import msgspec

from sinch_contacts.core.contact.contact import Contact, Key
from sinch_contacts.core.contact.showing import mask_key
from sinch_contacts.core.plan.cost import Cost, alternative_cost, cost_of
from sinch_contacts.core.plan.plan import DELETIONS, Operation, Plan
from sinch_contacts.core.plan.reading import Pace
from sinch_contacts.core.review.guards import Violation, is_approved, stack_violations, violations_of, weight_of
from sinch_contacts.core.review.plan_document import Costs, PlanDocument, Refusal, Totals
from sinch_contacts.core.review.plan_rows import plan_rows
from sinch_contacts.core.review.refusal import AdditionRefused, PlanRefused
from sinch_contacts.core.review.summary import plan_line
from sinch_contacts.shell.bridge import Call
from sinch_contacts.shell.inputs import Inputs
from sinch_contacts.shell.paths import parse_urn
from sinch_contacts.shell.plan_folder import PLAN, write_document
from sinch_contacts.shell.process import Process
from sinch_contacts.shell.settings import Settings


class Planned(msgspec.Struct, frozen=True):
    """A plan, and what a reviewer needs to know of it.

    Attributes:
        plan: The plan.
        recorded: How many contacts are recorded before it is carried out.
        before: What contacts were, by recorded key, as far as that is known.
        compared: What the plan was made against: `state`, `Sinch` or `nothing`.
        adopted: Contacts that were found at Sinch as declared.
        unknown: Contacts that a preview does not know yet.
        interrupted: Whether an earlier run was cut off.
    """

    plan: Plan
    recorded: int
    before: Mapping[Key, Contact]
    compared: str
    adopted: int = 0
    unknown: int = 0
    interrupted: bool = False


class Review:
    """Reviews the plans of one call."""

    def __init__(self, call: Call, process: Process, settings: Settings, inputs: Inputs) -> None:
        self._call = call
        self._process = process
        self._settings = settings
        self._inputs = inputs

    def tell(self, plan: Plan, note: str = "") -> None:
        """Tells a plan in one line on the set's row."""
        self._call.tell(plan_line(plan, self._pace()) + note)

    def tell_idle_protection(self, keys: Collection[Key]) -> None:
        """Tells which patterns of `protect` match no contact of the set; one of them may be mistyped."""
        if idle := self._inputs.guards.idle(keys):
            self._call.tell(f"protect matches no contact with {', '.join(map(mask_key, map(Key, idle)))}")

    def judge_more(self, more: Plan, recorded: int) -> None:
        """Judges changes that came to light in the middle of a run, by themselves.

        Raises:
            AdditionRefused: Guards stop them, and they are not approved.
        """
        guards = self._inputs.guards
        violations = violations_of(more, recorded, guards)
        if violations and not is_approved(violations, more.digest(self._inputs.target), guards):
            raise AdditionRefused(violations, more)

    def judge(self, planned: Planned) -> None:
        """Writes the plan's document where a folder is named for it, and refuses the plan where guards stop it.

        Raises:
            PlanRefused: Guards stop it, and it is not approved.
            PlanNotWritten: The document could not be written.
        """
        guards = self._inputs.guards
        digest = planned.plan.digest(self._inputs.target)
        violations = violations_of(planned.plan, planned.recorded, guards, planned.unknown)
        weight = weight_of(planned.plan)
        approved = digest in guards.approve
        sums = self._process.tally.weigh(self._call.urn, *((0, 0) if approved else weight))
        if any(weight):
            violations += stack_violations(*sums, *most_of_stack(self._settings))
        verdict = "allowed"
        if violations:
            verdict = "approved" if is_approved(violations, digest, guards) else "refused"
        write_document(self._settings, self._call.urn, PLAN, self._document(planned, digest, verdict, violations))
        if verdict == "refused":
            raise PlanRefused(violations, digest, planned.plan)
        if verdict == "approved":
            self._call.tell(f"approved: the plan with the digest {digest}")

    def _pace(self) -> Pace:
        return self._settings.patience(self._inputs.transport).pace

    def _document(self, planned: Planned, digest: str, verdict: str, violations: tuple[Violation, ...]) -> PlanDocument:
        inputs, plan = self._inputs, planned.plan
        pace = self._pace()
        other = alternative_cost(plan, inputs.on_change, pace)
        urn = parse_urn(self._call.urn)
        return PlanDocument(
            project=urn.project,
            stack=urn.stack,
            set=urn.name,
            sinch_project=inputs.project_id,
            region=inputs.region,
            digest=digest,
            compared=planned.compared,
            verdict=verdict,
            refusals=tuple(Refusal(str(violation.rule), violation.message) for violation in violations),
            revealed=inputs.reveal,
            totals=_totals(planned),
            cost=_costs(cost_of(plan, pace)),
            on_change=str(inputs.on_change),
            alternative=_costs(other) if other else None,
            requests_per_second=pace.requests_per_second,
            rows=plan_rows(plan, planned.before, reveal=inputs.reveal),
            interrupted=planned.interrupted,
        )


def most_of_stack(settings: Settings) -> tuple[float, float]:
    """Returns how many contacts all sets of a stack may delete and change together."""
    return settings.number("maxStackDeletes", inf), settings.number("maxStackChanges", inf)


def _totals(planned: Planned) -> Totals:
    counts = planned.plan.counts
    unchanged = planned.plan.unchanged - planned.adopted
    return Totals(
        declared=planned.plan.unchanged + sum(change.desired is not None for change in planned.plan.changes),
        unchanged=unchanged,
        create=counts.get(Operation.CREATE, 0),
        patch=counts.get(Operation.PATCH, 0),
        rename=counts.get(Operation.RENAME, 0),
        replace=counts.get(Operation.REPLACE, 0),
        delete=sum(counts.get(operation, 0) for operation in DELETIONS),
        forget=counts.get(Operation.FORGET, 0),
        await_=counts.get(Operation.AWAIT, 0),
        adopted=planned.adopted,
        unknown=planned.unknown,
    )


def _costs(cost: Cost) -> Costs:
    return Costs(cost.batch_calls, cost.updates, cost.reads, cost.seconds)
