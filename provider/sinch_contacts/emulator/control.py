"""`/_emulator/…`: what tests and people see and set, beside what Sinch would let them."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sinch_contacts.emulator.bodies import read_object
from sinch_contacts.emulator.errors import ApiFailure, invalid
from sinch_contacts.emulator.unified import unify
from sinch_contacts.emulator.validation import new_contact
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
    items = (await read_object(request)).get("contacts")
    if not isinstance(items, list):
        raise invalid("contacts is not a list")
    project, now = _project(request), world.now()
    unified = world.registry.unified(project)
    contacts = [(unify(new_contact(item, f"contacts[{index}]"), on=unified), now) for index, item in enumerate(items)]
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


def _project(request: Request) -> str:
    project = request.query_params.get("project_id", "")
    if not project:
        raise invalid("project_id is required")
    return project
