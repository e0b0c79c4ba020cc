"""What stands in the way of a run before its first write."""

from collections.abc import Iterable

from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.showing import mask_key
from sinch_contacts.core.errors import ContactsError, listing
from sinch_contacts.core.plan.plan import Change
from sinch_contacts.core.target import Target


class Conflict(ContactsError):
    """Contacts are already at Sinch, are not in the record of the run, and differ from the desired ones.

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
            f"{len(self.changes):,} contacts of this set are already in {target}, are not in the record of this run, "
            "and differ from what is declared; they were left alone.",
            "Where the set is being replaced (`--replace`), they are its own: run `pulumi up` without it, for an edit "
            "needs no replacement. Else set on_conflict to `adopt` to take them over and change them, or use an "
            "external_id_prefix." + listing(lines),
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
