"""May a whole set be destroyed? `delete()` cannot ask, so what the last `pulumi up` recorded decides."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from sinch_contacts.core.contact.showing import mask_key
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.record.recorded import Origin, RecordedContact
from sinch_contacts.core.review.guards import Guards, split_violations

SMALL: Final = 1_000
"""A set of up to so many contacts may be destroyed unless it says otherwise."""


class AllowDestroy(StrEnum):
    """Whether a whole set may be destroyed with all its contacts."""

    AUTO = "auto"
    """A small set may, and one of which every contact was created by us under a prefix."""

    YES = "yes"
    NO = "no"


class DestroyRefused(ContactsError):
    """A set that falls out of the program, or is destroyed, would take too many contacts with it.

    Attributes:
        contacts: How many contacts would be deleted.
    """

    def __init__(self, contacts: int, why: str, next_step: str) -> None:
        super().__init__(f"This set is not destroyed: {why}. Nothing was changed.", next_step)
        self.contacts = contacts


def refuse_destroy(
    doomed: Sequence[RecordedContact], claimed: int, prefix: str, allow: AllowDestroy, guards: Guards
) -> None:
    """Refuses to destroy a set where its last `pulumi up` did not allow that.

    Args:
        doomed: The contacts that would be deleted: neither those that another set has claimed nor those that stay.
        claimed: How many others another set has claimed; where there are some, the set goes on in that one, and its
            limits of how many may be deleted at once count.
        prefix: The set's prefix of external ids.
        allow: What the set says.
        guards: The set's guards, for what they protect.

    Raises:
        DestroyRefused: It may not be destroyed.
    """
    protected = [entry.key for entry in doomed if guards.protects(entry.key, entry)]
    if protected:
        raise DestroyRefused(
            len(doomed),
            f"it has {len(protected):,} protected contacts, {mask_key(protected[0])} among them",
            "Take them out of `protect`, and run `pulumi up` before you destroy it.",
        )
    if not doomed or allow is AllowDestroy.YES:
        return
    if allow is AllowDestroy.NO:
        raise DestroyRefused(
            len(doomed),
            f"its {len(doomed):,} contacts would be deleted, and `allow_destroy` is false",
            "Set `allow_destroy: true` (or `on_delete: retain`, which leaves them at Sinch), and run `pulumi up` "
            "before you destroy it.",
        )
    if claimed and (violations := split_violations(len(doomed), len(doomed) + claimed, guards)):
        raise DestroyRefused(
            len(doomed),
            f"other sets take over {claimed:,} of its contacts, and it {violations[0].message}",
            "Declare the others, too; or rename the set first, and delete them in the next `pulumi up`; or set "
            "`allow_destroy: true`, and run `pulumi up` before.",
        )
    if len(doomed) > SMALL and not all(_is_created_under(prefix, entry) for entry in doomed):
        raise DestroyRefused(
            len(doomed),
            f"{len(doomed):,} contacts would be deleted, and {SMALL:,} is the limit for a set that does not say "
            "`allow_destroy`",
            "Put the set back, set `allow_destroy: true` (or `on_delete: retain`, which leaves them at "
            "Sinch), and run `pulumi up` before you destroy it.",
        )


def _is_created_under(prefix: str, entry: RecordedContact) -> bool:
    return bool(prefix) and entry.origin is Origin.CREATED and "external_id" in entry.owned
