"""Undo: what is kept before a deletion or a change, and what is put back."""

import stat
from pathlib import Path

import pytest

from machine.inside import Inside
from outside import people, person
from shell.conftest import Stack
from sinch_contacts.apply.outcome import Incomplete
from sinch_contacts.apply.undo import read_bundle
from sinch_contacts.shell.resource import PartialResult


@pytest.fixture
def kept(stack: Stack, tmp_path: Path) -> Path:
    stack.environment["SINCH_UNDO_DIR"] = str(tmp_path / "undo")
    return tmp_path / "undo"


def bundles(kept: Path) -> list[Path]:
    return sorted(kept.rglob("*.undo.jsonl"))


def test_a_deletion_keeps_the_whole_contact_as_it_lived(stack: Stack, sinch: Inside, kept: Path) -> None:
    stack.up(people(3))
    assert bundles(kept) == []
    victim = next(contact for contact in sinch.contacts() if contact["external_id"] == "person-00003")
    sinch.meddle("PATCH", victim["id"], {"email": "theirs@example.com"})
    stack.up(people(2))
    (path,) = bundles(kept)
    assert stack.told[-1] == f"undo: sinch-contacts restore '{path}'"
    assert path.parent.name == "scratch.test.friends"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    bundle = read_bundle(path.read_bytes())
    assert (bundle.head.set, bundle.head.project_id, bundle.head.region) == ("friends", "project", "eu")
    (entry,) = bundle.deleted
    assert (entry.id, entry.key, entry.contact.email) == (victim["id"], "person-00003", "theirs@example.com")
    assert entry.contact.display_name == "Person 3 Surname"


def test_a_change_keeps_what_was_declared_and_reads_only_what_nobody_knows(
    stack: Stack, sinch: Inside, kept: Path
) -> None:
    stack.up(people(3))
    sinch.calls()
    changed = {"person-00001": person(1, language="DE"), "person-00002": person(2, email="new@example.com")}
    stack.up({**people(3), **changed})
    assert sinch.calls() == {"update": 2, "get": 1}
    (path,) = bundles(kept)
    first, second = sorted(read_bundle(path.read_bytes()).changed, key=lambda entry: entry.key)
    assert (first.fields, first.contact.language) == (("language",), "EN_US")
    assert (second.fields, second.contact.email) == (("email",), "")


def test_what_is_gone_already_is_deleted_all_the_same(stack: Stack, sinch: Inside, kept: Path) -> None:
    stack.up(people(2))
    for contact in sinch.contacts():
        sinch.meddle("DELETE", contact["id"])
    sinch.calls()
    stack.destroy()
    assert sinch.calls()["batch_delete"] == 1
    assert bundles(kept) == []


def test_nothing_is_kept_and_nothing_more_is_read_where_undo_is_off(stack: Stack, sinch: Inside, kept: Path) -> None:
    stack.environment["SINCH_UNDO_DAYS"] = "0"
    stack.up(people(3))
    sinch.calls()
    stack.up({**people(2), "person-00001": person(1, email="new@example.com")})
    calls = sinch.calls()
    assert (calls["update"], calls["batch_delete"]) == (1, 1)
    assert "list" not in calls
    assert bundles(kept) == []


def test_where_it_cannot_be_kept_nothing_is_deleted_or_changed(stack: Stack, sinch: Inside, tmp_path: Path) -> None:
    stack.up(people(3))
    (tmp_path / "file").write_text("")
    stack.environment["SINCH_UNDO_DIR"] = str(tmp_path / "file")
    sinch.calls()
    with pytest.raises(PartialResult, match="cannot be written"):
        stack.up(people(2))
    with pytest.raises(PartialResult, match="SINCH_UNDO_DAYS"):
        stack.up({**people(3), "person-00001": person(1, language="DE")})
    with pytest.raises(Incomplete, match="cannot be written"):
        stack.destroy()
    assert not {"batch_delete", "update"} & sinch.calls().keys()
    assert len(sinch.contacts()) == 3


def test_old_bundles_are_removed(stack: Stack, sinch: Inside, kept: Path) -> None:
    stack.up(people(5))
    stack.up(people(4))
    (first,) = bundles(kept)
    sinch.sleep(29 * 86_400)
    stack.up(people(3))
    assert len(bundles(kept)) == 2
    sinch.sleep(2 * 86_400)
    stack.up(people(2))
    assert first not in bundles(kept)
