"""The review of a plan: told on the set's row, written as a document, and judged by the guards.

A set that is destroyed is judged by other rules than one that is brought up to date.
"""

from collections.abc import Collection, Mapping
from math import inf

import msgspec

from sinch_contacts.apply.context import Addition, Proposal
from sinch_contacts.core.contact.contact import Contact, Key
from sinch_contacts.core.contact.showing import mask_key
from sinch_contacts.core.plan.cost import Cost, alternative_cost, cost_of
from sinch_contacts.core.plan.plan import DELETIONS, Operation, Plan
from sinch_contacts.core.review.destruction import DestroyRefused, refuse_destroy
from sinch_contacts.core.review.guards import Violation, is_approved, stack_violations, violations_of, weight_of
from sinch_contacts.core.review.plan_document import Costs, PlanDocument, Refusal, Totals
from sinch_contacts.core.review.plan_rows import plan_rows
from sinch_contacts.core.review.refusal import AdditionRefused, PlanRefused
from sinch_contacts.core.review.summary import plan_line
from sinch_contacts.shell.paths import parse_urn
from sinch_contacts.shell.plan_folder import PLAN, write_document
from sinch_contacts.shell.set_call import SetCall
from sinch_contacts.shell.settings import Settings


class PlanUnderReview(msgspec.Struct, frozen=True):
    """A plan, and what a reviewer needs to know of it.

    Attributes:
        plan: The plan.
        recorded: How many contacts are recorded before it is carried out.
        before: What contacts were, by recorded key, as far as that is known.
        compared: What the plan was made against: `state`, `Sinch` or `nothing`.
        unknown: Contacts that a preview does not know yet.
        interrupted: Whether an earlier run was cut off.
    """

    plan: Plan
    recorded: int
    before: Mapping[Key, Contact]
    compared: str
    unknown: int = 0
    interrupted: bool = False


class Review:
    """Reviews the plans of a set."""

    def __init__(self, set_call: SetCall) -> None:
        self._set = set_call

    def tell(self, plan: Plan, note: str = "") -> None:
        """Tells a plan in one line on the set's row."""
        self._set.engine.tell(plan_line(plan, self._set.pace) + note)

    def tell_idle_protection(self, keys: Collection[Key]) -> None:
        """Tells which patterns of `protect` match no contact of the set; one of them may be mistyped."""
        if idle := self._set.inputs.guards.idle(keys):
            self._set.engine.tell(f"protect matches no contact with {', '.join(map(mask_key, map(Key, idle)))}")

    def judge(self, planned: PlanUnderReview) -> None:
        """Writes the plan's document where a folder is named for it, and refuses the plan where guards stop it.

        Raises:
            PlanRefused: Guards stop it, and it is not approved.
            PlanNotWritten: The document could not be written.
        """
        guards = self._set.inputs.guards
        digest = planned.plan.digest(self._set.inputs.target)
        violations = violations_of(planned.plan, planned.recorded, guards, planned.unknown)
        weight = weight_of(planned.plan)
        approved = digest in guards.approve
        sums = self._set.phase.weigh(self._set.urn, *((0, 0) if approved else weight))
        if any(weight):
            violations += stack_violations(*sums, *_stack_limits(self._set.settings))
        verdict = "allowed"
        if violations:
            verdict = "approved" if is_approved(violations, digest, guards) else "refused"
        write_document(self._set.settings, self._set.urn, PLAN, self._document(planned, digest, verdict, violations))
        if verdict == "refused":
            raise PlanRefused(violations, digest, planned.plan)
        if verdict == "approved":
            self._set.engine.tell(f"approved: the plan with the digest {digest}")

    def _document(
        self, planned: PlanUnderReview, digest: str, verdict: str, violations: tuple[Violation, ...]
    ) -> PlanDocument:
        inputs, plan = self._set.inputs, planned.plan
        pace = self._set.pace
        other = alternative_cost(plan, inputs.on_change, pace)
        urn = parse_urn(self._set.urn)
        return PlanDocument(
            project=urn.project,
            stack=urn.stack,
            set=urn.label,
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
            run=self._set.settings.plan_run,
        )


class UpReviewer:
    """Judges what a creation or an update is about to change, now that Sinch was looked at."""

    def __init__(self, set_call: SetCall, previous: Mapping[Key, Contact]) -> None:
        self._set = set_call
        self._previous = previous

    def judge(self, proposal: Proposal) -> None:
        """Judges a plan like a preview does, and an addition by itself.

        Raises:
            PlanRefused: Guards stop the plan, and it is not approved.
            AdditionRefused: Guards stop the addition, and it is not approved.
            PlanNotWritten: The plan's document could not be written.
        """
        if isinstance(proposal, Addition):
            self._judge_addition(proposal)
        else:
            before = {**self._previous, **proposal.found}
            Review(self._set).judge(PlanUnderReview(proposal.plan, proposal.recorded, before, "Sinch"))

    def _judge_addition(self, addition: Addition) -> None:
        inputs = self._set.inputs
        violations = violations_of(addition.plan, addition.recorded, inputs.guards)
        if violations and not is_approved(violations, addition.plan.digest(inputs.target), inputs.guards):
            raise AdditionRefused(violations, addition.plan)


class DestroyReviewer:
    """Judges the destruction of a whole set, by what its last `pulumi up` recorded."""

    def __init__(self, set_call: SetCall) -> None:
        self._set = set_call

    def judge(self, proposal: Proposal) -> None:
        """Judges what would be deleted; contacts that another set of the phase has claimed do not count.

        Raises:
            DestroyRefused: The last `pulumi up` did not allow that, or the stack's limit stands in the way.
        """
        old, phase = self._set.inputs, self._set.phase
        leaving = [change.recorded for change in proposal.plan.of(*DELETIONS) if change.recorded]
        free = phase.claims.unclaimed(old.target, (entry.id for entry in leaving))
        doomed = [entry for entry in leaving if entry.id in free]
        claimed = len(leaving) - len(doomed)
        refuse_destroy(doomed, claimed, old.external_id_prefix, old.allow_destroy, old.guards)
        sums = phase.weigh(self._set.urn, len(doomed), 0)
        for violation in stack_violations(*sums, *_stack_limits(self._set.settings)):
            message = f"that {violation.message}"
            raise DestroyRefused(len(doomed), message, "Raise the limit in the environment, where a destroy sees it.")


def unknown_note(contacts: int) -> str:
    """Returns what to add to a plan line where a preview does not know some contacts yet."""
    return f" · {contacts:,} known after other resources are made" if contacts else ""


def _stack_limits(settings: Settings) -> tuple[float, float]:
    """Returns how many contacts all sets of a stack may delete and change together."""
    return settings.number("maxStackDeletes", inf), settings.number("maxStackChanges", inf)


def _totals(planned: PlanUnderReview) -> Totals:
    counts = planned.plan.counts
    adopted = len(planned.plan.adopted)
    return Totals(
        declared=planned.plan.unchanged + sum(change.desired is not None for change in planned.plan.changes),
        unchanged=planned.plan.unchanged - adopted,
        create=counts.get(Operation.CREATE, 0),
        patch=counts.get(Operation.PATCH, 0),
        rename=counts.get(Operation.RENAME, 0),
        replace=counts.get(Operation.REPLACE, 0),
        delete=sum(counts.get(operation, 0) for operation in DELETIONS),
        forget=counts.get(Operation.FORGET, 0),
        await_=counts.get(Operation.AWAIT, 0),
        adopted=adopted,
        unknown=planned.unknown,
    )


def _costs(cost: Cost) -> Costs:
    return Costs(cost.batch_calls, cost.updates, cost.reads, cost.seconds)
