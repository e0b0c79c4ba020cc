"""Updating contacts one by one: the API has no batch for it."""

from collections.abc import Sequence

from sinch_contacts.api.errors import ApiError, Rejected
from sinch_contacts.apply.problems import Kind, problem_of
from sinch_contacts.apply.run import Run
from sinch_contacts.core.contact import LiveContact
from sinch_contacts.core.desired import DesiredContact
from sinch_contacts.core.plan import Change
from sinch_contacts.core.recorded import RecordedContact


def update_all(run: Run, changes: Sequence[Change]) -> list[DesiredContact]:
    """Patches contacts side by side and records each as Sinch answers that it now is.

    Args:
        run: The run.
        changes: Patches and renames; each has a declared contact, a recorded one and the fields that change.

    Returns:
        The contacts that were not there any more.
    """
    gone: list[DesiredContact] = []
    if not changes:
        return gone
    run.around.progress(f"updating {len(changes):,}")

    def patch(change: Change) -> LiveContact | ApiError | None:
        desired, recorded = _pair(change)
        try:
            return run.api.update(recorded.id, desired.contact, change.fields)
        except ApiError as error:
            return error

    for change, answer in zip(changes, run.reader.side_by_side(patch, changes), strict=True):
        desired, recorded = _pair(change)
        match answer:
            case None:
                run.drop([recorded.key])
                gone.append(desired)
            case Rejected():
                run.problems.append(problem_of(Kind.REJECTED, desired, answer.detail or answer.message))
            case ApiError():
                run.problems.append(problem_of(Kind.FAILED, desired, answer.detail or answer.message))
                run.cause = answer
            case LiveContact():
                run.drop([recorded.key])
                run.done += 1
                if not run.confirm(desired.key, desired.contact, answer, recorded.origin):
                    run.problems.append(problem_of(Kind.DIFFERENT, desired, f"asked for {', '.join(change.fields)}"))
    return gone


def _pair(change: Change) -> tuple[DesiredContact, RecordedContact]:
    if change.desired is None or change.recorded is None:
        message = "an update needs a declared and a recorded contact"
        raise ValueError(message)
    return change.desired, change.recorded
