"""Webhooks and project settings."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sinch_contacts.emulator.bodies import mask_of, project_of, read_object
from sinch_contacts.emulator.errors import ApiFailure, invalid, not_found
from sinch_contacts.emulator.ids import ulid
from sinch_contacts.emulator.targets import is_local
from sinch_contacts.emulator.validation import Fields, is_one_of
from sinch_contacts.emulator.world import World

_LONGEST_TARGET: Final = 742
_MOST: Final = 5
_TRIGGERS: Final = frozenset({
    "BATCH_STATUS_UPDATE", "CAPABILITY", "CHANNEL_EVENT", "CONTACT_CREATE", "CONTACT_DELETE",
    "CONTACT_IDENTITIES_DUPLICATION", "CONTACT_MERGE", "CONTACT_UPDATE", "CONVERSATION_DELETE", "CONVERSATION_START",
    "CONVERSATION_STOP", "EVENT_DELIVERY", "EVENT_INBOUND", "MESSAGE_DELIVERY", "MESSAGE_INBOUND",
    "MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION", "MESSAGE_SUBMIT", "OPT_IN", "OPT_OUT", "RECORD_NOTIFICATION",
    "SMART_CONVERSATIONS", "UNSPECIFIED_TRIGGER", "UNSUPPORTED",
})  # fmt: skip
_FIELDS: Final = ("app_id", "target", "target_type", "triggers", "secret", "client_credentials")


async def create_webhook(world: World, request: Request) -> Response:
    """`POST /v1/projects/{project}/webhooks`: at most five for an app, each target once."""
    project, body = project_of(request), dict(await read_object(request))
    webhook = {"id": ulid(world.now()), "client_credentials": None, **_checked({"target_type": "HTTP", **body})}
    if "app_id" not in webhook or "target" not in webhook:
        raise invalid("app_id and target are required")
    others = world.registry.webhooks(project, webhook["app_id"])
    if len(others) >= _MOST:
        raise invalid(f"an app has at most {_MOST} webhooks")
    if any(other["target"] == webhook["target"] for other in others):
        raise invalid("the app has a webhook with this target")
    world.registry.put_webhook(project, webhook)
    return JSONResponse(webhook)


async def list_webhooks(world: World, request: Request) -> Response:
    """`GET /v1/projects/{project}/apps/{app}/webhooks`."""
    return JSONResponse({"webhooks": world.registry.webhooks(project_of(request), str(request.path_params["app"]))})


async def get_webhook(world: World, request: Request) -> Response:
    """`GET /v1/projects/{project}/webhooks/{webhook}`."""
    return JSONResponse(_there(world, request))


async def update_webhook(world: World, request: Request) -> Response:
    """`PATCH /v1/projects/{project}/webhooks/{webhook}?update_mask=…`."""
    webhook, body = _there(world, request), await read_object(request)
    webhook |= _checked({name: body.get(name) for name in mask_of(request, body)})
    world.registry.put_webhook(project_of(request), webhook)
    return JSONResponse(webhook)


async def delete_webhook(world: World, request: Request) -> Response:
    """`DELETE /v1/projects/{project}/webhooks/{webhook}`."""
    if not world.registry.drop_webhook(project_of(request), str(request.path_params["webhook"])):
        raise not_found("webhook")
    return JSONResponse({})


async def not_here(_world: World, _request: Request) -> Response:
    """`POST` on the list of an app's webhooks: Sinch does not know it."""
    raise ApiFailure(501, "UNIMPLEMENTED", "Method Not Allowed")


async def get_settings(world: World, request: Request) -> Response:
    """`GET /v1/projects/{project}/settings`."""
    return JSONResponse(_settings(world, project_of(request)))


async def put_settings(world: World, request: Request) -> Response:
    """`POST` and `PATCH /v1/projects/{project}/settings`."""
    settings: Any = (await read_object(request)).get("contact_settings")
    wanted = settings.get("unified_contact_id_enabled") if isinstance(settings, dict) else None
    if not isinstance(wanted, bool):
        raise invalid("contact_settings.unified_contact_id_enabled is not a boolean")
    project = project_of(request)
    if wanted and next(world.store.conflicts(project, world.now()), None):
        raise ApiFailure(400, "FAILED_PRECONDITION", "The project has identity conflicts.")
    world.registry.set_unified(project, on=wanted)
    return JSONResponse(_settings(world, project))


async def delete_settings(world: World, request: Request) -> Response:
    """`DELETE /v1/projects/{project}/settings`."""
    world.registry.set_unified(project_of(request), on=False)
    return JSONResponse({})


def _settings(world: World, project: str) -> Fields:
    unified = {"unified_contact_id_enabled": world.registry.unified(project)}
    return {"project_id": project, "settings": {"contact_settings": unified}}


def _there(world: World, request: Request) -> Fields:
    webhook = world.registry.webhook(project_of(request), str(request.path_params["webhook"]))
    if webhook is None:
        raise not_found("webhook")
    return webhook


def _checked(body: Fields) -> Fields:
    fields: Fields = {name: body[name] for name in _FIELDS if name in body}
    if not isinstance(fields.get("app_id", ""), str) or fields.get("app_id") == "":
        raise invalid("app_id is not a text")
    target = fields.get("target")
    if "target" in fields and not (isinstance(target, str) and len(target) <= _LONGEST_TARGET):
        raise invalid(f"target is not a text of at most {_LONGEST_TARGET} characters")
    if isinstance(target, str) and not is_local(target):
        raise invalid("target: the emulator delivers to this machine alone, so that no test data leaves it")
    if fields.get("target_type", "HTTP") not in ("HTTP", "DISMISS"):
        raise invalid("target_type is neither HTTP nor DISMISS")
    if not isinstance(fields.get("secret") or "", str):
        raise invalid("secret is not a text")
    triggers = fields.get("triggers", [])
    if not isinstance(triggers, list) or not all(is_one_of(_TRIGGERS, trigger) for trigger in triggers):
        raise invalid("triggers is not a list of known triggers")
    return fields
