"""Contacts of the Conversation API: the single calls, the list with its filters, and merging."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sinch_contacts.emulator.bodies import mask_of, project_of, read_object
from sinch_contacts.emulator.channels import CHANNELS, PHONES, PROFILES
from sinch_contacts.emulator.errors import invalid, not_found
from sinch_contacts.emulator.keeping import as_kept
from sinch_contacts.emulator.merging import merged_contact
from sinch_contacts.emulator.pages import Pages
from sinch_contacts.emulator.validation import FIELDS, Fields, completed, is_one_of
from sinch_contacts.emulator.world import World, as_of


def list_operation(request: Request) -> str:
    """Says whether a list call looks something up or lists."""
    return "find" if {"external_id", "identity"} & request.query_params.keys() else "list"


async def create(world: World, request: Request) -> Response:
    """`POST /v1/projects/{project}/contacts`: visible at once."""
    project, now = project_of(request), world.now()
    contact = as_kept(request, world.validator.new_contact(await read_object(request)))
    rule = world.faults.of_item("create", contact)
    if rule and rule.kind == "reject_item":
        raise invalid("contact: the item is not valid")
    return JSONResponse(world.newcomers.create(project, contact, now))


async def get(world: World, request: Request) -> Response:
    """`GET …/contacts/{contact}`."""
    return JSONResponse(_there(world, request, as_of(world, request)))


async def update(world: World, request: Request) -> Response:
    """`PATCH …/contacts/{contact}?update_mask=a,b`; without a mask just the fields that the body names change."""
    contact = _there(world, request)
    body = await read_object(request)
    mask = mask_of(request, body)
    unknown = [name for name in mask if name not in {"id", *FIELDS}]
    if unknown:
        raise invalid(f"update_mask: {unknown[0]} is not a field of a contact")
    blank: Fields = {"channel_priority": [], **dict.fromkeys(("display_name", "email", "external_id", "metadata"), "")}
    named = {name: body[name] if body.get(name) is not None else blank.get(name) for name in mask if name != "id"}
    changed = as_kept(request, completed({**contact, **world.validator.changes(named)}))
    return JSONResponse(world.newcomers.change(project_of(request), changed, world.now()))


async def delete(world: World, request: Request) -> Response:
    """`DELETE …/contacts/{contact}`: gone at once."""
    contact = _there(world, request)
    now = world.now()
    world.store.remove(project_of(request), [(contact["id"], now)], now)
    return JSONResponse({})


async def list_contacts(world: World, request: Request) -> Response:
    """`GET …/contacts`: pages of 10 by default and 20 at most; a full page names a next one, which may be empty."""
    query, project, now = request.query_params, project_of(request), as_of(world, request)
    pages = _pages(world, request)
    size, after = pages.size, pages.after(world.now())
    external_id, channel, identity = query.get("external_id"), query.get("channel"), query.get("identity")
    if external_id is not None and (channel is not None or identity is not None):
        raise invalid("external_id excludes channel and identity")
    if (channel is None) != (identity is None):
        raise invalid("channel and identity come together")
    if channel is not None and channel not in CHANNELS:
        raise invalid("channel is not a known channel")
    if external_id is not None:
        found = world.store.by_external_id(project, now, external_id, after, size)
    elif channel is not None and identity is not None:
        # Not every client encodes a plus sign, and an unencoded one arrives as a space.
        text = "+" + identity[1:] if channel in PHONES and identity.startswith(" ") else identity
        text = world.validator.stored(channel, text, "identity")
        found = world.store.by_identity(project, now, channel, text, after, size)
    else:
        found = world.store.page(project, now, after, size)
    token = pages.token(found[-1].place, world.now()) if len(found) == size else ""
    return JSONResponse({"contacts": [stored.fields for stored in found], "next_page_token": token})


async def merge(world: World, request: Request) -> Response:
    """`POST …/contacts/{destination}:merge`: moves what the destination lacks, and deletes the source."""
    project, now = project_of(request), world.now()
    body = await read_object(request)
    destination = _there(world, request)
    if body.get("strategy", "MERGE") != "MERGE":
        raise invalid("strategy can only be MERGE")
    source_id = body.get("source_id")
    if not isinstance(source_id, str) or not source_id:
        raise invalid("source_id is required")
    source = world.store.get(project, source_id, now)
    if source is None:
        raise not_found("source contact")
    if source["id"] == destination["id"]:
        raise invalid("source_id is the destination itself")
    merged = merged_contact(completed(destination), completed(source))
    world.store.merge(project, merged, source, now)
    return JSONResponse(merged)


async def identity_conflicts(world: World, request: Request) -> Response:
    """`GET …/contacts:identityConflicts`: phone numbers that several contacts share."""
    pages, now = _pages(world, request), world.now()
    after = pages.after(now)
    everything = [
        {"identity": identity, "channels": channels, "contact_ids": ids}
        for identity, channels, ids in world.store.conflicts(project_of(request), now)
        if identity > after
    ]
    page = everything[: pages.size]
    token = pages.token(str(page[-1]["identity"]), now) if len(everything) > pages.size else ""
    return JSONResponse({"conflicts": page, "next_page_token": token})


async def channel_profile(world: World, request: Request) -> Response:
    """`POST …/contacts:getChannelProfile`: the contact's own name stands in for that of its profile."""
    body = await read_object(request)
    if not is_one_of(PROFILES, body.get("channel")) or not body.get("app_id"):
        raise invalid("app_id is required, and channel is one of MESSENGER, INSTAGRAM, VIBER, LINE")
    recipient: Any = body.get("recipient")
    if not isinstance(recipient, dict) or not {"contact_id", "identified_by"} & recipient.keys():
        raise invalid("recipient needs a contact_id, or identified_by")
    project, now = project_of(request), world.now()
    found = world.store.get(project, str(recipient.get("contact_id", "")), now)
    if found is None:
        for channel, identity in _identified_by(world, recipient):
            by_identity = world.store.by_identity(project, now, channel, identity, "", 1)
            found = found or (by_identity[0].fields if by_identity else None)
    if found is None:
        raise not_found("contact")
    return JSONResponse({"profile_name": completed(found)["display_name"]})


def _there(world: World, request: Request, now: float | None = None) -> Fields:
    contact = world.store.get(project_of(request), str(request.path_params["contact"]), now or world.now())
    if contact is None:
        raise not_found("contact")
    return contact


def _identified_by(world: World, recipient: Fields) -> list[tuple[str, str]]:
    by = recipient.get("identified_by")
    identities = by.get("channel_identities", []) if isinstance(by, dict) else []
    where = "recipient.identified_by.channel_identities"
    if not isinstance(identities, list):
        raise invalid(f"{where} is not a list")
    return [world.validator.recipient(item, f"{where}[{number}]") for number, item in enumerate(identities)]


def _pages(world: World, request: Request) -> Pages:
    return Pages(world.settings, request.url.path, request.query_params)
