"""Errors of calls to Sinch.

* `ApiError`
  * `Unauthenticated`: 401, wrong or revoked credentials
  * `Forbidden`: 403
    * `BatchNotPermitted`: 403 `PERMISSION_DENIED` on a batch call
  * `Misdirected`: 404 to a call that names no contact, or one that Sinch itself did not say, 405, 501, or a redirect;
    nothing was applied
  * `Rejected`: any other 4xx, the request itself is at fault; nothing was applied
  * `Throttled`: 429, still after the retries; nothing was applied
  * `Unreachable`: no connection was made; nothing was sent
  * `Unavailable`: a read failed for good (time-out, broken answer or 5xx), or no access token was to be had
  * `Uncertain`: a write whose answer was lost or was a 5xx; it may have been applied
  * `Interrupted`: the run is to stop; the call was not made
"""

from sinch_contacts.core.errors import ContactsError


class ApiError(ContactsError):
    """A call to Sinch failed.

    Attributes:
        status: The HTTP status, 0 where there was no answer.
        code: The error's own status text, such as `INVALID_ARGUMENT`; may be empty.
        detail: The server's message, without control characters, shortened; may be empty.
    """

    def __init__(self, message: str, next_step: str = "", *, status: int = 0, code: str = "", detail: str = "") -> None:
        """Keeps what the server said beside the two sentences."""
        super().__init__(message, next_step)
        self.status = status
        self.code = code
        self.detail = detail


class Unauthenticated(ApiError):
    """Sinch does not accept the credentials."""


class Forbidden(ApiError):
    """The credentials may not do this in this project."""


class BatchNotPermitted(Forbidden):
    """The project may not use the batch endpoint; the single calls may still work."""


class Misdirected(ApiError):
    """There is no such call at this address, or something between here and Sinch answered; nothing was applied."""


class Rejected(ApiError):
    """The request itself was refused; nothing was applied."""


class Throttled(ApiError):
    """Sinch asks for fewer requests, still after the retries; nothing was applied."""


class Unreachable(ApiError):
    """No connection could be made; nothing was sent."""


class Unavailable(ApiError):
    """A read failed for good, or there was no access token to be had; nothing was applied."""


class Uncertain(ApiError):
    """A write may have been applied: its answer was lost or was a server error."""


class Interrupted(ApiError):
    """The run is to stop: the call was not made."""
