"""What did not go as planned, contact by contact, and the errors that end a run."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

from sinch_contacts.core.contact.contact import Key
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.showing import mask_key
from sinch_contacts.core.errors import ContactsError, listing
from sinch_contacts.core.plan.plan import Change
from sinch_contacts.core.target import Target


class Kind(StrEnum):
    """What became of a contact that is not as desired."""

    REJECTED = "rejected"
    PENDING = "not visible yet"
    DIFFERENT = "kept differently by Sinch"
    DOUBLED = "there more than once"
    FOREIGN = "there, but not as it was asked for: somebody else made it, or Sinch keeps it differently"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"


class Problem(msgspec.Struct, frozen=True):
    """One contact that is not as desired.

    Attributes:
        kind: See `Kind`.
        key: Its key.
        file: The file that declares it; empty where none does.
        line: The line in that file; 0 where there is none.
        detail: The reason, masked; may be empty.
    """

    kind: Kind
    key: Key
    file: str = ""
    line: int = 0
    detail: str = ""

    def __str__(self) -> str:
        """Returns a line such as `friends.yaml:12: alice: rejected: …`, the key masked where it is personal."""
        place = f"{self.file}:{self.line}: " if self.file else ""
        return f"{place}{mask_key(self.key)}: {self.kind}" + (f": {self.detail}" if self.detail else "")


def problem_of(kind: Kind, desired: DesiredContact, detail: str = "") -> Problem:
    """Builds the problem of a declared contact."""
    return Problem(kind, desired.key, desired.file, desired.line, detail)


class Incomplete(ContactsError):
    """A run did part of its work; what was confirmed is recorded.

    Attributes:
        problems: The contacts that are not as desired.
        done: How many changes were made.
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


class Conflict(ContactsError):
    """Contacts are already at Sinch, are not recorded as ours, and differ from the desired ones.

    Attributes:
        changes: The creations that met them.
    """

    def __init__(self, changes: Iterable[Change], target: Target) -> None:
        self.changes = tuple(changes)
        lines = [
            f"{desired.file}:{desired.line}: {mask_key(change.key)}: differs in {', '.join(change.fields)}"
            for change in self.changes
            if (desired := change.desired)
        ]
        super().__init__(
            f"{len(self.changes):,} contacts of this set are already in {target}, are not recorded as ours, and differ "
            "from what is declared; they were left alone.",
            "Set on_conflict to `adopt` to take them over and change them, or use an external_id_prefix."
            + listing(lines),
        )


class NameTaken(ContactsError):
    """Contacts of a set are to get another external id, and somebody else's contacts have it.

    Attributes:
        keys: Their new keys.
    """

    def __init__(self, found: Iterable[tuple[DesiredContact, tuple[str, ...]]], target: Target) -> None:
        pairs = tuple(found)
        self.keys = tuple(desired.key for desired, _ in pairs)
        super().__init__(
            f"{len(pairs):,} renamed contacts of this set would get an external id that another contact in {target} "
            "has; nothing was changed.",
            "Choose other keys, or merge the contacts at Sinch." + listing(_with_ids(pairs)),
        )


class PrefixUnsettled(ContactsError):
    """A set's prefix has changed while contacts were under way that had been asked for under the old one.

    Attributes:
        pending: How many there are.
        prefix: The old prefix.
    """

    def __init__(self, pending: int, prefix: str) -> None:
        super().__init__(
            f"external_id_prefix has changed, and {pending:,} contact{'' if pending == 1 else 's'} that had been asked "
            f"for under the old one ({prefix!r}) were not seen yet; nothing was changed.",
            "Set the old prefix, run `pulumi up` until nothing is pending, and change it then.",
        )
        self.pending = pending
        self.prefix = prefix


class Doubled(ContactsError):
    """Contacts of a set are at Sinch more than once, so nobody can say which of them is meant.

    Attributes:
        keys: Their keys.
    """

    def __init__(self, found: Iterable[tuple[DesiredContact, tuple[str, ...]]], target: Target) -> None:
        pairs = tuple(found)
        self.keys = tuple(desired.key for desired, _ in pairs)
        super().__init__(
            f"{len(pairs):,} contacts of this set are in {target} more than once; they were left alone.",
            "Merge or delete the copies at Sinch, then run `pulumi up` again." + listing(_with_ids(pairs)),
        )


def _with_ids(pairs: Iterable[tuple[DesiredContact, tuple[str, ...]]]) -> list[str]:
    return [
        f"{desired.file}:{desired.line}: {mask_key(desired.key)}: contacts {', '.join(sorted(ids))}"
        for desired, ids in pairs
    ]
