"""`sinch-contacts restore` puts back what the undo bundles of old versions kept."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests
from click.testing import CliRunner

from history.past import NAMES, WRITTEN, Life, name_of, put_contacts, rendered, without_times
from outside import Sinch, writes
from sinch_contacts.cli.main import main
from sinch_contacts.emulator.server import running
from sinch_contacts.emulator.settings import EmulatorSettings

KEPT = [name for name in NAMES if (WRITTEN / name / "undo").exists()]


class Real(msgspec.Struct, frozen=True):
    """An emulator in real time, as the command needs it."""

    sinch: Sinch
    database: Path


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    database = tmp_path_factory.mktemp("real") / "sinch.db"
    with running(EmulatorSettings(str(database), lag=0.05)) as url:
        yield Real(Sinch(url), database)


@pytest.fixture
def bundle(name: str, tmp_path: Path, real: Real, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SINCH_EMULATOR_URL", real.sinch.url)
    monkeypatch.setenv("SINCH_JOURNAL_DIR", str(tmp_path / "journals"))
    for variable in ("SINCH_PROJECT_ID", "SINCH_REGION", "SINCH_KEY_ID", "SINCH_KEY_SECRET"):
        monkeypatch.delenv(variable, raising=False)
    (path,) = (WRITTEN / name / "undo").rglob("*.undo.jsonl")
    return Path(shutil.copy(path, tmp_path))


def contact(number: int, name: str) -> dict[str, Any]:
    identities = [{"channel": "SMS", "identity": f"1202000{number:04}"}]
    return {"channel_identities": identities, "language": "EN_US", "display_name": name}


UNDECLARED = {
    "killed_after_taking_a_contact_over": {"bob": contact(2, "Theirs")},
    "killed_twice_creating_and_editing": {"ann": contact(1, "Ann")},
    "killed_twice_creating_and_renaming": {"old": contact(7, "Seven")},
}
"""What no state knew of before it was changed; all else was as the state's files declared it."""

WAS = {"old": "new"}
"""Contacts that get their names back, each with the name that it had."""


@pytest.mark.parametrize("name", KEPT)
def test_it_brings_back_what_contacts_were(past: Life, name: str, bundle: Path, real: Real) -> None:
    requests.post(f"{real.sinch.url}/_emulator/reset", timeout=30).raise_for_status()
    put_contacts(past.sinch, real.database, is_done=True)
    there = {contact["id"]: without_times(contact) for contact in real.sinch.contacts()}

    done = CliRunner().invoke(main, ["restore", "--yes", str(bundle)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    live = {contact["id"]: without_times(contact) for contact in real.sinch.contacts()}
    for contact_id in past.sinch.foreign:
        assert live.pop(contact_id) == there[contact_id]
    files: Mapping[str, Any] = {**past.inputs.before, **UNDECLARED.get(name, {})}
    for key, fields in files.items():
        was = rendered(key, fields, past.inputs.prefix)
        (found,) = [one for one in live.values() if name_of(one) == name_of(was)]
        old = past.find(WAS.get(key, name_of(was)))
        assert found["id"] == old["id"] if old else found["id"] not in there
        assert live.pop(found["id"]) == {"id": found["id"], **was}
    assert live == {}

    real.sinch.calls()
    assert CliRunner().invoke(main, ["restore", "--yes", str(bundle)], catch_exceptions=False).exit_code == 0
    assert "batch_create" not in writes(real.sinch.calls())
