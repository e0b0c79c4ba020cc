"""Discovery: looking, before anything is created, whether it is there already."""

from collections.abc import Iterable

import msgspec

from sinch_contacts.apply.problems import Conflict, Doubled
from sinch_contacts.apply.run import Run
from sinch_contacts.core.contact import ContactId, LiveContact
from sinch_contacts.core.desired import DesiredContact
from sinch_contacts.core.digest import contact_digest
from sinch_contacts.core.observed import observe
from sinch_contacts.core.plan import Change, Operation, Reason
from sinch_contacts.core.planner import differing_fields
from sinch_contacts.core.policy import OnConflict, Policy
from sinch_contacts.core.recorded import Status, record_contact
from sinch_contacts.core.target import Target


class Discovery(msgspec.Struct, frozen=True):
    """What became of planned creations once Sinch was looked at.

    Attributes:
        absent: Contacts that are not there and are to be created.
        adopted: Patches of contacts that were there and differ; those that are equal were recorded at once.
        leaving: Contacts whose namesake is being deleted in this run: it must be gone first.
    """

    absent: tuple[DesiredContact, ...]
    adopted: tuple[Change, ...]
    leaving: tuple[tuple[DesiredContact, ContactId], ...]


def differences(row: DesiredContact, live: LiveContact) -> tuple[str, ...]:
    """Names the fields in which a live contact differs from a declared one."""
    seen = observe(live.contact, row.contact)
    if contact_digest(seen) == contact_digest(row.contact):
        return ()
    return differing_fields(row.contact, record_contact(row.key, seen, contact_id=live.id))


def discover(run: Run, rows: Iterable[DesiredContact], policy: Policy, target: Target) -> Discovery:
    """Sorts planned creations by what lives at Sinch, and adopts what is equal.

    Nothing is written. The record changes only once it is sure that nothing stands in the way.

    Args:
        run: The run.
        rows: The contacts to create.
        policy: Decides on contacts that are there and differ.
        target: Named in errors.

    Returns:
        What is to be done.

    Raises:
        Doubled: A contact is there more than once.
        Conflict: A contact is there and differs, and the policy is to fail.
    """
    wanted = {row.key: row for row in rows}
    if not wanted:
        return Discovery((), (), ())
    run.around.progress(f"looking for {len(wanted):,}")
    found = run.reader.find(wanted)
    doubled = [(wanted[key], tuple(live.id for live in copies)) for key, copies in found.items() if len(copies) > 1]
    if doubled:
        raise Doubled(doubled, target)
    there = [(wanted[key], copies[0]) for key, copies in found.items()]
    late = run.claim(live.id for _, live in there)
    changes = [_adoption(run, row, live) for row, live in there if live.id not in late]
    differing = tuple(change for change in changes if change.fields)
    if differing and policy.on_conflict is OnConflict.FAIL:
        raise Conflict(differing, target)
    for row, live in there:
        if live.id not in late:
            run.confirm(row.key, row.contact, live, run.origin_of(live))
    return Discovery(
        absent=tuple(row for key, row in wanted.items() if key not in found),
        adopted=differing,
        leaving=tuple((row, live.id) for row, live in there if live.id in late),
    )


def _adoption(run: Run, row: DesiredContact, live: LiveContact) -> Change:
    seen = observe(live.contact, row.contact)
    recorded = record_contact(row.key, seen, contact_id=live.id, origin=run.origin_of(live), status=Status.DRIFTED)
    return Change(Operation.PATCH, row.key, Reason.GIT, row, recorded, differences(row, live))
