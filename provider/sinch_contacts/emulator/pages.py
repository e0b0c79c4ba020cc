"""Pages of a list: their size, and tokens that are good for one list and for some time."""

import base64
import json
from collections.abc import Mapping
from typing import Final

from sinch_contacts.emulator.errors import invalid
from sinch_contacts.emulator.settings import EmulatorSettings

_DEFAULT_SIZE: Final = 10
_LARGEST_SIZE: Final = 20
_INT32: Final = 2**31
_DIGITS: Final = 11


class Pages:
    """One list that is read page by page.

    Attributes:
        size: How many items a page has.
    """

    def __init__(self, settings: EmulatorSettings, path: str, query: Mapping[str, str]) -> None:
        """Reads what a call says of its page.

        Args:
            settings: The knobs of the emulator.
            path: The path of the call, which names the project.
            query: Its query.

        Raises:
            ApiFailure: A 400 about `page_size`.
        """
        self._settings = settings
        self._list = [path, *sorted((name, text) for name, text in query.items() if not name.startswith("page_"))]
        self._token = query.get("page_token", "")
        self.size = self._size_of(query.get("page_size", ""))

    def after(self, now: float) -> str:
        """Returns the place behind which the page begins.

        Raises:
            ApiFailure: A 400: the token is none, is of another list, or has expired.
        """
        if not self._token:
            return ""
        try:
            issued, place, *of = json.loads(base64.b64decode(self._token, altchars=b"-_", validate=True))
            age = now - float(issued)
        except (ValueError, TypeError, RecursionError):
            raise invalid("page_token is not valid") from None
        if of != json.loads(json.dumps(self._list)) or not isinstance(place, str):
            raise invalid("page_token belongs to another list")
        if age > self._settings.page_token_lifetime:
            raise invalid("page_token has expired")
        return place

    def token(self, place: str, now: float) -> str:
        """Returns a token for what comes behind a place."""
        return base64.urlsafe_b64encode(json.dumps([now, place, *self._list]).encode()).decode()

    def _size_of(self, text: str) -> int:
        if not text:
            return _DEFAULT_SIZE
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < _DIGITS) or not -_INT32 <= int(text) < _INT32:
            raise invalid("page_size is not a whole number of 32 bits")
        size = int(text)
        if size < 0:
            raise invalid("page_size is negative")
        if size > _LARGEST_SIZE and self._settings.large_pages == "refuse":
            raise invalid(f"page_size is above {_LARGEST_SIZE}")
        return min(size, _LARGEST_SIZE) or _DEFAULT_SIZE
