"""Answers of Sinch as they arrive: read to their end, which has to come."""

from collections.abc import Mapping
from typing import Final

import msgspec
import requests

_CHUNK: Final = 1 << 16
_LONGEST: Final = 1 << 24
"""Bytes of a body, unpacked; a page of contacts has a hundredth of that."""

UNREADABLE: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What decoding a body raises that is not as it should be."""


class Answer(msgspec.Struct, frozen=True):
    """One answer.

    Attributes:
        status: The HTTP status.
        reason: The text beside it; may be empty.
        headers: The headers; their names are found in any case.
        body: The body.
    """

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


class TooLong(requests.RequestException):
    """A body goes on and on."""


class Session(requests.Session):
    """A session that neither follows redirects nor keeps cookies."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Finds none; `requests` would look at it even where it does not go there, and fails over a broken one."""

    def receive(self, response: requests.Response) -> Answer:
        """Reads a response whose body is still to come.

        Raises:
            requests.RequestException: The body breaks off, cannot be unpacked, or is too long.
        """
        body = bytearray()
        with response:
            for chunk in response.iter_content(_CHUNK):
                body += chunk
                if len(body) > _LONGEST:
                    raise TooLong(f"more than {_LONGEST:,} bytes", response=response)
        self.cookies.clear()
        return Answer(response.status_code, response.reason or "", response.headers, bytes(body))
