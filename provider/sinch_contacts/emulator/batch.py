"""The Batch API: up to 1,000 contacts a call, carried out later, answered with nothing.

Whether one bad item rejects a whole batch is not documented; here it does (400), and the fault `drop_item` shows the
other possibility.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sinch_contacts.emulator.bodies import project_of, read_object
from sinch_contacts.emulator.errors import invalid
from sinch_contacts.emulator.unified import unify
from sinch_contacts.emulator.validation import Fields, new_contact
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
    contacts = [new_contact(item, f"contacts[{index}]") for index, item in enumerate(items)]
    wanted: list[tuple[Fields, float]] = []
    for index, contact in enumerate(contacts):
        rule = world.faults.of_item(_CREATE, contact)
        if rule and rule.kind == "reject_item":
            raise invalid(f"contacts[{index}]: the contact is not valid")
        if rule and rule.kind == "drop_item":
            continue
        delay = rule.seconds if rule else 0.0
        wanted.append((unify(contact, on=world.store.unified(project)), now + world.settings.lag + delay))
    world.store.add(project, wanted, now)
    return JSONResponse({})


async def batch_delete(world: World, request: Request) -> Response:
    """`DELETE /batch/v1/projects/{project}/contacts`, with a body."""
    ids = (await read_object(request)).get("contact_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= _LARGEST or not all(isinstance(item, str) for item in ids):
        raise invalid(f"contact_ids needs 1 to {_LARGEST} ids")
    world.stats.items(_DELETE, len(ids))
    project, now = project_of(request), world.now()
    for index, contact_id in enumerate(ids):
        rule = world.faults.of_item(_DELETE, contact_id)
        if rule and rule.kind == "reject_item":
            raise invalid(f"contact_ids[{index}]: the id is not valid")
        if rule and rule.kind == "drop_item":
            continue
        delay = rule.seconds if rule else 0.0
        world.store.remove(project, [contact_id], now + world.settings.lag + delay)
    return JSONResponse({})
