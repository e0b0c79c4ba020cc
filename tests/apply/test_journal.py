"""The journal: what it says after a crash, whom it trusts, and what happens without it."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apply.conftest import TARGET, Set, VirtualClock
from apply.endings import die, kill
from machine.inside import Died, Mortal, Nth
from outside import Sinch, people, person, writes
from sinch_contacts.apply.clock import Interruption
from sinch_contacts.apply.journal.folder import JournalFolder
from sinch_contacts.apply.journal.lines import (
    Answer,
    Answered,
    AskedContact,
    Changing,
    Creating,
    Damaged,
    Deleting,
    Ended,
    Head,
    Line,
    read_lines,
    seal,
)
from sinch_contacts.apply.journal.replay import replay
from sinch_contacts.apply.journal.writer import Journal, Unwritable
from sinch_contacts.core.contact.contact import ContactId
from sinch_contacts.core.record.problem import Kind
from sinch_contacts.core.record.recorded import Origin, Status

names = st.text("abcdef0123456789", min_size=4, max_size=8)
lines = st.one_of(
    st.builds(Head, names, names, names),
    st.builds(Creating, st.integers(1, 9), st.integers(1, 2**40), st.lists(st.builds(AskedContact, *[names] * 4))),
    st.builds(Deleting, st.integers(1, 9), st.integers(1, 2**40), st.lists(names.map(ContactId))),
    st.builds(Changing, st.integers(1, 9), names.map(ContactId)),
    st.builds(Answered, st.integers(1, 9), st.sampled_from(Answer)),
    st.builds(Ended, st.lists(names)),
)


def journal_files(contact_set: Set) -> list[Path]:
    return sorted(path for path in contact_set.journals.rglob("*") if path.is_file())


@given(st.lists(lines, max_size=8), st.data())
def test_a_torn_last_line_is_left_out_and_any_other_damage_is_refused(written: list[Line], data: st.DataObject) -> None:
    content = b"".join(map(seal, written))
    assert read_lines(content) == written
    cut = data.draw(st.integers(0, len(content)))
    assert read_lines(content[:cut]) == written[: content[:cut].count(b"\n")]
    if content:
        at = data.draw(st.integers(0, len(content) - 1))
        wrong = content[:at] + bytes([content[at] ^ data.draw(st.integers(1, 255))]) + content[at + 1 :]
        try:
            read = read_lines(wrong)
        except Damaged:
            return
        assert read == written[: len(read)], "damage is never read as something else"


def test_a_call_that_was_refused_left_nothing_and_one_without_an_answer_may_have() -> None:
    asked = [AskedContact(name, "d", "i", "f") for name in ("a", "b", "c")]
    left = replay([
        [
            Head("set", "run", "plan"),
            Creating(1, 10, [asked[0]]),
            Answered(1, Answer.REFUSED),
            Creating(2, 11, [asked[1]]),
            Answered(2, Answer.UNCERTAIN),
            Creating(3, 12, [asked[2]]),
            Deleting(4, 13, [ContactId("x")]),
            Changing(5, ContactId("y")),
            Answered(5, Answer.REFUSED),
        ]
    ])  # fmt: skip
    assert left.asked == {"b": (asked[1], 11), "c": (asked[2], 12)}
    assert left.deleting == {"x": 13}
    assert left.changed == {}
    assert left


def test_a_run_that_was_not_cut_off_leaves_its_pending_contacts_alone_to_settle() -> None:
    asked = [AskedContact(name, "d", "i", "f") for name in ("a", "b")]
    left = replay([[Head("set", "run", "plan"), Creating(1, 10, asked), Answered(1, Answer.ACCEPTED), Ended(["b"])]])
    assert left.asked == {"b": (asked[1], 10)}
    assert left.created == {"a", "b"}
    assert left.seen == {"a": (asked[0], 10)}
    assert not replay([[Creating(1, 10, asked), Answered(1, Answer.REFUSED), Ended([])]])


class TestAfterACrash:
    def test_an_accepted_batch_that_is_not_visible_yet_is_not_sent_again(self, friends: Set, sinch: Sinch) -> None:
        sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 120})
        kill(friends, "create_batch", people(30))
        assert friends.up(people(30)).incomplete is None
        assert writes(sinch.calls()) == {"batch_create": 1}
        assert {entry.origin for entry in friends.record.values()} == {Origin.CREATED}

    def test_a_batch_that_was_written_down_and_never_sent_is_sent_after_the_settling_time(
        self, friends: Set, sinch: Sinch, clock: VirtualClock
    ) -> None:
        kill(friends, "create_batch", people(30), applied=False)
        started = clock.now()
        assert friends.up(people(30)).incomplete is None
        assert clock.now() - started >= 600
        assert len(sinch.by_external_id()) == 30

    def test_what_was_created_and_left_the_files_is_found_by_the_digest_of_its_name_and_deleted(
        self, friends: Set, sinch: Sinch
    ) -> None:
        kill(friends, "create_batch", people(3))
        assert friends.up(people(2)).incomplete is None
        assert sinch.by_external_id().keys() == people(2).keys()

    def test_a_deletion_that_is_under_way_is_waited_for_before_the_contact_is_wanted_again(
        self, friends: Set, sinch: Sinch
    ) -> None:
        friends.up(people(2))
        sinch.faults({"kind": "delay", "operation": "batch_delete", "seconds": 90})
        kill(friends, "delete_batch", people(1))
        assert friends.up(people(2)).incomplete is None
        assert len([contact for contact in sinch.contacts() if contact["gone_at"] is None]) == 2
        assert {entry.id for entry in friends.record.values()} == {contact["id"] for contact in sinch.contacts()}

    def test_a_patch_that_nobody_recorded_is_seen_where_the_file_went_back(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(1))
        kill(friends, "update", {"person-00001": person(1, display_name="Edited")})
        assert sinch.contacts()[0]["display_name"] == "Edited"
        assert friends.up(people(1)).incomplete is None
        assert sinch.contacts()[0]["display_name"] == "Person 1 Surname"

    def test_a_half_done_destroy_is_noticed_by_the_next_up(self, friends: Set, sinch: Sinch) -> None:
        friends.up(people(5))
        api = friends.api
        friends.api = Mortal(api, Nth("delete_batch"), die, applied=True)  # type: ignore[assignment]
        with pytest.raises(Died):
            friends.destroy()
        friends.api = api
        assert friends.up(people(5)).incomplete is None
        assert sinch.by_external_id().keys() == people(5).keys()

    def test_without_its_journal_another_machine_ends_in_the_same(self, friends: Set, sinch: Sinch) -> None:
        kill(friends, "create_batch", people(30))
        shutil.rmtree(friends.journals)
        assert friends.up(people(30)).incomplete is None
        assert sinch.by_external_id().keys() == people(30).keys()

    @pytest.mark.parametrize("seconds", [0.01, 30])
    def test_copies_that_arose_without_a_journal_are_removed_and_the_smallest_id_stays(
        self, friends: Set, sinch: Sinch, seconds: float
    ) -> None:
        sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 40, "times": None})
        kill(friends, "create_batch", people(30))
        first = {contact["id"] for contact in sinch.contacts()}
        friends.clock.sleep(seconds)
        shutil.rmtree(friends.journals)
        friends.up(people(30))
        assert {entry.id for entry in friends.record.values()} == first
        assert writes(sinch.calls()) == {"batch_create": 2, "batch_delete": 1}

    def test_a_copy_that_carries_more_is_somebody_elses_and_is_told(self, friends: Set, sinch: Sinch) -> None:
        sinch.faults({"kind": "delay", "operation": "batch_create", "seconds": 20})
        api = friends.api

        def interfere() -> None:
            sinch.seed([{**person(1), "external_id": "person-00001", "metadata": "theirs"}])

        friends.api = Mortal(api, Nth("create_batch"), interfere, applied=True)  # type: ignore[assignment]
        outcome = friends.up(people(1))
        friends.api = api
        assert outcome.incomplete
        assert [problem.kind for problem in outcome.incomplete.problems] == [Kind.DOUBLED]
        assert len(sinch.contacts()) == 2


class TestTrust:
    @pytest.mark.parametrize("spoil", ["damage", "foreign", "writable"])
    def test_what_cannot_be_trusted_is_set_aside_and_told(self, friends: Set, sinch: Sinch, spoil: str) -> None:
        kill(friends, "create_batch", people(3), applied=False)
        (file,) = journal_files(friends)
        if spoil == "damage":
            file.write_bytes(b"x" + file.read_bytes()[1:])
        elif spoil == "foreign":
            file.write_bytes(file.read_bytes().replace(b'"set":"', b'"set":"0'))
        else:
            file.chmod(0o666)
        friends.told.clear()
        assert friends.up(people(3)).incomplete is None
        assert any("is set aside" in text for text in friends.told)
        assert file.with_suffix(".damaged").exists()
        assert len(sinch.by_external_id()) == 3

    def test_it_is_readable_by_its_owner_only_and_names_nobody(self, friends: Set) -> None:
        kill(friends, "create_batch", {"+12025550101": person(9)})
        (file,) = journal_files(friends)
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700
        text = f"{file}{file.read_text()}"
        assert "2025550101" not in text
        assert "2020000009" not in text
        assert "Surname" not in text

    def test_it_goes_once_the_state_has_recorded_its_run(self, friends: Set) -> None:
        friends.up(people(2))
        assert len(journal_files(friends)) == 1
        friends.up(people(2))
        assert journal_files(friends) == []
        friends.up(people(3))
        friends.destroy()  # the engine may yet die before it has recorded that
        assert len(journal_files(friends)) == 1
        friends.up({})
        assert journal_files(friends) == []

    def test_journals_of_sets_targets_and_emulators_are_kept_apart(self, tmp_path: Path) -> None:
        def folder(urn: str, origin: str) -> Path:
            journals = JournalFolder(tmp_path, urn, TARGET, origin=origin, secret=b"k", tell=lambda _: None)
            _, journal = journals.open(1.0, "")
            journal.begin(lambda call: Changing(call, ContactId("x")))
            journal.close()
            return next(path.parent for path in sorted(tmp_path.rglob("*.jsonl"), key=os.path.getmtime, reverse=True))

        places = [("a", ""), ("b", ""), ("a", "http://127.0.0.1:1")]
        for urn, origin in places:
            folder(urn, origin)
        assert len({path.parent for path in tmp_path.rglob("*.jsonl")}) == len(places)


class TestWithoutRoom:
    def test_nothing_is_sent_that_cannot_be_written_down(self, friends: Set, sinch: Sinch) -> None:
        friends.journals.write_text("a file where the folder should be")
        outcome = friends.up(people(3))
        assert outcome.incomplete
        assert "cannot be written" in outcome.incomplete.message
        assert writes(sinch.calls()) == {}
        friends.journals.unlink()
        assert friends.up(people(3)).incomplete is None

    def test_a_full_disk_ends_the_run_and_what_was_confirmed_is_recorded(
        self, friends: Set, sinch: Sinch, monkeypatch: pytest.MonkeyPatch
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

    def test_after_half_a_line_nothing_more_is_written(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_stopped_run_sends_nothing_more_and_the_next_goes_on(make_set: Callable[..., Set], sinch: Sinch) -> None:
    friends = make_set()
    api = friends.api
    friends.api = Mortal(api, Nth("create_batch", 2), friends.interruption.ask, applied=True)  # type: ignore[assignment]
    outcome = friends.up(people(3500))
    assert outcome.incomplete
    assert "The run was interrupted." in outcome.incomplete.message
    assert writes(sinch.calls()) == {"batch_create": 2}
    assert {entry.status for entry in friends.record.values()} == {Status.CREATING}
    friends.api, friends.interruption = api, Interruption()
    assert friends.up(people(3500)).incomplete is None
    assert writes(sinch.calls()) == {"batch_create": 2}
    assert len(sinch.by_external_id()) == 3500
