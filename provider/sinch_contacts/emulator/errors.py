"""Errors as Sinch answers them: nested under `error`, with a gRPC-like status text."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response


class ApiFailure(Exception):
    """An answer that is an error.

    Attributes:
        status: The HTTP status.
        code: The status text, such as `INVALID_ARGUMENT`.
        message: What is wrong.
        headers: Further headers.
    """

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """Returns the error object."""
        return {"code": self.status, "message": self.message, "status": self.code, "details": []}

    def answer(self) -> Response:
        """Returns the documented, nested answer."""
        return JSONResponse({"error": self.body()}, self.status, self.headers)


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
