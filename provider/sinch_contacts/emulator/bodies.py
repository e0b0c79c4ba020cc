"""Reading what a call carries."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from sinch_contacts.emulator.errors import invalid


async def read_object(request: Request) -> Mapping[str, Any]:
    """Returns the JSON object that a call carries.

    Raises:
        ApiFailure: A 400.
    """
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise invalid("The body is not JSON.") from None
    if not isinstance(body, Mapping):
        raise invalid("The body is not an object.")
    return body


def project_of(request: Request) -> str:
    """Returns the project of a call's path."""
    return str(request.path_params["project"])
