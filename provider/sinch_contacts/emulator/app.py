"""The emulator as an ASGI app: the three hosts of Sinch on one origin."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sinch_contacts.emulator import batch, contacts, control, webhooks
from sinch_contacts.emulator.courier import Courier
from sinch_contacts.emulator.errors import ApiFailure, not_found
from sinch_contacts.emulator.settings import EmulatorSettings
from sinch_contacts.emulator.tokens import give_token
from sinch_contacts.emulator.world import Endpoint, Handler, World, endpoint

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

Operation = str | Callable[[Request], str]


def create_app(settings: EmulatorSettings | None = None, *, faults: bytes = b"") -> Starlette:
    """Builds an emulator.

    Args:
        settings: Its knobs.
        faults: The faults in force from the start, as JSON.

    Returns:
        The app; its `state.world` is the emulator's state.
    """
    world = World(settings or EmulatorSettings())
    if faults:
        world.faults.set(faults)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        courier = asyncio.ensure_future(Courier(world).run())
        yield
        courier.cancel()
        with suppress(asyncio.CancelledError):
            await courier
        world.database.close()

    app = Starlette(
        routes=[*_control(world), *_auth(world), *_batch(world), *_contacts(world), *_webhooks(world)],
        lifespan=lifespan,
        exception_handlers={HTTPException: _unknown(world)},
    )
    app.state.world = world
    return app


def _route(
    world: World,
    path: str,
    methods: Mapping[str, tuple[Operation, Handler]],
    *,
    basic: bool = True,
    rest: str = "other",
) -> Route:
    """Leads each method of a path to its handler; every other method is one that Sinch does not know."""
    endpoints: dict[str, Endpoint] = {
        method: endpoint(world, operation, handler, basic=basic) for method, (operation, handler) in methods.items()
    }
    other = endpoint(world, rest, webhooks.not_here, basic=basic)

    async def dispatch(request: Request) -> Response:
        return await endpoints.get(request.method, other)(request)

    return Route(path, dispatch, methods=_METHODS)


def _control(world: World) -> list[Route]:
    def route(path: str, **handlers: Handler) -> list[Route]:
        return [
            Route(f"/_emulator/{path}", control.open_endpoint(world, handler), methods=[method.upper()])
            for method, handler in handlers.items()
        ]

    return [
        *route("health", get=control.health),
        *route("stats", get=control.stats),
        *route("stats/reset", post=control.reset_stats),
        *route("contacts", get=control.everything, post=control.seed, put=control.hold),
        *route("reset", post=control.reset),
        *route("faults", get=control.list_faults, put=control.set_faults, delete=control.clear_faults),
    ]


def _auth(world: World) -> list[Route]:
    return [_route(world, "/oauth2/token", {"POST": ("token", give_token)}, rest="token")]


def _batch(world: World) -> list[Route]:
    methods: dict[str, tuple[Operation, Handler]] = {
        "POST": ("batch_create", batch.batch_create),
        "DELETE": ("batch_delete", batch.batch_delete),
    }
    return [_route(world, "/batch/v1/projects/{project}/contacts", methods, basic=False)]


def _contacts(world: World) -> list[Route]:
    base = "/v1/projects/{project}/contacts"
    return [
        _route(
            world,
            base,
            {"GET": (contacts.list_operation, contacts.list_contacts), "POST": ("create", contacts.create)},
        ),
        _route(world, f"{base}:identityConflicts", {"GET": ("other", contacts.identity_conflicts)}),
        _route(world, f"{base}:getChannelProfile", {"POST": ("other", contacts.channel_profile)}),
        _route(world, base + "/{contact}:merge", {"POST": ("merge", contacts.merge)}),
        _route(
            world,
            base + "/{contact}",
            {
                "GET": ("get", contacts.get),
                "PATCH": ("update", contacts.update),
                "DELETE": ("delete", contacts.delete),
            },
        ),
    ]


def _webhooks(world: World) -> list[Route]:
    base = "/v1/projects/{project}"
    return [
        _route(world, f"{base}/webhooks", {"POST": ("other", webhooks.create_webhook)}),
        _route(
            world,
            base + "/webhooks/{webhook}",
            {
                "GET": ("other", webhooks.get_webhook),
                "PATCH": ("other", webhooks.update_webhook),
                "DELETE": ("other", webhooks.delete_webhook),
            },
        ),
        _route(world, base + "/apps/{app}/webhooks", {"GET": ("other", webhooks.list_webhooks)}),
        _route(
            world,
            f"{base}/settings",
            {
                "GET": ("other", webhooks.get_settings),
                "POST": ("other", webhooks.put_settings),
                "PATCH": ("other", webhooks.put_settings),
                "DELETE": ("other", webhooks.delete_settings),
            },
        ),
    ]


def _unknown(world: World) -> Callable[[Request, Exception], Response]:
    """Answers for paths that nothing is behind, and methods that a path does not know."""

    def answer(request: Request, error: Exception) -> Response:
        is_path = isinstance(error, HTTPException) and error.status_code == not_found("").status
        failure = not_found("page") if is_path else ApiFailure(501, "UNIMPLEMENTED", "Method Not Allowed")
        if not request.url.path.startswith("/_emulator/"):
            world.stats.count("other")
            world.stats.answered(failure.status)
        return failure.answer(world.settings.errors)

    return answer
