"""A set that is as its last run left it costs no look at its contacts; whatever else happened to it is seen."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from ordinary import ordinary_contacts, ordinary_record
from sinch_contacts.core.contact.desired import DesiredContact, desired_set, pack
from sinch_contacts.core.record.recorded import Record, Status
from sinch_contacts.core.review.manifest import make_manifest
from sinch_contacts.shell import checking, resource
from sinch_contacts.shell.bridge import EngineCall
from sinch_contacts.shell.inputs import Properties, outputs_of, parse_inputs
from sinch_contacts.shell.phase import Phase
from sinch_contacts.shell.resource import SetResource, TargetChanged
from sinch_contacts.shell.settings import Settings

KEY = "00" * 32
CONTACTS = list(ordinary_contacts(20))


class Engine(EngineCall):
    """The engine, as much of it as a set hears."""

    def __init__(self) -> None:
        super().__init__(None, None)
        self.urn = "urn:pulumi:test::scratch::pulumi-python:dynamic/sinch:ContactSet::friends"
        self.told: list[str] = []

    def tell(self, text: str) -> None:
        self.told.append(text)

    def old_inputs(self) -> Properties:
        return inputs()


def inputs(contacts: list[DesiredContact] = CONTACTS, **others: Any) -> Properties:
    wanted = desired_set(contacts)
    manifest = make_manifest(wanted, bytes.fromhex(KEY))
    place = {"project_id": "test", "region": "eu"}
    return {"contacts": pack(wanted), **place, "manifest": manifest, "manifest_key": KEY, **others}


def outputs(record: Record, *, settled: bool = True, of: Properties | None = None) -> Properties:
    made = outputs_of(parse_inputs(of or inputs()), record, "", 0.0, settled=settled)
    secrets = {"recorded", "manifest_key"}
    return {name: value["value"] if name in secrets else value for name, value in made.items()}


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def friends(engine: Engine, tmp_path: Path) -> SetResource:
    environment = {"SINCH_EMULATOR_URL": "http://127.0.0.1:9", "XDG_STATE_HOME": str(tmp_path)}
    environment |= {"SINCH_JOURNAL_DIR": str(tmp_path), "SINCH_PLAN_DIR": str(tmp_path / "plans")}
    return SetResource(engine, Phase(), Settings(lambda _: None, environment))


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can look at contacts or records."""
    monkeypatch.setattr(checking, "unpack", None)
    monkeypatch.setattr(resource, "unpack", None)
    monkeypatch.setattr(resource, "decode_record", None)


@pytest.mark.usefixtures("blind")
def test_an_unchanged_set_is_checked_planned_and_documented_without_a_look(
    friends: SetResource, engine: Engine, tmp_path: Path
) -> None:
    checked = friends.check(inputs(), inputs())
    assert checked["manifest"] == inputs()["manifest"]
    assert not friends.diff(outputs(ordinary_record(20)), inputs())
    assert engine.told == []
    (document,) = (tmp_path / "plans").iterdir()
    totals = msgspec.json.decode(document.read_bytes())["totals"]
    assert (totals["declared"], totals["unchanged"]) == (20, 20)


@pytest.mark.usefixtures("blind")
def test_a_changed_option_of_an_unchanged_set_is_worth_an_update(friends: SetResource) -> None:
    assert friends.diff(outputs(ordinary_record(20)), inputs(on_delete="retain"))


def test_a_changed_contact_is_seen(friends: SetResource) -> None:
    other = msgspec.structs.replace(CONTACTS[0], contact=msgspec.structs.replace(CONTACTS[0].contact, language="IT"))
    assert friends.diff(outputs(ordinary_record(20)), inputs([other, *CONTACTS[1:]]))


@pytest.mark.parametrize("status", [Status.GONE, Status.CREATING, Status.DELETING])
def test_a_record_that_changed_under_its_seal_is_seen(friends: SetResource, status: Status) -> None:
    record = ordinary_record(20)
    first = record[CONTACTS[0].key]
    recorded = outputs({**record, first.key: msgspec.structs.replace(first, status=status)})["recorded"]
    assert friends.diff({**outputs(record), "recorded": recorded}, inputs())


def test_a_set_without_a_seal_is_compared(friends: SetResource) -> None:
    assert not friends.diff(outputs(ordinary_record(20), settled=False), inputs())
    olds = outputs(ordinary_record(20))
    del olds["settled"]  # as earlier versions wrote it
    assert not friends.diff(olds, inputs())


def test_another_target_is_refused_all_the_same(friends: SetResource) -> None:
    with pytest.raises(TargetChanged):
        friends.diff(outputs(ordinary_record(20)), inputs(region="us"))
