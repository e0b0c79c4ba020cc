"""What a run works with, as values and ports: nothing here knows of a run."""

from collections.abc import Callable, Mapping
from typing import Protocol

from sinch_contacts.api.port import ContactsApi
from sinch_contacts.apply.claims import Claims
from sinch_contacts.apply.clock import Clock, Interruption
from sinch_contacts.apply.journal.folder import Journals
from sinch_contacts.apply.settings import ApplySettings
from sinch_contacts.apply.undo import NoUndo, Undo
from sinch_contacts.core.contact.contact import Contact, Key
from sinch_contacts.core.plan.plan import Plan
from sinch_contacts.core.target import Target

Progress = Callable[[str], None]
"""Takes a short text that tells how far the work is."""


class Reviewer(Protocol):
    """Judges plans before they are carried out; each method raises a `ContactsError` where that must not be."""

    def judge(self, plan: Plan, recorded: int, found: Mapping[Key, Contact]) -> None:
        """Judges a plan, before the first call that changes anything.

        Args:
            plan: The plan, now that Sinch was looked at.
            recorded: How many contacts are recorded.
            found: What contacts are that were found at Sinch, by key.
        """

    def judge_more(self, more: Plan, recorded: int) -> None:
        """Judges changes that came to light in the middle of a run, by themselves.

        Args:
            more: The changes; all other contacts count as unchanged.
            recorded: How many contacts were recorded when the run began.
        """


class NoReview:
    """Lets everything pass: somebody else has judged, or nothing is changed."""

    def judge(self, plan: Plan, recorded: int, found: Mapping[Key, Contact]) -> None:
        """Lets it pass."""

    def judge_more(self, more: Plan, recorded: int) -> None:
        """Lets it pass."""


class Context:
    """What a run works with: the project, its API, time, and the other sets.

    Attributes:
        target: The project and region.
        api: The port to it.
        claims: The claims of all sets of this process.
        settings: Patience.
        clock: Time.
        progress: Is told how far the work is.
        urn: Names the set.
        journals: Where the set's journals are.
        interruption: Whether the work is to stop.
        reviewer: Judges the plan before the first call that changes anything.
        undo: Where is kept what contacts were before they are deleted or changed.
        prefix: The set's own prefix of external ids; contacts that carry it were created by us.
        recorded_prefix: The prefix when the record was made; the same where it is left out.
    """

    def __init__(  # noqa: PLR0913  # these are all the ports there are
        self,
        target: Target,
        api: ContactsApi,
        *,
        claims: Claims,
        settings: ApplySettings,
        clock: Clock,
        progress: Progress,
        urn: str,
        journals: Journals,
        interruption: Interruption,
        reviewer: Reviewer | None = None,
        undo: Undo | None = None,
        prefix: str = "",
        recorded_prefix: str | None = None,
    ) -> None:
        self.target = target
        self.api = api
        self.claims = claims
        self.settings = settings
        self.clock = clock
        self.progress = progress
        self.urn = urn
        self.journals = journals
        self.interruption = interruption
        self.reviewer = reviewer or NoReview()
        self.undo = undo or NoUndo()
        self.prefix = prefix
        self.recorded_prefix = prefix if recorded_prefix is None else recorded_prefix
