"""Settling what an earlier run asked for and did not see."""

from collections.abc import Iterable
from typing import Final

import msgspec

from sinch_contacts.apply.deletion import Deletion
from sinch_contacts.apply.discovery import differences
from sinch_contacts.apply.problems import Kind, Problem, problem_of
from sinch_contacts.apply.run import Run
from sinch_contacts.core.contact import ChannelIdentity, LiveContact
from sinch_contacts.core.desired import DesiredContact
from sinch_contacts.core.plan import Change, Operation, Reason
from sinch_contacts.core.recorded import Origin, RecordedContact, Status

_WAITING: Final = "asked for by an earlier run, and not visible yet"


class Settlement(msgspec.Struct, frozen=True):
    """What became of pending contacts.

    Attributes:
        lost: Contacts that did not appear in time and are to be created again.
        edited: Patches of contacts that appeared, and were edited meanwhile.
    """

    lost: tuple[DesiredContact, ...]
    edited: tuple[Change, ...]


def settle(run: Run, changes: Iterable[Change]) -> Settlement:
    """Looks for each pending contact by its key.

    One that is wanted and appeared is recorded, one that is not wanted any more is deleted; one that did not appear
    waits until the settling time is over, and is then created again or forgotten.

    Args:
        run: The run.
        changes: The changes of a plan that await something.

    Returns:
        What remains to be done.
    """
    waiting = [(change.desired, change.recorded) for change in changes if change.recorded]
    if not waiting:
        return Settlement((), ())
    run.around.progress(f"looking for {len(waiting):,} pending")
    answers = run.reader.side_by_side(lambda pair: _look(run, *pair), waiting)
    lost: list[DesiredContact] = []
    edited: list[Change] = []
    unwanted: list[RecordedContact] = []
    now = run.around.clock.now()
    for (desired, recorded), copies in zip(waiting, answers, strict=True):
        overdue = now - recorded.since >= run.around.settings.settle_time
        if copies:
            live = min(copies, key=lambda copy: copy.id)
            seen = msgspec.structs.replace(recorded, id=live.id, status=Status.LIVE, since=0)
            if desired is None:
                run.note([seen])
                unwanted.append(seen)
                continue
            run.claim([live.id])
            if fields := differences(desired, live):
                edited.append(Change(Operation.PATCH, desired.key, Reason.GIT, desired, seen, fields))
            run.confirm(desired.key, desired.contact, live, Origin.CREATED)
            run.done += 1
            if len(copies) > 1:
                ids = ", ".join(sorted(copy.id for copy in copies))
                run.problems.append(problem_of(Kind.DOUBLED, desired, f"contacts {ids}"))
        elif overdue:
            run.drop([recorded.key])
            if desired:
                lost.append(desired)
        elif desired:
            run.problems.append(problem_of(Kind.PENDING, desired, _WAITING))
        else:
            run.note([msgspec.structs.replace(recorded, status=Status.LEAVING)])
            run.problems.append(Problem(Kind.PENDING, recorded.key, detail=_WAITING))
    Deletion(run).delete(unwanted)
    return Settlement(tuple(lost), tuple(edited))


def _look(run: Run, desired: DesiredContact | None, recorded: RecordedContact) -> tuple[LiveContact, ...]:
    if desired:
        return run.reader.look_up(desired)
    if "external_id" in recorded.owned:
        return run.api.find_by_external_id(run.around.prefix + recorded.key)
    channel, *app, identity = recorded.key.split(":", 2)
    return run.api.find_by_identity(ChannelIdentity(channel, identity, app[0] if app else ""))
