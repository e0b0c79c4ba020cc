"""Contacts of the Conversation API: the single calls, the list with its filters, and merging."""

import base64
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sinch_contacts.core.contact.channels import PHONE_CHANNELS, Channel
from sinch_contacts.emulator.bodies import mask_of, project_of, read_object
from sinch_contacts.emulator.errors import invalid, not_found
from sinch_contacts.emulator.keeping import as_kept
from sinch_contacts.emulator.merging import merged_contact
from sinch_contacts.emulator.store import Stored
from sinch_contacts.emulator.unified import unify
from sinch_contacts.emulator.validation import Fields, checked, new_contact, recipient_identity
from sinch_contacts.emulator.world import World, as_of

_DEFAULT_PAGE: Final = 10
_LARGEST_PAGE: Final = 20
_PROFILE_CHANNELS: Final = frozenset({"MESSENGER", "INSTAGRAM", "VIBER", "LINE"})


def list_operation(request: Request) -> str:
    """Says whether a list call looks something up or lists."""
    return "find" if {"external_id", "identity"} & request.query_params.keys() else "list"


async def create(world: World, request: Request) -> Response:
    """`POST /v1/projects/{project}/contacts`: visible at once."""
    project, now = project_of(request), world.now()
    contact = unify(as_kept(request, new_contact(await read_object(request))), on=world.registry.unified(project))
    rule = world.faults.of_item("create", contact)
    if rule and rule.kind == "reject_item":
        raise invalid("contact: the item is not valid")
    (contact_id,) = world.store.add(project, [(contact, now)], now)
    return JSONResponse({"id": contact_id, **contact})


async def get(world: World, request: Request) -> Response:
    """`GET …/contacts/{contact}`."""
    return JSONResponse(_there(world, request, as_of(world, request)))


async def update(world: World, request: Request) -> Response:
    """`PATCH …/contacts/{contact}?update_mask=a,b`; without a mask just the fields that the body names change."""
    contact = _there(world, request)
    body = await read_object(request)
    mask = mask_of(request, body)
    unknown = [name for name in mask if name not in contact]
    if unknown:
        raise invalid(f"update_mask: {unknown[0]} is not a field of a contact")
    blank: Fields = {"channel_priority": [], **dict.fromkeys(("display_name", "email", "external_id", "metadata"), "")}
    named = {name: body[name] if body.get(name) is not None else blank.get(name) for name in mask if name != "id"}
    changes = checked(named)
    if "display_name" in changes:
        changes["display_name"] = changes["display_name"] or "Unknown"
    project = project_of(request)
    new = unify(as_kept(request, {**contact, **changes}), on=world.registry.unified(project))
    world.store.replace(project, new, world.now())
    return JSONResponse(new)


async def delete(world: World, request: Request) -> Response:
    """`DELETE …/contacts/{contact}`: gone at once."""
    contact = _there(world, request)
    now = world.now()
    world.store.remove(project_of(request), [(contact["id"], now)], now)
    return JSONResponse({})


async def list_contacts(world: World, request: Request) -> Response:
    """`GET …/contacts`: pages of 10 by default and 20 at most; a full page names a next one, which may be empty."""
    query, project, now = request.query_params, project_of(request), as_of(world, request)
    size, after = _page_size(world, request), _after(request)
    external_id, channel, identity = query.get("external_id"), query.get("channel"), query.get("identity")
    if external_id is not None and (channel is not None or identity is not None):
        raise invalid("external_id excludes channel and identity")
    if (channel is None) != (identity is None):
        raise invalid("channel and identity come together")
    if channel is not None and channel not in set(Channel):
        raise invalid("channel is not a known channel")
    if external_id is not None:
        found = world.store.by_external_id(project, now, external_id, after, size)
    elif channel is not None and identity is not None:
        # Not every client encodes a plus sign, and an unencoded one arrives as a space.
        text = identity.lstrip(" +") if channel in PHONE_CHANNELS else identity
        found = world.store.by_identity(project, now, channel, text, after, size)
    else:
        found = world.store.page(project, now, after, size)
    return JSONResponse({"contacts": [stored.fields for stored in found], "next_page_token": _token(found, size)})


async def merge(world: World, request: Request) -> Response:
    """`POST …/contacts/{destination}:merge`: moves what the destination lacks, and deletes the source."""
    project, now = project_of(request), world.now()
    body = await read_object(request)
    destination = _there(world, request)
    if body.get("strategy", "MERGE") != "MERGE":
        raise invalid("strategy can only be MERGE")
    source = world.store.get(project, str(body.get("source_id", "")), now)
    if source is None:
        raise not_found("source contact")
    if source["id"] == destination["id"]:
        raise invalid("source_id is the destination itself")
    merged = merged_contact(destination, source)
    world.store.merge(project, merged, source, now)
    return JSONResponse(merged)


async def identity_conflicts(world: World, request: Request) -> Response:
    """`GET …/contacts:identityConflicts`: phone numbers that several contacts share."""
    size, after = _page_size(world, request), _after(request)
    everything = [
        {"identity": identity, "channels": channels, "contact_ids": ids}
        for identity, channels, ids in world.store.conflicts(project_of(request), world.now())
        if identity > after
    ]
    page = everything[:size]
    token = _encode(str(page[-1]["identity"])) if len(everything) > size else ""
    return JSONResponse({"conflicts": page, "next_page_token": token})


async def channel_profile(world: World, request: Request) -> Response:
    """`POST …/contacts:getChannelProfile`: the contact's own name stands in for that of its profile."""
    body = await read_object(request)
    if body.get("channel") not in _PROFILE_CHANNELS or not body.get("app_id"):
        raise invalid("app_id is required, and channel is one of MESSENGER, INSTAGRAM, VIBER, LINE")
    recipient: Any = body.get("recipient")
    recipient = recipient if isinstance(recipient, dict) else {}
    project, now = project_of(request), world.now()
    found = world.store.get(project, str(recipient.get("contact_id", "")), now)
    if found is None:
        for channel, identity in _identified_by(recipient):
            by_identity = world.store.by_identity(project, now, channel, identity, "", 1)
            found = found or (by_identity[0].fields if by_identity else None)
    if found is None:
        raise not_found("contact")
    return JSONResponse({"profile_name": found["display_name"]})


def _there(world: World, request: Request, now: float | None = None) -> Fields:
    contact = world.store.get(project_of(request), str(request.path_params["contact"]), now or world.now())
    if contact is None:
        raise not_found("contact")
    return contact


def _identified_by(recipient: Fields) -> list[tuple[str, str]]:
    by = recipient.get("identified_by")
    identities = by.get("channel_identities", []) if isinstance(by, dict) else []
    where = "recipient.identified_by.channel_identities"
    if not isinstance(identities, list):
        raise invalid(f"{where} is not a list")
    return [recipient_identity(item, f"{where}[{number}]") for number, item in enumerate(identities)]


def _page_size(world: World, request: Request) -> int:
    try:
        size = int(request.query_params.get("page_size", "") or _DEFAULT_PAGE)
    except ValueError:
        raise invalid("page_size is not a number") from None
    if size > _LARGEST_PAGE and world.settings.large_pages == "refuse":
        raise invalid(f"page_size is above {_LARGEST_PAGE}")
    return min(size, _LARGEST_PAGE) if size > 0 else _DEFAULT_PAGE


def _encode(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode()


def _token(found: list[Stored], size: int) -> str:
    return _encode(found[-1].place) if len(found) == size else ""


def _after(request: Request) -> str:
    try:
        return base64.b64decode(request.query_params.get("page_token", ""), altchars=b"-_", validate=True).decode()
    except ValueError:
        raise invalid("page_token is not valid") from None
