"""What faults answer."""

from typing import Final

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from sinch_contacts.emulator.errors import ApiFailure
from sinch_contacts.emulator.faults import Rule
from sinch_contacts.emulator.settings import Shape

_OF_BATCHES: Final = {
    "reject_batch": ApiFailure(400, "INVALID_ARGUMENT", "The request was rejected."),
    "deny_batch": ApiFailure(
        403,
        "PERMISSION_DENIED",
        "Permission denied. The specified project may not be allowed to use the batch endpoint.",
    ),
}


class LostResponse(Response):
    """Announces a body and never sends it, so that the connection breaks off."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the head alone."""
        del scope, receive
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4096")]})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def refusal(rule: Rule, shape: Shape) -> Response | None:  # noqa: PLR0911  # a table of cases
    """Returns the answer of a fault that keeps a call from being carried out."""
    match rule.kind:
        case "error_before" | "flat_error":
            return told_error(rule, shape)
        case "no_page":
            return JSONResponse({"message": "down for maintenance"})
        case "html_error":
            return HTMLResponse("<html><body><h1>Bad Gateway</h1></body></html>", rule.status)
        case "empty_error":
            return Response(status_code=rule.status)
        case "throttle":
            headers = {} if rule.retry_after is None else {"Retry-After": f"{rule.retry_after:g}"}
            return _told(rule, ApiFailure(429, "RESOURCE_EXHAUSTED", "Too many requests.", headers), shape)
        case "reject_batch" | "deny_batch":
            return _told(rule, _OF_BATCHES[rule.kind], shape)
    return None


def told_error(rule: Rule, shape: Shape) -> Response:
    """Answers with the error of a fault that is one."""
    failure = ApiFailure(rule.status, "INTERNAL_ERROR", "Internal error.")
    return _told(rule, failure, "flat" if rule.kind == "flat_error" else shape)


def _told(rule: Rule, failure: ApiFailure, shape: Shape) -> Response:
    """Answers with a failure in the words of a fault, where it has its own."""
    code, message = rule.code or failure.code, rule.message or failure.message
    own = ApiFailure(failure.status, code, message, failure.headers, rule.details)
    return own.answer(rule.shape or shape)
