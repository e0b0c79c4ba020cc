"""Calls for one contact each, side by side."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from sinch_contacts.api.errors import Rejected, Uncertain
from sinch_contacts.apply.reading.reader import Reader
from sinch_contacts.core.errors import ContactsError

Item = TypeVar("Item")
Result = TypeVar("Result")


class NotAttempted:
    """Stands for the answer of a call that was not made, or did not reach Sinch."""


NOT_ATTEMPTED: Final = NotAttempted()

Failure = Rejected | Uncertain | NotAttempted
"""What came of a call that was not answered with success."""


def call_each(
    reader: Reader,
    call: Callable[[Item], Result],
    items: Sequence[Item],
    take: Callable[[Item, Result | Failure], None],
) -> None:
    """Makes a call for each item, and hands the answers on, in the order of the items.

    That one item was rejected, or had no clear answer, says nothing of the others. Any other error ends the work: no
    further call is made, and it is raised once all answers were handed on.

    Args:
        reader: Knows how many calls run side by side.
        call: Makes the call.
        items: What to make it for.
        take: Takes an item and what came of it.
    """
    ended_by: list[ContactsError] = []

    def attempt(item: Item) -> Result | Failure:
        if ended_by:
            return NOT_ATTEMPTED
        try:
            return call(item)
        except (Rejected, Uncertain) as error:
            return error
        except ContactsError as error:
            ended_by.append(error)
            return NOT_ATTEMPTED

    for item, answer in zip(items, reader.side_by_side(attempt, items), strict=True):
        take(item, answer)
    if ended_by:
        raise ended_by[0]
