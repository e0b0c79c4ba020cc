"""The next run takes up what runs of old versions left, and brings about just what is declared."""

from collections.abc import Callable, Mapping

import msgspec
import pytest
import requests

from apply.conftest import TARGET, Set, VirtualClock
from history.past import NAMES, Files, Life, name_of, read_life, rendered, without_times
from outside import Sinch, writes
from sinch_contacts.apply.claims import Claims
from sinch_contacts.core.contact.contact import ContactId
from sinch_contacts.core.record.recorded import Origin, Record, record_contact, record_of

SOON, LATER = 1.0, 30 * 86_400.0
CONFIRM_TIMEOUT, SETTLE_TIME = 60.0, 600.0


class Expected(msgspec.Struct, frozen=True):
    """What is to come of a life, where that is more than what the files say.

    Attributes:
        was: Names of declared contacts that go on from one with another name, each with that name.
        adopted: Names of contacts, as they were, that the set found, and did not create.
        metadata: What somebody else has set in contacts, and nobody declares, by name.
        stay: Names of contacts that are not declared, and stay as they were.
        waits: So many seconds does the next run wait at least, where it begins soon.
    """

    was: Mapping[str, str] = {}
    adopted: tuple[str, ...] = ()
    metadata: Mapping[str, str] = {}
    stay: tuple[str, ...] = ()
    waits: float = 0.0


LOST, LOST_WHILE_A_RUN_WAITED = Expected(waits=SETTLE_TIME - 5), Expected(waits=SETTLE_TIME - CONFIRM_TIMEOUT - 10)
FOUND = Expected(adopted=("cid",), metadata={"cid": "theirs"}, stay=("cid",))
EXPECTED = {
    ("live", "before"): FOUND,
    ("live", "wanted"): msgspec.structs.replace(FOUND, was={"sid": "cid"}, metadata={"sid": "theirs"}, stay=()),
    ("live", "nothing"): FOUND,
    ("drifted", "wanted"): Expected(was={"bobby": "bob"}),
    ("pending_and_lost", "before"): LOST_WHILE_A_RUN_WAITED,
    ("pending_and_lost", "wanted"): LOST_WHILE_A_RUN_WAITED,
    ("pending_and_lost", "nothing"): LOST_WHILE_A_RUN_WAITED,
    ("leaving_and_lost", "before"): LOST_WHILE_A_RUN_WAITED,
    ("killed_before_a_creation_was_sent", "before"): LOST,
    ("killed_before_a_creation_was_sent", "wanted"): LOST,
    ("killed_before_a_creation_was_sent", "nothing"): LOST,
    ("killed_before_a_deletion_was_sent", "before"): LOST,
    ("killed_after_taking_a_contact_over", "before"): Expected(stay=("bob",)),
    ("killed_after_taking_a_contact_over", "wanted"): Expected(adopted=("bob",)),
    ("killed_after_taking_a_contact_over", "nothing"): Expected(stay=("bob",)),
    ("ended_and_the_first_state_was_lost", "wanted"): Expected(adopted=("ann", "bob", "cid")),
    ("ended_and_the_first_state_was_lost", "nothing"): Expected(stay=("ann", "bob", "cid")),
    ("rows", "before"): FOUND,
    ("rows", "wanted"): msgspec.structs.replace(FOUND, was={"dolly": "dora"}),
    ("rows", "nothing"): FOUND,
}

STORIES = [(name, kind) for name in NAMES for kind in read_life(name).files]


@pytest.mark.parametrize("later", [SOON, LATER], ids=["soon", "later"])
@pytest.mark.parametrize(("name", "kind"), STORIES)
def test_it_brings_about_what_is_declared_and_the_one_after_it_writes_nothing(  # noqa: PLR0913, PLR0917
    past: Life, name: str, kind: str, later: float, friends: Set, sinch: Sinch, clock: VirtualClock
) -> None:
    expected, files = EXPECTED.get((name, kind), Expected()), past.files[kind]
    began = clock.now()
    outcome = friends.up(files)
    assert outcome.incomplete is None, str(outcome.incomplete)
    least = expected.waits if later == SOON else 0.0
    assert not list(friends.journals.rglob("*.damaged"))
    assert least <= clock.now() - began < max(least, past.done_at - began) + CONFIRM_TIMEOUT

    ids = check_what_lives(past, files, expected, sinch)
    assert created(sinch) == len(set(ids.values()) - {contact["id"] for contact in past.sinch.contacts})
    assert friends.record == recorded(past, friends, files, ids, expected)

    sinch.calls()
    before = friends.record
    assert friends.up(files).incomplete is None
    assert writes(sinch.calls()) == {}
    assert friends.record == before
    clock.sleep(SETTLE_TIME)
    assert check_what_lives(past, files, expected, sinch) == ids


@pytest.mark.parametrize("later", [SOON, LATER], ids=["soon", "later"])
@pytest.mark.parametrize("name", [name for name in NAMES if read_life(name).state.contacts])
def test_a_recorded_set_can_be_destroyed(  # noqa: PLR0913, PLR0917
    past: Life, name: str, later: float, friends: Set, sinch: Sinch, clock: VirtualClock
) -> None:
    outcome = friends.destroy()
    assert outcome.incomplete is None, str(outcome.incomplete)
    assert friends.record == {}
    clock.sleep(SETTLE_TIME)
    check_what_lives(past, {}, EXPECTED.get((name, "nothing"), Expected()), sinch)


@pytest.mark.parametrize(("name", "later"), [("leaving", SOON)])
def test_what_is_on_its_way_out_is_not_taken_over_by_another_set(
    past: Life, friends: Set, make_set: Callable[..., Set], sinch: Sinch
) -> None:
    others = make_set()
    others.urn = friends.urn.replace("friends", "others")
    others.claims = friends.claims = Claims()
    others.claims.remember_origins(TARGET, friends.record)
    files = {"bob": past.inputs.before["bob"]}
    assert others.reconcile(files).incomplete is None
    assert friends.reconcile(past.inputs.wanted).incomplete is None
    check_what_lives(past, {**files, **past.inputs.wanted}, Expected(), sinch)
    assert [others.record["bob"].id] == [contact["id"] for contact in sinch.contacts() if name_of(contact) == "bob"]


def check_what_lives(past: Life, files: Files, expected: Expected, sinch: Sinch) -> dict[str, str]:
    """Sees to it that just what is declared lives, each contact once, and all others as they were; returns the ids.

    A contact that there was, or that was under way, goes on with its id; any other one is new.
    """
    live = {contact["id"]: without_times(contact) for contact in sinch.contacts()}
    known = {contact["id"]: without_times(contact) for contact in past.sinch.contacts}
    stay = {found["id"] for name in expected.stay if name not in files and (found := past.find(name))}
    others = {contact_id: known[contact_id] for contact_id in past.sinch.foreign | stay}
    assert {contact_id: live.pop(contact_id, None) for contact_id in others} == others

    ids = {}
    for key, fields in files.items():
        wanted = rendered(key, fields, past.inputs.prefix)
        name = name_of(wanted)
        old = past.find(expected.was.get(name, name))
        (new,) = [contact_id for contact_id, contact in live.items() if name_of(contact) == name]
        assert new == old["id"] if old else new not in known
        assert live.pop(new) == {"id": new, **wanted, **metadata_of(name, expected)}
        ids[key] = new
    assert live == {}
    return ids


def metadata_of(name: str, expected: Expected) -> dict[str, str]:
    return {"metadata": expected.metadata[name]} if name in expected.metadata else {}


def created(sinch: Sinch) -> int:
    """Returns how many contacts were asked for."""
    stats = requests.get(f"{sinch.url}/_emulator/stats", timeout=30).json()
    return int(stats["items"].get("batch_create", 0) + stats["requests"].get("create", 0))


def recorded(past: Life, friends: Set, files: Files, ids: Mapping[str, str], expected: Expected) -> Record:
    """Returns what is recorded of declared contacts that live."""
    adopted = {found["id"] for name in expected.adopted if (found := past.find(name))}
    origins = {key: Origin.ADOPTED if ids[key] in adopted else Origin.CREATED for key in files}
    rows = {key: friends.rows({key: fields})[0] for key, fields in files.items()}
    return record_of(
        record_contact(row.key, row.contact, contact_id=ContactId(ids[key]), origin=origins[key])
        for key, row in rows.items()
    )
