"""Folders of journals: whom they trust, what they reveal, and when their files go."""

import os
import zlib
from pathlib import Path

import pytest

from apply.conftest import TARGET, Set
from apply.endings import kill
from outside import Sinch, people, person
from sinch_contacts.apply.journal.folder import JournalFolder
from sinch_contacts.apply.journal.lines import Changing, LaterJournal
from sinch_contacts.core.contact.contact import ContactId


def journal_files(contact_set: Set) -> list[Path]:
    return sorted(path for path in contact_set.journals.rglob("*") if path.is_file())


@pytest.mark.parametrize("spoil", ["damage", "foreign", "writable"])
def test_what_cannot_be_trusted_is_set_aside_and_told(friends: Set, sinch: Sinch, spoil: str) -> None:
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


def test_a_journal_of_a_later_version_stops_the_run_before_anything_is_sent(friends: Set, sinch: Sinch) -> None:
    kill(friends, "create_batch", people(3), applied=False)
    (file,) = journal_files(friends)
    written = file.read_bytes()
    later = b'{"type":"head","run":["another","form"],"version":3}'
    file.write_bytes(b"%08x %s\n" % (zlib.crc32(later), later) + written)
    sinch.calls()
    with pytest.raises(LaterJournal, match=r"version 3, and .* up to 2\. Run `pulumi up` once") as error:
        friends.up(people(3))
    assert error.value.version == 3
    assert sinch.calls() == {}
    file.write_bytes(written)
    assert friends.up(people(3)).incomplete is None
    assert len(sinch.by_external_id()) == 3


def test_a_journal_is_readable_by_its_owner_only_and_names_nobody(friends: Set) -> None:
    kill(friends, "create_batch", {"+12025550101": person(9)})
    (file,) = journal_files(friends)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    text = f"{file}{file.read_text()}"
    assert "2025550101" not in text
    assert "2020000009" not in text
    assert "Surname" not in text


def test_a_journal_goes_once_the_state_has_recorded_its_run(friends: Set) -> None:
    friends.up(people(2))
    assert len(journal_files(friends)) == 1
    friends.up(people(2))
    assert journal_files(friends) == []
    friends.up(people(3))
    friends.destroy()  # the engine may yet die before it has recorded that
    assert len(journal_files(friends)) == 1
    friends.up({})
    assert journal_files(friends) == []


def test_journals_of_sets_targets_and_emulators_are_kept_apart(tmp_path: Path) -> None:
    def folder(secret: bytes, origin: str) -> Path:
        journals = JournalFolder(tmp_path, "urn", TARGET, origin=origin, secret=secret, tell=lambda _: None)
        _, journal = journals.open(1.0, "")
        journal.begin(lambda call: Changing(call, ContactId("x")))
        journal.close()
        return next(path.parent for path in sorted(tmp_path.rglob("*.jsonl"), key=os.path.getmtime, reverse=True))

    places = [(b"a", ""), (b"b", ""), (b"a", "http://127.0.0.1:1"), (b"", "")]
    for secret, origin in places:
        folder(secret, origin)
    assert len({path.parent for path in tmp_path.rglob("*.jsonl")}) == len(places)
