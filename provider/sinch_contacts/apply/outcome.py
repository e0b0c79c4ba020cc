"""What a run leaves behind."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from sinch_contacts.core.errors import ContactsError, listing
from sinch_contacts.core.record.problem import Problem
from sinch_contacts.core.record.recorded import Record


class Incomplete(ContactsError):
    """A run did part of its work; what was confirmed is recorded.

    Attributes:
        problems: The contacts that are not as desired.
        done: How many changes were made.
        cause: What ended the work; `None` where it went through to its end.
    """

    def __init__(self, problems: Sequence[Problem], done: int, cause: ContactsError | None = None) -> None:
        counts = Counter(problem.kind for problem in problems)
        told = ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
        rest = f"of the other contacts: {told}" if told else "the work ended early"
        reason = f" {cause.message}" if cause else ""
        advice = cause.next_step if cause else ""
        super().__init__(
            f"{done:,} change{'' if done == 1 else 's'} made, and recorded; {rest}.{reason}",
            f"{advice} The next `pulumi up` goes on from here.".strip() + listing(problems),
        )
        self.problems = tuple(problems)
        self.done = done
        self.cause = cause


class Outcome(msgspec.Struct, frozen=True):
    """What a run left behind.

    Attributes:
        record: What is now confirmed of the set.
        run: The run up to which journals are done with; to be recorded with the record.
        done: How many changes were made at Sinch or settled there.
        incomplete: Why the set is not as desired yet; `None` where it is, or is but for rejected contacts that the
            policy tolerates.
        rejected: Contacts that Sinch rejected, where that is tolerated.
    """

    record: Record
    run: str
    done: int
    incomplete: Incomplete | None
    rejected: tuple[Problem, ...] = ()
