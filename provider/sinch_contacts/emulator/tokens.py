"""`/oauth2/token`: opaque access tokens by client credentials.

The endpoint throttles like Sinch's: a bucket of 30, refilled by 10 a second, without a Retry-After header.
"""

import secrets
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sinch_contacts.emulator.errors import ApiFailure
from sinch_contacts.emulator.world import Handler, World, is_key

_CAPACITY: Final = 30.0
_REFILL: Final = 10.0


class Bucket:
    """A token bucket."""

    def __init__(self) -> None:
        self._level = _CAPACITY
        self._at: float | None = None

    def take(self, now: float) -> bool:
        """Takes one; returns whether there was one."""
        passed = 0.0 if self._at is None else max(0.0, now - self._at)
        self._level = min(_CAPACITY, self._level + passed * _REFILL)
        self._at = now
        if self._level < 1:
            return False
        self._level -= 1
        return True


def token_handler() -> Handler:
    """Returns the handler, with a bucket of its own."""
    bucket = Bucket()

    async def give_token(world: World, request: Request) -> Response:
        if not bucket.take(world.now()):
            raise ApiFailure(429, "RESOURCE_EXHAUSTED", "Too many token requests.")
        form = parse_qs((await request.body()).decode("latin-1"))
        if form.get("grant_type") != ["client_credentials"]:
            return _refused(400, "unsupported_grant_type", "Only client_credentials is supported.")
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic" or not is_key(world, value):
            return _refused(401, "invalid_client", "Client authentication failed.")
        token = secrets.token_urlsafe(32)
        lifetime = world.settings.token_lifetime
        world.store.put_token(token, world.now() + lifetime)
        return JSONResponse({"access_token": token, "expires_in": int(lifetime), "scope": "", "token_type": "bearer"})

    return give_token


def _refused(status: int, error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status)
