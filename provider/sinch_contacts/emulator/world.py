"""One emulator: its state, its clock and its faults, and the way every call goes through them."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from email.utils import formatdate
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sinch_contacts.emulator.answers import LostResponse, refusal, told_error
from sinch_contacts.emulator.buckets import Bucket
from sinch_contacts.emulator.database import Database
from sinch_contacts.emulator.errors import ApiFailure, not_found, unauthenticated
from sinch_contacts.emulator.faults import Faults, Rule
from sinch_contacts.emulator.newcomers import Newcomers
from sinch_contacts.emulator.registry import Registry
from sinch_contacts.emulator.settings import EmulatorSettings
from sinch_contacts.emulator.stats import Stats
from sinch_contacts.emulator.store import Store
from sinch_contacts.emulator.validation import Validator

_EXPIRED: Final = {"www-authenticate": 'Bearer error="invalid_token", error_description="The token is expired"'}
_TOKENS_AT_ONCE: Final = 30
_TOKENS_PER_SECOND: Final = 10


class World:
    """An emulator's state.

    Attributes:
        settings: Its knobs.
        database: Where its state is.
        store: Its contacts.
        registry: Its webhooks, tokens and project settings.
        validator: Checks what calls say of contacts.
        newcomers: Lets contacts into the store.
        faults: What goes wrong.
        stats: What was called.
        token_bucket: Limits the token endpoint like Sinch does: 30 at once, 10 more each second.
    """

    def __init__(self, settings: EmulatorSettings) -> None:
        self.settings = settings
        self.database = Database(settings.database)
        self.store = Store(self.database)
        self.registry = Registry(self.database)
        self.validator = Validator(settings)
        self.newcomers = Newcomers(settings, self.store, self.registry)
        self.faults = Faults()
        self.stats = Stats()
        self._refill()

    def reset(self) -> None:
        """Forgets everything but access tokens, so that a client need not be told."""
        self.database.reset()
        self.faults.clear()
        self.stats.reset()
        self._refill()

    def _refill(self) -> None:
        self.token_bucket = Bucket(_TOKENS_AT_ONCE, _TOKENS_PER_SECOND)
        self._buckets: dict[str, Bucket] = {}

    def admits(self, project: str) -> bool:
        """Counts a call of a project; returns whether the project's rate allows it."""
        rate = self.settings.requests_per_second
        return self._buckets.setdefault(project, Bucket(rate, rate)).take(self.now())

    def now(self) -> float:
        """Returns the time in seconds since 1970."""
        return self.settings.now()


Handler = Callable[[World, Request], Awaitable[Response]]
"""Answers a call; may raise `ApiFailure`."""

Endpoint = Callable[[Request], Awaitable[Response]]
"""What Starlette calls."""


def authorise(world: World, headers: Mapping[str, str], *, basic: bool) -> None:
    """Checks the credentials of a call.

    Args:
        world: The emulator.
        headers: The call's headers.
        basic: Whether HTTP Basic is accepted beside a bearer token; the Batch API does not.

    Raises:
        ApiFailure: A 401.
    """
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        expires_at = world.registry.token_expiry(value.strip())
        if expires_at is None:
            raise unauthenticated()
        if expires_at <= world.now():
            raise unauthenticated("The token is expired.", _EXPIRED)
        return
    if not (basic and scheme.lower() == "basic" and is_key(world, value)):
        raise unauthenticated()


def is_key(world: World, basic: str) -> bool:
    """Says whether the value of an HTTP Basic header is the access key."""
    try:
        pair = base64.b64decode(basic.strip(), validate=True).decode()
    except ValueError:
        return False
    return pair == f"{world.settings.key_id}:{world.settings.key_secret}"


def endpoint(world: World, operation: Callable[[Request], str] | str, handler: Handler, *, basic: bool) -> Endpoint:
    """Leads calls through statistics, credentials and faults to their handler.

    Args:
        world: The emulator.
        operation: The kind of call, for statistics and faults.
        handler: Answers it.
        basic: Whether HTTP Basic is accepted.
    """

    async def answer(request: Request) -> Response:
        kind = operation if isinstance(operation, str) else operation(request)
        world.stats.count(kind)
        response = await _answer(world, request, kind, handler, basic=basic)
        response.headers["date"] = formatdate(world.now(), usegmt=True)
        world.stats.answered(0 if isinstance(response, LostResponse) else response.status_code)
        return response

    return answer


async def _answer(world: World, request: Request, kind: str, handler: Handler, *, basic: bool) -> Response:
    shape = world.settings.errors
    if kind != "token" and not world.admits(str(request.path_params["project"])):
        return ApiFailure(429, "RESOURCE_EXHAUSTED", "Too many requests.").answer(shape)
    seconds, rule = world.faults.of_call(kind)
    if seconds:
        await asyncio.sleep(seconds)
    if rule and rule.kind == "expire_token":
        world.registry.expire_tokens(world.now())
    try:
        if kind != "token":
            authorise(world, request.headers, basic=basic)
        if rule and (refused := refusal(rule, shape)):
            return refused
        request.state.lag = rule.seconds if rule and rule.kind == "stale" else 0.0
        request.state.keeps_differently = rule is not None and rule.kind == "keep_differently"
        response = await handler(world, request)
    except ApiFailure as failure:
        return failure.answer(rule.shape if rule and rule.shape else shape)
    return _afterwards(world, request, rule, response) if rule else response


def _afterwards(world: World, request: Request, rule: Rule, response: Response) -> Response:
    """Returns what a fault makes of the answer to a call that was carried out."""
    match rule.kind:
        case "lose_response":
            return LostResponse()
        case "error_after":
            return told_error(rule, world.settings.errors)
        case "mixed_up":
            return _another(world, request, json.loads(bytes(response.body))["id"])
        case "cut_off":
            return JSONResponse({**json.loads(bytes(response.body)), "next_page_token": ""})
    return response


def as_of(world: World, request: Request) -> float:
    """Returns the time of which a read tells, in seconds since 1970: earlier than now where its replica lags."""
    return world.now() - float(request.state.lag)


def _another(world: World, request: Request, contact_id: str) -> Response:
    """Answers with another contact of the project, as a cache does that mixes answers up."""
    there = world.store.page(str(request.path_params["project"]), world.now(), "", 2)
    others = [stored.fields for stored in there if stored.fields["id"] != contact_id]
    return JSONResponse(others[0]) if others else not_found("contact").answer(world.settings.errors)
