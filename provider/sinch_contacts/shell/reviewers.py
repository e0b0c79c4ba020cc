"""Who judges a run's plan: the guards of its set where it is brought up to date, other rules where it is destroyed."""

from collections.abc import Mapping

from sinch_contacts.core.contact.contact import Contact, Key
from sinch_contacts.core.plan.plan import DELETIONS, Plan
from sinch_contacts.core.review.destruction import DestroyRefused, refuse_destroy
from sinch_contacts.core.review.guards import stack_violations
from sinch_contacts.shell.bridge import Call
from sinch_contacts.shell.inputs import Inputs
from sinch_contacts.shell.process import Process
from sinch_contacts.shell.review import Planned, Review, most_of_stack
from sinch_contacts.shell.settings import Settings


class RunReviewer:
    """Judges the plan of a creation or an update, now that Sinch was looked at."""

    def __init__(self, review: Review, previous: Mapping[Key, Contact]) -> None:
        self._review = review
        self._previous = previous

    def judge(self, plan: Plan, recorded: int, found: Mapping[Key, Contact]) -> None:
        """See `Reviewer`."""
        self._review.judge(Planned(plan, recorded, {**self._previous, **found}, "Sinch"))

    def judge_more(self, more: Plan, recorded: int) -> None:
        """See `Reviewer`."""
        self._review.judge_more(more, recorded)


class DestroyReviewer:
    """Judges the destruction of a whole set, by what its last `pulumi up` recorded."""

    def __init__(self, call: Call, process: Process, settings: Settings, recorded: Inputs) -> None:
        self._call = call
        self._process = process
        self._settings = settings
        self._recorded = recorded

    def judge(self, plan: Plan, recorded: int, found: Mapping[Key, Contact]) -> None:
        """See `Reviewer`; contacts that another set of the run has claimed do not count.

        Raises:
            DestroyRefused: The last `pulumi up` did not allow that, or the stack's limit stands in the way.
        """
        del recorded, found
        old = self._recorded
        leaving = [change.recorded for change in plan.of(*DELETIONS) if change.recorded]
        free = self._process.claims.unclaimed(old.target, (entry.id for entry in leaving))
        doomed = [entry for entry in leaving if entry.id in free]
        refuse_destroy(doomed, old.external_id_prefix, old.allow_destroy, old.guards)
        sums = self._process.tally.weigh(self._call.urn, len(doomed), 0)
        for violation in stack_violations(*sums, *most_of_stack(self._settings)):
            message = f"that {violation.message}"
            raise DestroyRefused(len(doomed), message, "Raise the limit in the environment, where a destroy sees it.")

    def judge_more(self, more: Plan, recorded: int) -> None:
        """See `Reviewer`; nothing comes to light later."""
