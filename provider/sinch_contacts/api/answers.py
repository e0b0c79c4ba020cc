"""Answers of Sinch as they arrive: read to their end, which has to come."""

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Final

import msgspec
import requests
from urllib3.exceptions import HTTPError

_CHUNK: Final = 1 << 16
_LONGEST: Final = 1 << 24
"""Bytes of a body, unpacked; a page of contacts has a hundredth of that."""

_SLOWEST: Final = 60.0
"""Seconds from the first byte of a body to its last: a drip now and then would keep a connection alive for ever."""

_OFTEN: Final = 0.5
"""Seconds after which a body that is still coming is left, where the work is to stop."""

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
    """A body goes on and on, in bytes or in seconds."""


class Session(requests.Session):
    """A session that neither follows redirects nor keeps cookies."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Finds none; `requests` would look at it even where it does not go there, and fails over a broken one."""

    def receive(self, response: requests.Response, sleep: Callable[[float], None]) -> Answer:
        """Reads a response whose body is still to come.

        Args:
            response: The response.
            sleep: Returns after so many seconds; raises what ends the work where it is to stop.

        Raises:
            requests.RequestException: The body breaks off, cannot be unpacked, or is too long.
        """
        body, began = bytearray(), monotonic()
        looked = began
        with response:
            while chunk := _next(response):
                body += chunk
                now = monotonic()
                if len(body) > _LONGEST or now - began > _SLOWEST:
                    raise TooLong(f"more than {_LONGEST:,} bytes, or {_SLOWEST:.0f} seconds", response=response)
                if now - looked > _OFTEN:
                    sleep(0)
                    looked = now
        self.cookies.clear()
        return Answer(response.status_code, response.reason or "", response.headers, bytes(body))


def _next(response: requests.Response) -> bytes:
    """Returns what has come of a body, unpacked; nothing at its end."""
    try:
        return bytes(response.raw.read1(_CHUNK, decode_content=True))
    except HTTPError as error:
        raise requests.ConnectionError(error, response=response) from error
