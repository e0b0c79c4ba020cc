"""Undo bundles: written before anything is lost, read for ever, and removed when their time is over."""

import json
from pathlib import Path

import pytest

from apply.conftest import TARGET, Set, VirtualClock
from apply.endings import kill
from outside import Sinch, people, person
from sinch_contacts.apply.undo import Kept, UndoFolder, UndoUnwritable, UnreadableBundle, read_bundle, remove_outdated
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, Key

DAY = 86_400
HEAD = b'{"type":"head","set":"a","project_id":"p","region":"eu","at":1,"until":2,"version":%d}\n'
WITHOUT_UNTIL = b"""\
{"type":"head","set":"friends","project_id":"test-project","region":"eu","at":1800000000,"version":1}
{"type":"contact","key":"ann","id":"01OLD","contact":{"channel_identities":[{"channel":"SMS","identity":"12020000001"}]\
,"language":"EN_US","channel_priority":[],"display_name":"Ann","email":"","external_id":"ann","metadata":""}}
{"type":"contact","key":"bob","id":"02OLD","contact":{"channel_identities":[{"channel":"SMS","identity":"12020000002"}]\
,"language":"DE","display_name":"Bob"},"fields":["display_name"]}
"""
"""A bundle of the first writer, byte for byte: it told neither until when it was kept nor what was replaced."""


def kept(name: str, *fields: str) -> Kept:
    contact = Contact((ChannelIdentity("SMS", "12020000001"),), "EN_US", (), name, "", name, "")
    return Kept(Key(name), ContactId(f"id-{name}"), contact, fields)


def folder(path: Path, clock: VirtualClock, days: float = 30) -> UndoFolder:
    return UndoFolder(path, "friends", TARGET, days, clock.now)


class TestWriting:
    def test_the_bundle_is_there_before_the_contacts_are_deleted(
        self, friends: Set, sinch: Sinch, tmp_path: Path
    ) -> None:
        friends.up(people(3))
        friends.undo = undo = folder(tmp_path / "undo", friends.clock)
        kill(friends, "delete_batch", {}, applied=False)
        assert len(sinch.contacts()) == 3
        assert undo.bundle
        bundle = read_bundle(undo.bundle.read_bytes())
        assert {entry.id for entry in bundle.deleted} == {contact["id"] for contact in sinch.contacts()}

    def test_the_bundle_is_there_before_a_contact_is_changed(self, friends: Set, sinch: Sinch, tmp_path: Path) -> None:
        friends.up(people(1))
        friends.undo = undo = folder(tmp_path / "undo", friends.clock)
        kill(friends, "update", {"person-00001": person(1, display_name="New")}, applied=False)
        assert sinch.contacts()[0]["display_name"] == "Person 1 Surname"
        assert undo.bundle
        (entry,) = read_bundle(undo.bundle.read_bytes()).changed
        assert (entry.fields, entry.contact.display_name) == (("display_name",), "Person 1 Surname")

    def test_what_one_run_keeps_is_one_file_with_one_head(self, tmp_path: Path, clock: VirtualClock) -> None:
        undo = folder(tmp_path, clock)
        undo.keep([kept("ann")])
        clock.sleep(60)
        undo.keep([kept("bob", "email"), kept("cid")])
        assert [path.name for path in tmp_path.iterdir()] == ["2027-01-15T08-00-00-000000Z.undo.jsonl"]
        assert undo.bundle
        bundle = read_bundle(undo.bundle.read_bytes())
        assert (bundle.head.at, bundle.head.until) == (1_800_000_000, 1_800_000_000 + 30 * DAY)
        assert (bundle.deleted, bundle.changed) == ((kept("ann"), kept("cid")), (kept("bob", "email"),))

    @pytest.mark.parametrize(("days", "contacts"), [(0, [kept("ann")]), (30, [])])
    def test_where_nothing_is_to_be_kept_no_file_appears(
        self, tmp_path: Path, clock: VirtualClock, days: float, contacts: list[Kept]
    ) -> None:
        undo = folder(tmp_path / "undo", clock, days)
        undo.keep(contacts)
        assert (undo.bundle, undo.is_on, (tmp_path / "undo").exists()) == (None, days > 0, False)

    def test_after_a_failure_the_next_file_has_a_head(self, tmp_path: Path, clock: VirtualClock) -> None:
        undo = folder(tmp_path / "undo", clock)
        (tmp_path / "undo").write_text("a file where the folder should be")
        with pytest.raises(
            UndoUnwritable, match=r"cannot be written \(.+\); nothing was deleted or changed .* Make room"
        ):
            undo.keep([kept("ann")])
        (tmp_path / "undo").unlink()
        undo.keep([kept("ann")])
        assert undo.bundle
        assert read_bundle(undo.bundle.read_bytes()).deleted == (kept("ann"),)


class TestReading:
    def test_a_bundle_of_the_first_writer_is_read(self) -> None:
        bundle = read_bundle(WITHOUT_UNTIL)
        assert (bundle.head.set, bundle.head.at, bundle.head.until) == ("friends", 1_800_000_000, None)
        assert [(entry.key, entry.contact.display_name) for entry in bundle.deleted] == [("ann", "Ann")]
        assert [(entry.key, entry.fields) for entry in bundle.changed] == [("bob", ("display_name",))]

    def test_what_a_later_version_adds_is_passed_over(self) -> None:
        head = {**json.loads(HEAD % 1), "new": [1]}
        assert read_bundle(json.dumps(head).encode() + b"\n").head.set == "a"

    def test_half_a_line_at_the_end_is_left_out(self) -> None:
        assert read_bundle(HEAD % 1 + b'{"type":"cont').deleted == ()

    @pytest.mark.parametrize("content", [b"", b"{}\n", b"\x00\n", b"\xff\xfe\n", HEAD % 1 + b"{}\n"])
    def test_what_is_no_bundle_is_refused(self, content: bytes) -> None:
        with pytest.raises(UnreadableBundle, match=r"no undo bundle, or a damaged one\. Name a file that ends in"):
            read_bundle(content)

    def test_a_later_version_is_refused_and_says_what_reads_it(self) -> None:
        with pytest.raises(
            UnreadableBundle, match=r"has version 2, .* reads version 1\. Use the version .* or a later"
        ):
            read_bundle(HEAD % 2)


class TestRemoving:
    def test_bundles_of_all_sets_stay_until_their_time_is_over(self, tmp_path: Path, clock: VirtualClock) -> None:
        for name, days in (("short", 1), ("long", 2)):
            folder(tmp_path / name, clock, days).keep([kept("ann")])
        began = clock.now()
        remove_outdated(tmp_path, began + DAY)
        assert len(list(tmp_path.rglob("*.undo.jsonl"))) == 2
        remove_outdated(tmp_path, began + DAY + 1)
        assert [path.parent.name for path in tmp_path.rglob("*.undo.jsonl")] == ["long"]

    def test_what_tells_no_time_or_is_no_bundle_stays(self, tmp_path: Path) -> None:
        (tmp_path / "friends").mkdir()
        for name, content in {"first": WITHOUT_UNTIL, "torn": b'{"type":"head","se', "empty": b""}.items():
            (tmp_path / "friends" / f"{name}.undo.jsonl").write_bytes(content)
        (tmp_path / "friends" / "other.jsonl").write_bytes(HEAD % 1)
        remove_outdated(tmp_path, 1e12)
        assert len(list((tmp_path / "friends").iterdir())) == 4
