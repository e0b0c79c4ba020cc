"""The Batch API: up to 1,000 contacts a call, carried out later, answered with nothing.

Nothing is done before every item has been looked at, so that a rejected call has changed nothing.
"""

from collections.abc import Iterable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sinch_contacts.emulator.bodies import project_of, read_object
from sinch_contacts.emulator.errors import ApiFailure, invalid
from sinch_contacts.emulator.keeping import as_kept
from sinch_contacts.emulator.validation import Fields
from sinch_contacts.emulator.world import World

_LARGEST: Final = 1000
_CREATE: Final = "batch_create"
_DELETE: Final = "batch_delete"


async def batch_create(world: World, request: Request) -> Response:
    """`POST /batch/v1/projects/{project}/contacts`."""
    items = (await read_object(request)).get("contacts")
    if not isinstance(items, list) or not 1 <= len(items) <= _LARGEST:
        raise invalid(f"contacts needs 1 to {_LARGEST} items")
    world.stats.items(_CREATE, len(items))
    project, now = project_of(request), world.now()
    contacts = [contact for index, item in enumerate(items) if (contact := _checked(world, item, index)) is not None]
    accepted = _accepted(world, _CREATE, "contacts", contacts, now)
    world.newcomers.accept(project, [(as_kept(request, contact), at) for contact, at in accepted], now)
    return _answer(world)


async def batch_delete(world: World, request: Request) -> Response:
    """`DELETE /batch/v1/projects/{project}/contacts`, with a body."""
    ids = (await read_object(request)).get("contact_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= _LARGEST or not all(isinstance(item, str) for item in ids):
        raise invalid(f"contact_ids needs 1 to {_LARGEST} ids")
    world.stats.items(_DELETE, len(ids))
    project, now = project_of(request), world.now()
    contacts = [world.store.get(project, contact_id, now) or {"id": contact_id} for contact_id in ids]
    accepted = _accepted(world, _DELETE, "contact_ids", contacts, now)
    world.store.remove(project, [(contact["id"], at) for contact, at in accepted], now)
    return _answer(world)


def _checked(world: World, item: Any, index: int) -> Fields | None:
    try:
        return world.validator.new_contact(item, f"contacts[{index}]")
    except ApiFailure:
        if world.settings.bad_items == "drop":
            return None
        raise


def _accepted(
    world: World, operation: str, name: str, contacts: Iterable[Fields], now: float
) -> list[tuple[Fields, float]]:
    """Lets the faults look at each item; returns those that are left, each with the time at which it takes effect."""
    accepted: list[tuple[Fields, float]] = []
    for index, contact in enumerate(contacts):
        rule = world.faults.of_item(operation, contact)
        if rule and rule.kind == "reject_item":
            raise invalid(f"{name}[{index}]: the item is not valid")
        if rule and rule.kind == "drop_item":
            continue
        accepted.append((contact, now + world.settings.lag + (rule.seconds if rule else 0.0)))
    return accepted


def _answer(world: World) -> Response:
    return JSONResponse({}) if world.settings.batch_answer == "object" else Response()
