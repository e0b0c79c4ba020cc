"""The pages of a project, one after another, to an end that has to come."""

from collections.abc import Callable, Iterator
from typing import Final

from sinch_contacts.api.errors import Rejected, Unavailable
from sinch_contacts.api.port import Page
from sinch_contacts.core.contact.contact import ContactId

_REFUSED: Final = 400
_IDLE: Final = 50
"""So many pages in a row may show nothing that begins a page for the first time: contacts come and go meanwhile."""


def walk(read: Callable[[str], Page]) -> Iterator[Page]:
    """Reads all pages; once more from the first where the token of a later one is refused, since tokens grow old.

    Args:
        read: Reads the page of a token; the first page has none.

    Raises:
        Unavailable: The pages lead nowhere.
        Rejected: A page was refused, and not for the first time, or the first page was.
    """
    token, tokens, firsts, idle = "", set[str](), set[ContactId](), 0
    is_anew = False
    while True:
        try:
            page = read(token)
        except Rejected as error:
            if error.status != _REFUSED or not token or is_anew:
                raise
            token, tokens, firsts, is_anew = "", set(), set(), True
            continue
        yield page
        token = page.next_token
        if not token:
            return
        first = next((live.id for live in page.contacts), None)
        idle = idle + 1 if first is None or first in firsts else 0
        if token in tokens or idle > _IDLE:
            raise Unavailable("Sinch answered with the same pages over and over.", "Run again later.")
        tokens.add(token)
        if first:
            firsts.add(first)
