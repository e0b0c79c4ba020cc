"""Agreement: what lists and look-ups show, and a read by id does not, is waited out before anything follows from it.

Either it was just deleted, and lists lag behind, or the read by id does.
"""

from collections.abc import Callable
from typing import Final

from sinch_contacts.apply.reading.reader import Found, Reader
from sinch_contacts.apply.reading.waits import Waits
from sinch_contacts.core.contact.contact import ContactId
from sinch_contacts.core.errors import ContactsError

FEW: Final = 100
"""So many contacts are read by their ids although pages have shown them: pages may lag, too."""


class Contradiction(ContactsError):
    """Views of Sinch contradicted one another for longer than anything is waited for.

    Attributes:
        contacts: How many contacts are shown by lists or look-ups, and are not there by their ids.
    """

    def __init__(self, contacts: int) -> None:
        super().__init__(
            f"{contacts:,} contacts are shown by lists or look-ups, and are not there by their ids, so nobody knows "
            "whether to create them.",
            "Run `pulumi up` again when Sinch's views agree.",
        )
        self.contacts = contacts


def look_until_agreed(
    reader: Reader, waits: Waits, look: Callable[[], Found], progress: Callable[[str], None], *, few: float = FEW
) -> Found:
    """Looks until what was found is there by its id, too.

    Args:
        reader: Reads by id.
        waits: How long it is waited for.
        look: Looks for contacts.
        progress: Is told of the wait.
        few: So many contacts are read by their ids although pages have shown them.

    Returns:
        What was found.

    Raises:
        Contradiction: The settling time is over, and the views still do not agree.
    """
    found: Found = {}
    ghosts: frozenset[ContactId] = frozenset()

    def agrees() -> bool:
        nonlocal found, ghosts
        if ghosts:
            progress(f"{len(ghosts):,} contacts are shown, and not there by their ids; looking again")
        found = look()
        ghosts = reader.ghosts(found, few)
        return not ghosts

    if not agrees() and not waits.until(agrees, waits.agree_end()):
        raise Contradiction(len(ghosts))
    return found
