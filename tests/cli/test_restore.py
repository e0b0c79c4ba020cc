"""`sinch-contacts restore` against the emulator."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from outside import PROJECT, Sinch, person, writes
from sinch_contacts.apply.undo import Kept, UndoFolder
from sinch_contacts.cli.main import main
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, Key
from sinch_contacts.core.target import Region, Target
from sinch_contacts.emulator.server import running
from sinch_contacts.emulator.settings import EmulatorSettings

Restore = Callable[..., Result]


@pytest.fixture
def sinch() -> Iterator[Sinch]:
    with running(EmulatorSettings(lag=0.05)) as url:
        yield Sinch(url)


@pytest.fixture
def restore(sinch: Sinch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Restore:
    monkeypatch.setenv("SINCH_EMULATOR_URL", sinch.url)
    monkeypatch.setenv("SINCH_JOURNAL_DIR", str(tmp_path / "journals"))
    for name in ("SINCH_PROJECT_ID", "SINCH_REGION", "SINCH_KEY_ID", "SINCH_KEY_SECRET"):
        monkeypatch.delenv(name, raising=False)
    return lambda *arguments, **more: CliRunner().invoke(
        main, ["restore", *map(str, arguments)], catch_exceptions=False, **more
    )


def bundle(folder: Path, *kept: Kept) -> Path:
    undo = UndoFolder(folder, "friends", Target(PROJECT, Region.EU), 30)
    undo.keep(kept)
    assert undo.bundle
    return undo.bundle


def deleted(number: int, **fields: str) -> Kept:
    contact = Contact(
        (ChannelIdentity("SMS", f"1202{number:07d}"),), "EN_US", (), "Unknown", "", f"person-{number}", "", **fields
    )
    return Kept(Key(f"person-{number}"), ContactId(f"OLD{number}"), contact)


def test_deleted_contacts_come_back_once_and_what_is_there_stays(
    restore: Restore, sinch: Sinch, tmp_path: Path
) -> None:
    sinch.seed([{**person(2), "external_id": "person-2", "display_name": "Theirs"}])
    path = bundle(tmp_path / "undo", deleted(1), deleted(2), deleted(3))

    looked = restore("--dry-run", path)
    assert looked.exit_code == 0
    assert "2 would be created again:\n  person-1\n  person-3" in looked.stdout
    assert "1 are there by the same name, and are left alone:\n  person-2" in looked.stdout
    assert writes(sinch.calls()) == {}

    done = restore("--yes", path)
    assert done.exit_code == 0, done.output
    assert "2 were created again" in done.stdout
    assert "New ids: conversations and messages stay with the old ones" in done.stdout
    assert writes(sinch.calls()) == {"batch_create": 1}
    there = sinch.by_external_id()
    assert there.keys() == {"person-1", "person-2", "person-3"}
    assert there["person-2"]["display_name"] == "Theirs"

    again = restore("--yes", path)
    assert "created again" not in again.stdout
    assert writes(sinch.calls()) == {}


def test_changed_fields_are_set_back_and_nothing_else(restore: Restore, sinch: Sinch, tmp_path: Path) -> None:
    sinch.seed([{**person(1), "external_id": "a", "email": "new@example.com", "metadata": "newer"}])
    (live,) = sinch.contacts()
    old = Contact((ChannelIdentity("SMS", "1"),), "DE", (), "Old Name", "", "a", "older")
    later = Contact(old.channel_identities, "FR", display_name="x")
    path = bundle(
        tmp_path / "undo",
        Kept(Key("a"), ContactId(live["id"]), old, ("display_name", "email")),
        Kept(Key("a"), ContactId(live["id"]), later, ("display_name",)),
        Kept(Key("b"), ContactId("01GONE"), old, ("display_name",)),
    )
    done = restore("--yes", path)
    assert done.exit_code == 0, done.output
    assert "1 were set back:\n  a\n" in done.stdout
    assert "1 are not there any more, and cannot be set back:\n  b" in done.stdout
    (now,) = sinch.contacts()
    assert now == {**live, "display_name": "Old Name", "email": ""}


def test_it_asks_before_it_writes(restore: Restore, sinch: Sinch, tmp_path: Path) -> None:
    path = bundle(tmp_path / "undo", deleted(1))
    assert restore(path, input="n\n").exit_code == 1
    assert writes(sinch.calls()) == {}
    assert restore(path, input="y\n").exit_code == 0
    assert writes(sinch.calls()) == {"batch_create": 1}


def test_what_took_a_contacts_place_gets_its_fields_back(restore: Restore, sinch: Sinch, tmp_path: Path) -> None:
    sinch.seed([{**person(1), "external_id": "person-1", "display_name": "New"}])
    (live,) = sinch.contacts()
    old = Contact((ChannelIdentity("SMS", "12020000001"),), "DE", (), "Old", "", "person-1", "")
    done = restore("--yes", bundle(tmp_path / "undo", Kept(Key("a"), ContactId("OLD"), old, replaced=True)))
    assert done.exit_code == 0, done.output
    assert "1 were set back:\n  a" in done.stdout
    assert "What was there before is kept in" in done.stdout
    assert sinch.contacts() == [{**live, "display_name": "Old", "language": "DE"}]


def test_what_sinch_rejects_is_told_and_the_rest_comes_back(restore: Restore, sinch: Sinch, tmp_path: Path) -> None:
    sinch.faults({"kind": "reject_item", "operation": "batch_create", "match": "person-2", "times": None})
    done = restore("--yes", bundle(tmp_path / "undo", deleted(1), deleted(2)))
    assert done.exit_code == 1
    assert "person-2: rejected" in done.output
    assert "The same command goes on from here" in done.output
    assert sinch.by_external_id().keys() == {"person-1"}


def test_a_users_mistakes_end_in_one_sentence(
    restore: Restore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_bytes(b"\xff\xfe\n")
    assert "no undo bundle" in restore("--yes", wrong).output
    assert restore("--yes", tmp_path / "missing").exit_code == 2
    path = bundle(tmp_path / "undo", deleted(1))
    monkeypatch.setenv("SINCH_EMULATOR_URL", "http://127.0.0.1:9")
    unreachable = restore("--yes", path)
    assert unreachable.exit_code == 1
    assert "Traceback" not in unreachable.output
    monkeypatch.delenv("SINCH_EMULATOR_URL")
    assert "SINCH_KEY_ID" in restore("--yes", path).output


def test_keys_of_a_hostile_bundle_are_shown_and_not_obeyed(restore: Restore, sinch: Sinch, tmp_path: Path) -> None:
    kept = deleted(1)
    hostile = Kept(Key("a\x1b[2J\n::add-mask::\u202eb"), kept.id, kept.contact)
    looked = restore("--dry-run", bundle(tmp_path / "undo", hostile))
    assert looked.exit_code == 0
    assert r"  a\x1b[2J\n::add-mask::\u202eb" in looked.stdout
    assert all(line.isprintable() for line in looked.stdout.split("\n"))
    assert sinch.contacts() == []
