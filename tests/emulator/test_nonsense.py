"""Whatever is sent, the emulator answers as an API does, and stays there."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from emulator.client import BATCH, CONTACTS, PROJECT
from machine.inside import ORIGIN, InsideAdapter
from sinch_contacts.emulator.app import create_app
from sinch_contacts.emulator.settings import EmulatorSettings

NAMES = [
    "channel_identities", "channel", "identity", "app_id", "language", "channel_priority", "metadata", "contacts",
    "contact_ids", "source_id", "strategy", "recipient", "identified_by", "contact_id", "target", "triggers", "secret",
    "target_type", "contact_settings", "unified_contact_id_enabled", "id", "email",
]  # fmt: skip
TEXTS = ["SMS", "LINE", "MESSENGER", "+", "1202", "EN_US", "MERGE", "HTTP", "http://127.0.0.1:9/", "\ud800", "a" * 1100]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(TEXTS) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=12,
)
paths = st.sampled_from([
    "/oauth2/token", CONTACTS, f"{CONTACTS}/known", f"{CONTACTS}/known:merge", f"{CONTACTS}:getChannelProfile",
    f"{CONTACTS}:identityConflicts", BATCH, f"/v1/projects/{PROJECT}/webhooks", f"/v1/projects/{PROJECT}/webhooks/w",
    f"/v1/projects/{PROJECT}/apps/a/webhooks", f"/v1/projects/{PROJECT}/settings",
    f"/_emulator/contacts?project_id={PROJECT}", "/_emulator/faults", "/nowhere",
])  # fmt: skip
methods = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
queries = st.sampled_from([
    "", "page_size=x", "page_token=x", "page_token=W10=", "page_token=bnVsbA==", "update_mask=id,email,language",
    "update_mask=channel_identities", "channel=SMS&identity=+", "channel=SMS&identity=1202", "channel=x&identity=y",
    "external_id=a", "external_id=%ff",
])  # fmt: skip
keys = st.sampled_from(["Basic ZW11bGF0b3I6ZW11bGF0b3I=", "Bearer x", "", "Basic \xff"])


@given(methods, paths, queries, keys, values)
def test_nonsense_is_refused_in_the_words_of_an_api(method: str, path: str, query: str, key: str, body: Any) -> None:
    app = create_app(EmulatorSettings())
    adapter = InsideAdapter(app)
    try:
        known = json.dumps({"contacts": [{"id": "known", "language": "UNSPECIFIED"}]}).encode()
        headers = {"content-type": "application/json"}
        adapter.exchange("PUT", f"{ORIGIN}/_emulator/contacts?project_id={PROJECT}", headers, known)
        mark = "&" if "?" in path else "?"
        sent = {**headers, "authorization": key} if key else headers
        status, answered, answer = adapter.exchange(
            method, f"{ORIGIN}{path}{mark}{query}", sent, json.dumps(body).encode()
        )
        assert status in {200, 400, 401, 404, 405, 409, 501}, answer
        if answer and answered.get("content-type") == "application/json":
            assert (status == 200) == ("error" not in (told := json.loads(answer)) or told == [])
    finally:
        adapter.close()
        app.state.world.database.close()
