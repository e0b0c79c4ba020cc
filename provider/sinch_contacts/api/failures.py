"""From an answer of Sinch, or from its absence, to the error that it is.

Errors come nested (`{"error": {…}}`, as documented), flat (as in the documentation's own examples and on the Batch
API's page), as problem objects (Sinch's registry of errors), as OAuth errors, as HTML from something in between, or
empty. Their texts may repeat what was sent, so what was sent, phone numbers and addresses in them are masked.
"""

import json
import re
import ssl
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from typing import Any, Final

import msgspec
import requests
from urllib3.exceptions import NewConnectionError

from sinch_contacts.api.answers import Answer
from sinch_contacts.api.echoes import mask_echoes
from sinch_contacts.api.errors import (
    ApiError,
    BatchNotPermitted,
    Forbidden,
    Misdirected,
    Rejected,
    Throttled,
    Unauthenticated,
    Unavailable,
    Uncertain,
    Unreachable,
)
from sinch_contacts.core.contact.showing import mask_text

_LONGEST: Final = 300
_READ: Final = 2000
"""Characters of a server's text that are looked at; masking makes them fewer."""

KEY_ADVICE: Final = (
    "Check SINCH_KEY_ID and SINCH_KEY_SECRET (or sinch:keyId and sinch:keySecret; the environment wins), and that the "
    "key belongs to this project."
)
MAYBE_APPLIED: Final = "It may have been applied; the next run looks before it sends anything again."
CONNECTIONS: Final = 3
"""Attempts at a host that cannot be reached: somebody waits to be told."""
_RETRY_INFO: Final = "google.rpc.RetryInfo"
_MOVED: Final = range(300, 400)
_REFUSED: Final = frozenset(range(400, 500)) - {408}
"""Statuses that say that nothing was done; of all others but redirects, nobody knows."""

_NOT_FOUND: Final = (404, 5)
"""As HTTP numbers it, and as gRPC does."""

_PROBLEM: Final = re.compile(r"/errors/registry/([a-z-]+)$")
_DURATION: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)s")


class About(Enum):
    """What a call is about, on which hangs what its refusal means."""

    PROJECT = auto()
    """The project, and none of its contacts that can be told by an address: a list, a creation, a token."""

    CONTACT = auto()
    """The contact that its address names."""

    BATCH = auto()
    """Many contacts, at the batch endpoint."""


class Failure(msgspec.Struct, frozen=True):
    """What an answer says of why it is none.

    Attributes:
        status: The HTTP status.
        code: The error's own status text, or the name of the problem as such; may be empty.
        detail: The message; masked, without control characters, shortened.
        retry_after: Seconds after which the server wants to be asked again; `None` where it does not say.
    """

    status: int
    code: str
    detail: str
    retry_after: float | None


def clean(text: str, sent: Sequence[str] = ()) -> str:
    """Returns a server's text as it may be shown: one line, masked, at most 300 characters.

    Args:
        text: The text.
        sent: Personal texts that it may repeat.
    """
    shown = "".join(letter if letter.isprintable() else " " for letter in text[:_READ])
    line = mask_text(mask_echoes(" ".join(shown.split()), sent))
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def read_failure(answer: Answer, sent: Sequence[str] = ()) -> Failure:
    """Reads an answer that is an error, in whatever shape it comes.

    Args:
        answer: The answer.
        sent: Personal texts of the call, which its texts may repeat.
    """
    try:
        body: Any = json.loads(answer.body)
    except (ValueError, RecursionError):
        body = None
    error = body.get("error", body) if isinstance(body, Mapping) else None
    if isinstance(error, str):
        error = {"status": error, "message": body.get("error_description")}
    elif isinstance(error, Mapping) and (problem := _PROBLEM.search(str(error.get("type", "")))):
        name = problem.group(1).upper().replace("-", "_")
        error = {**error, "status": name, "message": error.get("detail") or error.get("title")}
    elif isinstance(error, Mapping) and error.get("code") in _NOT_FOUND and not error.get("status"):
        error = {**error, "status": "NOT_FOUND"}
    if not isinstance(error, Mapping):
        kind = "an empty body" if not answer.body.strip() else "a body that is not a Sinch error"
        reason = clean(answer.reason, sent) or "error"
        return Failure(answer.status, "", f"{reason}, with {kind}", _retry_after(answer, {}))
    return Failure(
        status=answer.status,
        code=_text(error.get("status"), sent),
        detail=_text(error.get("message"), sent),
        retry_after=_retry_after(answer, error),
    )


def _text(value: object, sent: Sequence[str]) -> str:
    return clean(value, sent) if isinstance(value, str) else ""


def _retry_after(answer: Answer, error: Mapping[str, Any]) -> float | None:
    header = answer.headers.get("Retry-After", "")
    if seconds := parse_retry_after(header, answer.headers.get("Date", "")):
        return seconds
    details = error.get("details")
    for detail in details if isinstance(details, list) else []:
        if isinstance(detail, Mapping) and _RETRY_INFO in str(detail.get("@type", detail.get("type_url", ""))):
            found = _DURATION.fullmatch(str(detail.get("retryDelay", detail.get("retry_delay", ""))))
            if found:
                return float(found.group(1))
    return None


def parse_retry_after(header: str, date: str) -> float | None:
    """Reads a `Retry-After` header.

    Args:
        header: Seconds, or an HTTP date.
        date: The answer's own `Date` header, to which an HTTP date is compared: our clock may be wrong.

    Returns:
        Seconds; `None` where the header says nothing.
    """
    if found := re.fullmatch(r"\s*([0-9]{1,9})\s*", header):
        return float(found.group(1))
    try:
        return max(0.0, (parsedate_to_datetime(header) - parsedate_to_datetime(date)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def unreachable(error: OSError, url: str) -> Unreachable | None:
    """Builds the error for a call that was certainly not sent.

    Args:
        error: What `requests` raised.
        url: The address of the call.

    Returns:
        The error; `None` where the call may have been sent.
    """
    origin = "/".join(url.split("/", 3)[:3])
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, Exception) and reason.args and isinstance(reason.args[0], ssl.SSLCertVerificationError):
        return Unreachable(
            f"The certificate of {origin} is not trusted: {reason.args[0].verify_message}.",
            "Where a proxy replaces certificates, let REQUESTS_CA_BUNDLE name a file with its authority.",
        )
    if not isinstance(error, requests.exceptions.RequestException):
        advice = "Check what REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE name."
        return Unreachable(f"No connection could be made to {origin}: {clean(str(error))}.", advice)
    before = requests.exceptions.ConnectTimeout | requests.exceptions.ProxyError
    if isinstance(error, before) or isinstance(reason, NewConnectionError):
        return Unreachable(f"No connection could be made to {origin}.", "Check the network and the address.")
    return None


def error_of(failure: Failure, what: str, about: About, *, writes: bool) -> ApiError:
    """Builds the error for a failed answer.

    Args:
        failure: What the answer says.
        what: The call in words, such as `creating 20 contacts`.
        about: What it is about.
        writes: Whether it changes something.
    """
    said = ": ".join(text for text in (failure.code, failure.detail) if text)
    message = f"Sinch answered {failure.status} to {what}{f' ({said})' if said else ''}."
    kind, advice = _kind(failure, about, writes=writes)
    return kind(message, advice, status=failure.status, code=failure.code, detail=failure.detail)


def _kind(  # noqa: PLR0911  # a table of cases
    failure: Failure, about: About, *, writes: bool
) -> tuple[type[ApiError], str]:
    match failure.status, failure.code:
        case 401, _:
            return Unauthenticated, KEY_ADVICE
        case 403, "BILLING_CREDIT_LIMIT_BREACHED":
            return Forbidden, "The account's credit limit is reached: top it up, then run again."
        case 403, "PERMISSION_DENIED" if about is About.BATCH:
            return BatchNotPermitted, "The project may not use the batch endpoint; contacts are sent one by one."
        case 403, _:
            return Forbidden, "Check that the access key belongs to this project."
        case 404, _:
            return _not_found(failure, about, writes=writes)
        case 429, _:
            return Throttled, "Lower sinch:requestsPerSecond, or run again later."
        case 405 | 501, _:
            return Misdirected, "Sinch does not know this call; please report it."
        case status, _ if status in _MOVED:
            return Misdirected, "A redirect is not followed with credentials: check the address and the region."
        case status, _ if status in _REFUSED:
            return Rejected, "Correct what the message names."
        case _:
            return (Uncertain, MAYBE_APPLIED) if writes else (Unavailable, "Run again later.")


def _not_found(failure: Failure, about: About, *, writes: bool) -> tuple[type[ApiError], str]:
    if about is About.CONTACT and failure.code == "NOT_FOUND":
        return Rejected, "There is no such contact."
    if about is About.CONTACT and not writes:
        return Unavailable, "Something between here and Sinch answered; run again later."
    return Misdirected, "Check the project id, the region and, where one is set, the emulator's address."
