import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any

import pytest

from emulator.client import CONTACTS, PROJECT, Emulator, error, people
from sinch_contacts.emulator.courier import sign

WEBHOOKS = f"/v1/projects/{PROJECT}/webhooks"
TRIGGERS = ["CONTACT_CREATE", "CONTACT_DELETE", "CONTACT_UPDATE", "CONTACT_MERGE"]

GENUINE_PROJECT = "e2df3a34-a71b-4448-9db5-a8d2baad28e4"
GENUINE = (
    '{"app_id":"","accepted_time":"2021-10-18T17:49:13.813615Z","project_id":"e2df3a34-a71b-4448-9db5-a8d2baad28e4",'
    '"contact_create_notification":{"contact":{"id":"01FJA8B466Y0R2GNXD78MD9SM1","channel_identities":[{"channel":'
    '"SMS","identity":"48123456789","app_id":""}],"display_name":"New Test Contact","email":"new.contact@email.com",'
    '"external_id":"","metadata":"","language":"EN_US"}},"message_metadata":""}'
)
"""The one genuine event that is known, of 18 October 2021: it stands, with its signature, in the tests of Sinch's SDKs
for Node and .NET."""
ACCEPTED = datetime(2021, 10, 18, 17, 49, 13, 813615, UTC).timestamp()


class Receiver:
    """A webhook's target: keeps what it gets, and answers as it is told to."""

    def __init__(self) -> None:
        self.got: Queue[tuple[dict[str, str], bytes]] = Queue()
        self.answers: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.end_headers()
                receiver.got.put(({name.lower(): value for name, value in self.headers.items()}, body))

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/events"

    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(self.got.get(timeout=5)[1])
        return event


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.02,))
    thread.start()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()
    thread.join()


def register(emulator: Emulator, target: str, **fields: Any) -> dict[str, Any]:
    answer = emulator.call("POST", WEBHOOKS, {"app_id": "app", "target": target, "triggers": TRIGGERS, **fields})
    assert answer.status_code == 200, answer.text
    webhook: dict[str, Any] = answer.json()
    return webhook


class TestEvents:
    def test_each_change_of_a_contact_is_told(self, emulator: Emulator, receiver: Receiver) -> None:
        register(emulator, receiver.url)

        created = emulator.create()
        told = receiver.event()
        del created["channel_priority"]
        assert datetime.fromisoformat(told.pop("accepted_time")) == datetime.fromtimestamp(emulator.clock(), UTC)
        assert told == {
            "app_id": "",
            "project_id": PROJECT,
            "contact_create_notification": {"contact": created},
            "message_metadata": "",
        }
        updated = emulator.patch(created["id"], {"email": "a@example.org", "channel_priority": ["SMS"]}).json()
        assert receiver.event()["contact_update_notification"] == {"contact": updated}
        source = emulator.create(external_id="source", channel_priority=["SMS"])
        receiver.event()
        merged = emulator.call("POST", f"{CONTACTS}/{created['id']}:merge", {"source_id": source["id"]}).json()
        assert receiver.event()["contact_merge_notification"] == {
            "preserved_contact": merged,
            "deleted_contact": source | {"channel_priority": ["SMS"]},
        }
        emulator.call("DELETE", f"{CONTACTS}/{created['id']}")
        assert receiver.event()["contact_delete_notification"] == {"contact": merged}
        assert receiver.got.empty()

    def test_batches_are_told_contact_by_contact_when_they_take_effect(
        self, emulator: Emulator, receiver: Receiver
    ) -> None:
        register(emulator, receiver.url)
        emulator.create_batch(people(3))
        first = emulator.create(external_id="first")

        assert receiver.event()["contact_create_notification"]["contact"]["id"] == first["id"]
        emulator.clock.pass_by(5)
        told = [receiver.event()["contact_create_notification"]["contact"] for _ in range(3)]
        assert sorted(contact["external_id"] for contact in told) == ["p0", "p1", "p2"]
        emulator.delete_batch([told[0]["id"], told[0]["id"], "nobody"])
        emulator.clock.pass_by(5)
        assert receiver.event()["contact_delete_notification"]["contact"] == told[0]
        assert receiver.got.empty()

    def test_an_event_is_signed_with_the_secret(self, emulator: Emulator, receiver: Receiver) -> None:
        register(emulator, receiver.url, secret="CactusKnight_SurfsWaves")

        emulator.create()

        headers, body = receiver.got.get(timeout=5)
        nonce, timestamp = (headers[f"x-sinch-webhook-signature-{part}"] for part in ("nonce", "timestamp"))
        signed = body + b"." + nonce.encode() + b"." + timestamp.encode()
        expected = hmac.new(b"CactusKnight_SurfsWaves", signed, hashlib.sha256).digest()
        assert headers["x-sinch-webhook-signature"] == base64.b64encode(expected).decode()
        assert headers["x-sinch-webhook-signature-algorithm"] == "HmacSHA256"
        assert int(timestamp) == int(emulator.clock())

    def test_an_event_has_the_form_of_the_genuine_one(self, emulator: Emulator, receiver: Receiver) -> None:
        contact = json.loads(GENUINE)["contact_create_notification"]["contact"]
        register(emulator, receiver.url)
        emulator.clock.time = ACCEPTED

        emulator.call("PUT", f"/_emulator/contacts?project_id={PROJECT}", {"contacts": [contact]})

        body = receiver.got.get(timeout=5)[1].decode()
        assert body.replace(PROJECT, GENUINE_PROJECT) == GENUINE

    def test_the_signature_agrees_with_the_genuine_one(self) -> None:
        signature = sign("foo_secret1234", GENUINE.encode(), "01FJA8B4A7BM43YGWSG9GBV067", 1634579353)
        assert signature == "6bpJoRmFoXVjfJIVglMoJzYXxnoxRujzR4k2GOXewOE="

    def test_an_event_that_was_parsed_can_be_checked_by_writing_it_anew(
        self, emulator: Emulator, receiver: Receiver
    ) -> None:
        register(emulator, receiver.url)

        emulator.create(display_name="Zoë ☎")

        body = receiver.got.get(timeout=5)[1]
        assert json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode() == body

    def test_the_signature_agrees_with_the_known_vector(self) -> None:
        assert sign("secret", b'{"a":1}', "nonce", 1_700_000_000) == "l7MuOHkZAUomVOoNg53fJ3wAQgeY3yOJ/UDpMOAXJP0="

    def test_an_event_that_is_not_taken_is_sent_again(self, emulator: Emulator, receiver: Receiver) -> None:
        receiver.answers = [500, 302]
        register(emulator, receiver.url)

        created = emulator.create()

        told = [receiver.event() for _ in range(3)]
        assert told[0] == told[1] == told[2]
        assert told[0]["contact_create_notification"]["contact"]["id"] == created["id"]

    def test_a_target_that_nobody_listens_on_holds_up_nothing(self, emulator: Emulator, receiver: Receiver) -> None:
        register(emulator, "http://127.0.0.1:9/")
        register(emulator, receiver.url)

        emulator.create()

        assert "contact_create_notification" in receiver.event()

    def test_an_event_follows_its_webhook_to_a_new_target_and_ends_with_it(
        self, emulator: Emulator, receiver: Receiver
    ) -> None:
        moving, leaving = register(emulator, "http://127.0.0.1:9/"), register(emulator, "http://127.0.0.1:9/2")
        emulator.create()

        emulator.call("PATCH", f"{WEBHOOKS}/{moving['id']}", {"target": receiver.url})
        emulator.call("DELETE", f"{WEBHOOKS}/{leaving['id']}")

        assert "contact_create_notification" in receiver.event()
        assert receiver.got.empty()

    def test_only_asked_for_events_are_sent(self, emulator: Emulator, receiver: Receiver) -> None:
        register(emulator, receiver.url, triggers=["CONTACT_DELETE"])
        register(emulator, receiver.url, app_id="silent", target_type="DISMISS")

        created = emulator.create()
        emulator.call("DELETE", f"{CONTACTS}/{created['id']}")

        assert "contact_delete_notification" in receiver.event()
        assert receiver.got.empty()

    def test_a_webhook_gets_at_most_25_events_a_second(self, emulator: Emulator, receiver: Receiver) -> None:
        register(emulator, receiver.url)
        emulator.seed(people(60))

        receiver.event()
        threading.Event().wait(1)

        assert receiver.got.qsize() <= 25


class TestRegistration:
    def test_a_webhook_is_created_read_changed_and_deleted(self, emulator: Emulator) -> None:
        webhook = register(emulator, "http://localhost:1/a", secret="s")
        path = f"{WEBHOOKS}/{webhook['id']}"

        assert webhook == {
            "id": webhook["id"],
            "app_id": "app",
            "target": "http://localhost:1/a",
            "target_type": "HTTP",
            "triggers": TRIGGERS,
            "secret": "s",
            "client_credentials": None,
        }
        assert emulator.call("GET", path).json() == webhook
        changes = {"target": "http://[::1]:1/b", "triggers": []}
        changed = emulator.call("PATCH", path, changes, params={"update_mask": "target"}).json()
        assert changed == webhook | {"target": "http://[::1]:1/b"}
        listed = emulator.call("GET", f"/v1/projects/{PROJECT}/apps/app/webhooks").json()
        assert listed == {"webhooks": [changed]}
        assert emulator.call("DELETE", path).json() == {}
        for method in ("GET", "PATCH", "DELETE"):
            assert error(emulator.call(method, path, {}))[:2] == (404, "NOT_FOUND")

    @pytest.mark.parametrize(
        "changes",
        [
            {"target": None},
            {"target": "http://localhost/" + "x" * 742},
            {"target": 3},
            {"target": "ftp://localhost/"},
            {"target": "http://[bad"},
            {"target": ""},
            {"target_type": "GRPC"},
            {"triggers": "CONTACT_CREATE"},
            {"triggers": ["CONTACT_CREATED"]},
            {"triggers": [{}]},
            {"secret": 3},
            {"app_id": 3},
            {"app_id": ""},
        ],
    )
    def test_malformed_webhooks_are_refused(self, emulator: Emulator, changes: dict[str, Any]) -> None:
        body = {"app_id": "app", "target": "http://localhost/", "triggers": [], **changes}

        assert error(emulator.call("POST", WEBHOOKS, body))[:2] == (400, "INVALID_ARGUMENT")

    @pytest.mark.parametrize("missing", ["app_id", "target"])
    def test_app_and_target_are_required(self, emulator: Emulator, missing: str) -> None:
        body = {name: "http://localhost/" for name in ("app_id", "target") if name != missing}

        assert error(emulator.call("POST", WEBHOOKS, body))[2] == "app_id and target are required"

    @pytest.mark.parametrize("target", ["https://example.org/", "http://10.0.0.1/", "http://localhost.example.org/"])
    def test_events_never_leave_this_machine(self, emulator: Emulator, target: str) -> None:
        body = {"app_id": "app", "target": target}

        assert "this machine alone" in error(emulator.call("POST", WEBHOOKS, body))[2]

    def test_an_app_has_each_target_once_and_five_webhooks_at_most(self, emulator: Emulator) -> None:
        def attempt(number: int, app: str = "app") -> int:
            body = {"app_id": app, "target": f"http://localhost/{number}"}
            return emulator.call("POST", WEBHOOKS, body).status_code

        assert [attempt(number) for number in (0, 0, 1, 2, 3, 4, 5)] == [200, 400, 200, 200, 200, 200, 400]
        assert attempt(0, "another") == 200
