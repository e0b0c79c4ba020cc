"""Reading what a call carries."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request

from sinch_contacts.emulator.errors import invalid


async def read_object(request: Request) -> Mapping[str, Any]:
    """Returns the JSON object that a call carries.

    No body is an empty object. Sinch's notes say that calls must name their content type, so one without is refused.

    Raises:
        ApiFailure: A 400.
    """
    if not request.headers.get("content-type", "").lower().startswith("application/json"):
        raise invalid("The header Content-Type: application/json is missing.")
    try:
        body = msgspec.json.decode(await request.body() or b"{}")
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise invalid("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise invalid("The body is not an object.")
    return body


def project_of(request: Request) -> str:
    """Returns the project of a call's path."""
    return str(request.path_params["project"])


def mask_of(request: Request, body: Mapping[str, Any]) -> list[str]:
    """Returns the fields that an update names: those of `update_mask`, or else those of its body."""
    return [name for name in request.query_params.get("update_mask", "").split(",") if name] or list(body)
