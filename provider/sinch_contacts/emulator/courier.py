"""Delivery of events to webhooks, signed as Sinch signs them.

Events leave when their contact becomes visible or is gone, not when the call is made. A webhook gets at most 25 a
second, and an event that is not taken is tried again with growing pauses. Nothing of it delays the answers of the API.
"""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
import requests

from sinch_contacts.emulator.ids import ulid
from sinch_contacts.emulator.validation import Fields
from sinch_contacts.emulator.world import World

_TRIGGERS: Final = {
    "create": "CONTACT_CREATE",
    "delete": "CONTACT_DELETE",
    "update": "CONTACT_UPDATE",
    "merge": "CONTACT_MERGE",
}
_ATTEMPTS: Final = 5
_FIRST_PAUSE: Final = 0.2
_LOOK: Final = 0.05
_TAKEN: Final = range(200, 300)


def sign(secret: str, body: bytes, nonce: str, timestamp: int) -> str:
    """Returns the signature of an event: HMAC-SHA256 over body, nonce and timestamp, with dots between, in base64."""
    signed = body + f".{nonce}.{timestamp}".encode()
    return base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def envelope(kind: str, project: str, body: Fields, now: float) -> Fields:
    """Returns an event as a webhook gets it; its kind shows in the name of the notification alone.

    The form is that of the one genuine event that is known, a `CONTACT_CREATE` of 18 October 2021 in the tests of
    Sinch's SDKs: it names no app, and leaves out an empty channel priority.
    """
    contents = {name: _told(contact) for name, contact in (body if kind == "merge" else {"contact": body}).items()}
    return {
        "app_id": "",
        "accepted_time": datetime.fromtimestamp(now, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "project_id": project,
        f"contact_{kind}_notification": contents,
        "message_metadata": "",
    }


def _told(contact: Fields) -> Fields:
    return {name: value for name, value in contact.items() if name != "channel_priority" or value}


class Courier:
    """Delivers events for as long as it runs."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._queues: dict[str, asyncio.Queue[tuple[str, bytes]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Delivers until it is cancelled."""
        try:
            while True:
                self._collect()
                await asyncio.sleep(_LOOK)
        finally:
            for task in self._tasks:
                task.cancel()

    def _collect(self) -> None:
        world = self._world
        events = world.store.due_events(world.now())
        for _, project, kind, body in events:
            for webhook in world.registry.webhooks(project):
                if _TRIGGERS[kind] in webhook.get("triggers", []) and webhook.get("target_type") != "DISMISS":
                    event = envelope(kind, project, body, world.now())
                    self._queue(webhook["id"]).put_nowait((project, msgspec.json.encode(event)))
        world.store.drop_events([number for number, *_ in events])

    def _queue(self, webhook_id: str) -> asyncio.Queue[tuple[str, bytes]]:
        if webhook_id not in self._queues:
            self._queues[webhook_id] = asyncio.Queue()
            self._start(self._serve(webhook_id, self._queues[webhook_id]))
        return self._queues[webhook_id]

    async def _serve(self, webhook_id: str, queue: asyncio.Queue[tuple[str, bytes]]) -> None:
        while True:
            project, body = await queue.get()
            self._start(self._deliver(project, webhook_id, body))
            await asyncio.sleep(1 / self._world.settings.events_per_second)

    async def _deliver(self, project: str, webhook_id: str, body: bytes) -> None:
        for attempt in range(_ATTEMPTS):
            webhook = self._world.registry.webhook(project, webhook_id)
            if webhook is None:
                return
            headers = _headers(str(webhook.get("secret") or ""), body, self._world.now())
            if await asyncio.to_thread(_post, str(webhook["target"]), body, headers):
                return
            await asyncio.sleep(_FIRST_PAUSE * 2**attempt)

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _headers(secret: str, body: bytes, now: float) -> dict[str, str]:
    headers = {"Content-Type": "application/json"}
    if secret:
        nonce, timestamp = ulid(now), int(now)
        headers |= {
            "x-sinch-webhook-signature": sign(secret, body, nonce, timestamp),
            "x-sinch-webhook-signature-timestamp": str(timestamp),
            "x-sinch-webhook-signature-nonce": nonce,
            "x-sinch-webhook-signature-algorithm": "HmacSHA256",
        }
    return headers


def _post(target: str, body: bytes, headers: Mapping[str, str]) -> bool:
    try:
        with requests.Session() as session:
            session.trust_env = False  # an event goes to this machine, never to a proxy
            answer = session.post(target, data=body, headers=headers, timeout=5, allow_redirects=False)
            return answer.status_code in _TAKEN
    except requests.RequestException:
        return False
