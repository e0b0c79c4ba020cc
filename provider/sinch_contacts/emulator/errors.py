"""Errors as Sinch answers them, in each of the forms that its documents show."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.responses import JSONResponse, Response

from sinch_contacts.emulator.settings import Shape

_REGISTRY: Final = "https://developers.sinch.com/docs/errors/registry/"
_PROBLEMS: Final[Mapping[int, str]] = {
    400: "validation-error",
    401: "invalid-credentials",
    403: "permission-denied",
    404: "not-found",
    429: "too-many-requests",
}
_EXPIRED: Final = "access-token-expired"
_CHALLENGE: Final = {"www-authenticate": 'Basic realm="Realm"'}
"""What both 401 pages of the registry show; the SDKs look for the word "expired" in it, and find none."""


class ApiFailure(Exception):
    """An answer that is an error.

    Attributes:
        status: The HTTP status.
        code: The status text, such as `INVALID_ARGUMENT`.
        message: What is wrong.
        headers: Further headers.
        details: Further objects about it.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        headers: Mapping[str, str] | None = None,
        details: Sequence[Any] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})
        self.details = list(details)

    def answer(self, shape: Shape = "nested") -> Response:
        """Returns the answer in a form.

        Args:
            shape: `nested` under `error` as most documents have it, `flat` as the page of the batch deletion shows
                it, or `problem`, the objects of Sinch's error registry.
        """
        body = {"code": self.status, "message": self.message, "status": self.code, "details": self.details}
        match shape:
            case "nested":
                return JSONResponse({"error": body}, self.status, self.headers)
            case "flat":
                return JSONResponse(body, self.status, self.headers)
            case "problem":
                challenge = _CHALLENGE if "www-authenticate" in self.headers else {}
                return JSONResponse(self._problem(), self.status, self.headers | challenge)

    def _problem(self) -> dict[str, str]:
        is_expired = "www-authenticate" in self.headers
        name = _EXPIRED if is_expired else _PROBLEMS.get(self.status, "internal-error")
        return {"type": _REGISTRY + name, "title": name.replace("-", " ").capitalize(), "detail": self.message}


def invalid(message: str) -> ApiFailure:
    """Builds a 400: the request is at fault."""
    return ApiFailure(400, "INVALID_ARGUMENT", message)


def not_found(what: str) -> ApiFailure:
    """Builds a 404."""
    return ApiFailure(404, "NOT_FOUND", f"The {what} was not found.")


def unauthenticated(
    message: str = "Request had invalid credentials.", headers: Mapping[str, str] | None = None
) -> ApiFailure:
    """Builds a 401."""
    return ApiFailure(401, "UNAUTHENTICATED", message, headers)
