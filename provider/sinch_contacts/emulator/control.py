"""`/_emulator/…`: what tests and people see and set, beside what Sinch would let them."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sinch_contacts.emulator.bodies import read_object
from sinch_contacts.emulator.errors import ApiFailure, invalid
from sinch_contacts.emulator.validation import held
from sinch_contacts.emulator.world import Endpoint, Handler, World


def open_endpoint(world: World, handler: Handler) -> Endpoint:
    """Leads a call to its handler, without credentials, faults or statistics."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(world, request)
        except ApiFailure as failure:
            return failure.answer()

    return answer


async def health(_world: World, _request: Request) -> Response:
    """Says that the emulator is there."""
    return JSONResponse({"status": "ok"})


async def stats(world: World, _request: Request) -> Response:
    """Returns the counts of all calls."""
    return JSONResponse(world.stats.listing())


async def reset_stats(world: World, _request: Request) -> Response:
    """Starts counting again."""
    world.stats.reset()
    return JSONResponse({})


async def everything(world: World, request: Request) -> Response:
    """Returns all contacts of a project, each with the times at which it becomes visible and is gone (or null)."""
    found = world.store.everything(_project(request), world.now())
    times = [{"visible_at": stored.visible_at, "gone_at": stored.gone_at} for stored in found]
    return JSONResponse({"contacts": [stored.fields | at for stored, at in zip(found, times, strict=True)]})


async def seed(world: World, request: Request) -> Response:
    """Creates contacts at once, in any number; returns their ids."""
    project, items, now = _project(request), await _items(request), world.now()
    contacts = [(world.validator.new_contact(item, f"contacts[{index}]"), now) for index, item in enumerate(items)]
    return JSONResponse({"ids": world.newcomers.accept(project, contacts, now)})


async def hold(world: World, request: Request) -> Response:
    """Holds contacts just as they are given, such as no call can create, in the place of those with their ids."""
    project, items, now = _project(request), await _items(request), world.now()
    contacts = [(held(item, f"contacts[{index}]"), now) for index, item in enumerate(items)]
    return JSONResponse({"ids": world.store.add(project, contacts, now)})


async def reset(world: World, _request: Request) -> Response:
    """Forgets contacts, webhooks, settings, faults and counts; access tokens stay valid."""
    world.reset()
    return JSONResponse({})


async def list_faults(world: World, _request: Request) -> Response:
    """Returns the faults in force."""
    return JSONResponse(world.faults.listing())


async def set_faults(world: World, request: Request) -> Response:
    """Sets the faults."""
    world.faults.set(await request.body())
    return JSONResponse(world.faults.listing())


async def clear_faults(world: World, _request: Request) -> Response:
    """Takes all faults away."""
    world.faults.clear()
    return JSONResponse([])


async def _items(request: Request) -> list[Any]:
    items = (await read_object(request)).get("contacts")
    if not isinstance(items, list):
        raise invalid("contacts is not a list")
    return items


def _project(request: Request) -> str:
    project = request.query_params.get("project_id", "")
    if not project:
        raise invalid("project_id is required")
    return project
