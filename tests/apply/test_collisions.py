"""Two contacts that share the 60 bits by which earlier versions told contents apart: found on one core in minutes."""

from typing import Any

from apply.conftest import TARGET, Set
from outside import Sinch, writes
from sinch_contacts.core.contact.contact import Key
from sinch_contacts.core.contact.desired import desired_set
from sinch_contacts.core.contact.digest import contact_digest
from sinch_contacts.core.plan.planner import make_plan
from sinch_contacts.core.plan.policy import Policy
from sinch_contacts.core.record.recorded import with_short_digests
from sinch_contacts.sources import from_mapping


def contact(number: str, name: str) -> dict[str, Any]:
    sms = {"channel": "SMS", "identity": number}
    return {"ann": {"language": "DE", "display_name": name, "channel_identities": [sms]}}


ONE, OTHER = contact("+960105629704746", "dLA"), contact("+968881115250761", "YDA")


def test_they_share_a_digest_of_before_and_none_of_today() -> None:
    one, other = (
        contact_digest(row.contact) for each in (ONE, OTHER) for row in desired_set(from_mapping(each)).contacts
    )
    assert one[:10] == other[:10]
    assert one != other


def test_the_approval_of_one_does_not_let_the_other_pass() -> None:
    plans = [make_plan(desired_set(from_mapping(each)).contacts, {}, Policy()) for each in (ONE, OTHER)]
    assert len({plan.digest(TARGET) for plan in plans}) == len(plans)


def test_a_swap_of_them_is_made_though_the_state_is_of_an_earlier_version(friends: Set, sinch: Sinch) -> None:
    """Seen: "unchanged", nothing was sent, and the run ended well."""
    friends.up(ONE)
    friends.record = with_short_digests(friends.record)
    sinch.calls()
    assert friends.up(OTHER).incomplete is None
    assert writes(sinch.calls()) == {"update": 1}
    assert sinch.contacts()[0]["channel_identities"][0]["identity"] == "968881115250761"
    assert len(friends.record[Key("ann")].digest) == 22
