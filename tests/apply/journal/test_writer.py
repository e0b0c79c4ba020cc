"""Writing a journal: where there is no room for it, nothing is sent."""

import os
from pathlib import Path

import pytest

from apply.conftest import Set
from outside import Sinch, people, writes
from sinch_contacts.apply.journal.lines import Answer, Changing, Head, read_lines
from sinch_contacts.apply.journal.writer import Journal, Unwritable
from sinch_contacts.core.contact.contact import ContactId
from sinch_contacts.core.record.recorded import Status


def test_nothing_is_sent_that_cannot_be_written_down(friends: Set, sinch: Sinch) -> None:
    friends.journals.write_text("a file where the folder should be")
    outcome = friends.up(people(3))
    assert outcome.incomplete
    assert "cannot be written" in outcome.incomplete.message
    assert writes(sinch.calls()) == {}
    friends.journals.unlink()
    assert friends.up(people(3)).incomplete is None


def test_a_full_disk_ends_the_run_and_what_was_confirmed_is_recorded(
    friends: Set, sinch: Sinch, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, room = os.write, [5]

    def full(file: int, content: bytes) -> int:
        room[0] -= 1
        return write(file, content) if room[0] >= 0 else write(file, content[:10])

    monkeypatch.setattr("sinch_contacts.apply.journal.writer.os.write", full)
    outcome = friends.up(people(2500))
    monkeypatch.undo()
    assert outcome.incomplete
    assert "the disk is full" in outcome.incomplete.message
    assert writes(sinch.calls()) == {"batch_create": 2}
    assert sum(entry.status is Status.LIVE for entry in friends.record.values()) == 2000
    assert friends.up(people(2500)).incomplete is None
    assert len(sinch.by_external_id()) == 2500


def test_after_half_a_line_nothing_more_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path / "run.jsonl", "set", "run")
    journal.begin(lambda call: Changing(call, ContactId("x")))
    write = os.write
    monkeypatch.setattr("sinch_contacts.apply.journal.writer.os.write", lambda file, text: write(file, text[:3]))
    journal.answered(1, Answer.ACCEPTED)
    monkeypatch.undo()
    with pytest.raises(Unwritable):
        journal.begin(lambda call: Changing(call, ContactId("y")))
    journal.close()
    assert [type(line) for line in read_lines((tmp_path / "run.jsonl").read_bytes())] == [Head, Changing]
