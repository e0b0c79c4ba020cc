"""`/oauth2/token`: opaque access tokens by client credentials."""

import secrets
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sinch_contacts.emulator.errors import ApiFailure
from sinch_contacts.emulator.world import World, is_key


async def give_token(world: World, request: Request) -> Response:
    """`POST /oauth2/token`; the throttle sends no Retry-After header, and Sinch does not either."""
    if not world.token_bucket.take(world.now()):
        raise ApiFailure(429, "RESOURCE_EXHAUSTED", "Too many token requests.")
    form = parse_qs((await request.body()).decode("latin-1"))
    if form.get("grant_type") != ["client_credentials"]:
        return _refused(400, "unsupported_grant_type", "Only client_credentials is supported.")
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic" or not is_key(world, value):
        return _refused(401, "invalid_client", "Client authentication failed.")
    token = secrets.token_urlsafe(32)
    lifetime = world.settings.token_lifetime
    world.registry.put_token(token, world.now() + lifetime)
    return JSONResponse({"access_token": token, "expires_in": int(lifetime), "scope": "", "token_type": "bearer"})


def _refused(status: int, error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status)
