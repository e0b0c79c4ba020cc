"""Contacts that are there already: which are adopted, which are patched, and which stop the run."""

from pathlib import Path
from typing import Any

import pytest

from apply.conftest import Set
from apply.naming import allow_nameless, body, check_the_states, delay, number
from outside import Sinch, people, person, writes
from sinch_contacts import sources
from sinch_contacts.apply.conflicts import Conflict, Doubled
from sinch_contacts.apply.reading.reader import Reader
from sinch_contacts.apply.reconcile import reconcile
from sinch_contacts.core.plan.policy import OnConflict, Policy
from sinch_contacts.core.plan.reading import Pace
from sinch_contacts.core.record.recorded import Origin, Status
from sinch_contacts.sources.dump.writing import write


def test_equal_contacts_are_adopted_without_a_write(friends: Set, sinch: Sinch) -> None:
    sinch.seed([{**contact, "external_id": key} for key, contact in people(10).items()])

    outcome = friends.up(people(12))

    assert outcome.incomplete is None
    assert writes(sinch.calls()) == {"batch_create": 1}
    origins = [entry.origin for entry in friends.record.values()]
    assert (origins.count(Origin.ADOPTED), origins.count(Origin.CREATED)) == (10, 2)


def test_adoption_looks_past_what_the_server_adds_by_itself(friends: Set, sinch: Sinch) -> None:
    twins = [{"channel": channel, "identity": "12020000001"} for channel in ("SMS", "MMS", "RCS")]
    sinch.seed([{**person(1), "channel_identities": twins, "external_id": "a", "email": "other@example.com"}])
    friends.up({"a": person(1)})
    assert writes(sinch.calls()) == {}


def test_what_carries_the_sets_own_prefix_was_created_by_us(friends: Set, sinch: Sinch) -> None:
    friends.prefix = "qa-"
    sinch.seed([{**person(1), "external_id": "qa-alice"}])
    friends.up({"alice": person(1)})
    assert friends.record["alice"].origin is Origin.CREATED


def test_a_contact_that_differs_stops_everything(friends: Set, sinch: Sinch) -> None:
    sinch.seed([{**person(1, display_name="Else"), "external_id": "person-00001"}])

    with pytest.raises(Conflict) as refused:
        friends.up(people(5))

    assert [(change.key, change.fields) for change in refused.value.changes] == [("person-00001", ("display_name",))]
    assert writes(sinch.calls()) == {}
    assert friends.record == {}


def test_a_contact_that_differs_is_patched_where_adoption_is_wanted(friends: Set, sinch: Sinch) -> None:
    sinch.seed([{**person(1, display_name="Else"), "external_id": "person-00001"}])

    outcome = friends.up(people(1), on_conflict=OnConflict.ADOPT)

    assert outcome.incomplete is None
    assert writes(sinch.calls()) == {"update": 1}
    assert friends.record["person-00001"].origin is Origin.ADOPTED


def test_a_contact_that_is_there_twice_is_refused_and_named(friends: Set, sinch: Sinch) -> None:
    sinch.seed([{**person(1), "external_id": "person-00001"}] * 2)

    with pytest.raises(Doubled) as refused:
        friends.up(people(2))

    assert refused.value.keys == ("person-00001",)
    assert all(contact["id"] in str(refused.value) for contact in sinch.contacts())
    assert writes(sinch.calls()) == {}


def test_two_rows_do_not_share_a_contact(friends: Set, sinch: Sinch) -> None:
    allow_nameless(friends)
    friends.policy = Policy(OnConflict.ADOPT)
    sinch.seed([body(1, number(2, "WHATSAPP"))])
    friends.up({"nameless1": body(1), "nameless2": body(number(2, "WHATSAPP"))})
    assert len(sinch.contacts()) == 2
    check_the_states(sinch, friends)


def test_what_is_on_its_way_out_is_not_adopted_by_a_nameless_contact(friends: Set, sinch: Sinch) -> None:
    allow_nameless(friends)
    friends.up({"alice": body(1)})
    delay(sinch, "batch_delete", 300)
    assert friends.up({}).incomplete
    assert friends.up({"nameless": body(1)}).incomplete is None
    check_the_states(sinch, friends)


def test_what_stays_since_its_deletion_was_lost_is_adopted_by_a_nameless_contact(friends: Set, sinch: Sinch) -> None:
    allow_nameless(friends)
    friends.up({"alice": body(1)})
    sinch.faults({"kind": "drop_item", "operation": "batch_delete"})
    assert friends.up({}).incomplete
    assert friends.up({"nameless": body(1)}).incomplete is None
    check_the_states(sinch, friends)


COUNT = 5_000


def resident(number: int) -> dict[str, Any]:
    """Returns one of many unlike contacts that nobody declared."""
    fields: list[dict[str, Any]] = [
        {"external_id": f"crm-{number}", "display_name": 'O\'Neil, "Jo"\nSon', "metadata": '{"row": 1}'},
        {"external_id": "", "display_name": ""},
        {"external_id": f"NO {number}", "email": "=1+1", "channel_priority": ["RCS", "SMS"]},
        {
            "external_id": f"é{number}",
            "channel_identities": [
                {"channel": "MESSENGER", "identity": f"{number}", "app_id": "APP"},
                {"channel": "WHATSAPP", "identity": f"+1303{number:07d}"},
            ],
        },
    ]
    return person(number, **fields[number % len(fields)])


@pytest.mark.parametrize("ending", [".yaml", ".csv"])
def test_five_thousand_contacts_are_adopted_without_a_write(
    friends: Set, sinch: Sinch, tmp_path: Path, ending: str
) -> None:
    sinch.seed([resident(number) for number in range(COUNT)])

    written = write(list(Reader(friends.api, Pace(), friends.clock.now).everything()), ending)
    (tmp_path / f"all{ending}").write_bytes(written.content)
    rows = sources.load([f"all{ending}"], tmp_path)

    assert (len(rows), written.left_out) == (COUNT, ())
    assert sinch.calls() == {"list": COUNT // 20 + 1}
    outcome = reconcile(friends.ctx(), rows, {}, friends.policy, {}, last_run="")
    assert outcome.incomplete is None
    assert writes(sinch.calls()) == {}
    assert len(outcome.record) == COUNT
    assert {(entry.status, entry.origin) for entry in outcome.record.values()} == {(Status.LIVE, Origin.ADOPTED)}
