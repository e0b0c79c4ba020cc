"""What a state of an old version says of each contact leads to the same plans as it did then."""

import msgspec
import pytest

from history.past import read_life
from sinch_contacts.core.contact.desired import desired_set, unpack, with_prefix
from sinch_contacts.core.plan.planner import make_plan
from sinch_contacts.core.plan.policy import Policy
from sinch_contacts.core.record.record_text import decode_record
from sinch_contacts.sources import from_mapping

EVERY_FIELD = "channel_identities language display_name external_id metadata"
PLANS = {
    ("live", "before"): [],
    ("live", "wanted"): [
        "patch ann from Git: display_name metadata",
        "patch bob from Git: metadata",
        "rename sid from Git: external_id",
    ],
    ("live", "nothing"): ["delete ann from Git", "delete bob from Git", "forget cid from Git"],
    ("drifted", "before"): ["patch ann from drift: language display_name", "patch bob from drift: metadata"],
    ("drifted", "wanted"): [
        "patch ann from drift: language display_name",
        "rename bobby from Git and drift: external_id metadata",
    ],
    ("gone", "before"): ["create ann from drift", "create bob from drift"],
    ("gone", "wanted"): ["create bob from Git and drift", "delete ann from Git and drift"],
    ("gone", "nothing"): ["delete ann from Git and drift", "delete bob from Git and drift", "delete cid from Git"],
    ("pending", "before"): ["await ann from pending", "await bob from pending", "await cid from pending"],
    ("pending", "wanted"): ["await ann from pending", "await bob from pending", "withdraw cid from Git"],
    ("pending_without_a_time", "wanted"): ["await ann from pending", "await bob from pending"],
    ("pending_without_a_time", "nothing"): ["withdraw ann from Git", "withdraw bob from Git", "delete cid from Git"],
    ("leaving", "before"): ["await bob from pending", "await cid from pending"],
    ("leaving", "wanted"): ["delete bob from Git", "delete cid from Git"],
    ("doubtful", "before"): [f"patch ann from drift: {EVERY_FIELD}", f"patch bob from drift: {EVERY_FIELD}"],
    ("doubtful", "wanted"): [
        f"patch ann from Git and drift: {EVERY_FIELD}",
        f"patch bob from Git and drift: {EVERY_FIELD}",
    ],
    ("rows", "before"): ["create bob from drift", "patch ann from drift: display_name"],
    ("rows", "wanted"): [
        "create bob from Git and drift",
        "patch ann from Git and drift: display_name metadata",
        "rename dolly from Git: external_id",
    ],
    ("rows", "nothing"): [
        "delete ann from Git",
        "delete bob from Git and drift",
        "delete dora from Git",
        "forget cid from Git",
    ],
    ("rows_pending", "nothing"): ["withdraw ann from Git", "withdraw bob from Git", "withdraw cid from Git"],
}


@pytest.mark.parametrize(("name", "kind"), PLANS)
def test_what_is_recorded_leads_to_the_same_plan_as_ever(name: str, kind: str) -> None:
    past = read_life(name)
    rows = with_prefix(desired_set(from_mapping(past.files[kind])), past.inputs.prefix).contacts
    previous = {row.key: row.contact for row in unpack(past.state.contacts).contacts}
    policy = msgspec.convert(past.inputs.policy, Policy)
    plan = make_plan(rows, decode_record(past.state.recorded), policy, previous)
    assert PLANS[name, kind] == [
        f"{change.operation} {change.key} from {change.reason}"
        + (f": {' '.join(change.fields)}" if change.fields else "")
        for change in plan.changes
    ]
