"""What a run works with, as values and ports: nothing here knows of a run."""

from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

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


class Proposal(msgspec.Struct, frozen=True):
    """Changes that are about to be made.

    Attributes:
        plan: The changes, now that Sinch was looked at.
        recorded: How many contacts were recorded when the run began.
        found: What contacts are that were found at Sinch, by key.
    """

    plan: Plan
    recorded: int
    found: Mapping[Key, Contact] = {}


class Addition(Proposal, frozen=True):
    """Changes that came to light while a plan was carried out; all other contacts count as unchanged."""


class Reviewer(Protocol):
    """Judges changes before they are made."""

    def judge(self, proposal: Proposal) -> None:
        """Judges changes: a plan before the first call that changes anything, an addition before its own first call.

        Args:
            proposal: The changes.

        Raises:
            ContactsError: They must not be made.
        """


class NoReview:
    """Lets everything pass: somebody else has judged, or nothing is changed."""

    def judge(self, proposal: Proposal) -> None:
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
