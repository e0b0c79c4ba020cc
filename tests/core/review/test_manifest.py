"""The manifest: a line for each contact, which reveals nobody."""

import json

import msgspec
from hypothesis import assume, given

from sinch_contacts.core.contact.channels import Channel
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, Key
from sinch_contacts.core.contact.desired import (
    DesiredContact,
    desired_set,
)
from sinch_contacts.core.contact.digest import contact_digest
from sinch_contacts.core.review.manifest import UNKNOWN, make_manifest
from strategies import contacts, desired_rows

SECRET = b"secret"


ALICE = Contact((ChannelIdentity("SMS", "12025550101"),), "EN_US", display_name="Alice", external_id="alice")


def lines(manifest: str) -> list[str]:
    entries = json.loads(manifest)
    return [f"{line}  {value}".rstrip() for line, value in entries.items()]


@given(desired_rows())
def test_the_manifest_has_a_line_for_each_contact_and_reveals_nobody(rows: list[DesiredContact]) -> None:
    text = make_manifest(desired_set(rows), SECRET)
    assert len(json.loads(text)) == len(rows)
    keys = {row.key for row in rows}
    for row in rows:
        personal = [identity.identity for identity in row.contact.channel_identities]
        personal += [row.contact.display_name or "", row.contact.email or "", row.contact.metadata or ""]
        for value in personal:
            if len(value) > 8 and value not in Channel.__members__ and not any(value in key for key in keys):
                assert value not in text


@given(desired_rows(), contacts)
def test_one_changed_contact_changes_one_line(rows: list[DesiredContact], other: Contact) -> None:
    assume(rows)
    changed = msgspec.structs.replace(rows[0], contact=other)
    assume(contact_digest(other) != contact_digest(rows[0].contact))
    before = lines(make_manifest(desired_set(rows), SECRET))
    after = lines(make_manifest(desired_set([changed, *rows[1:]]), SECRET))
    assert sum(one != two for one, two in zip(before, after, strict=True)) == 1


def test_the_manifest_of_known_unknown_and_revealed_contacts() -> None:
    carla = Contact((ChannelIdentity("LINE", "u12345", "APP"),), "EN", ("LINE",), email="c@example.com")
    wanted = desired_set(
        [DesiredContact(Key("alice"), ALICE, "a", 1), DesiredContact(Key("+12025550102"), carla, "a", 2)], [Key("zoe")]
    )
    masked = lines(make_manifest(wanted, SECRET))
    assert masked[0].startswith("···02~")
    assert masked[1].startswith("alice  SMS:···01  EN_US  #")
    assert masked[2] == f"zoe  {UNKNOWN}"
    assert lines(make_manifest(wanted, b"other"))[1] != masked[1]
    assert lines(make_manifest(wanted, SECRET, reveal=True)) == [
        "+12025550102  LINE:APP:u12345  EN  email='c@example.com'  channel_priority=LINE",
        "alice  SMS:12025550101  EN_US  display_name='Alice'",
        f"zoe  {UNKNOWN}",
    ]
    assert lines(make_manifest(desired_set([]), SECRET)) == []


def test_no_line_of_a_manifest_is_so_wide_that_the_others_are_filled_up_to_it() -> None:
    many = tuple(ChannelIdentity("SMS", f"120255501{number:02}") for number in range(20))
    wanted = [
        DesiredContact(Key(name * 70), Contact(many, "EN", metadata=text * 900), "a", 1)
        for name in "xy"
        for text in "mn"
    ]
    for reveal in (False, True):
        found = [lines(make_manifest(desired_set([one]), SECRET, reveal=reveal))[0] for one in wanted]
        assert len(set(found)) == 4
        assert max(map(len, found)) < 160
    assert "SMS:···00 SMS:···01 SMS:···02 +17  EN" in lines(make_manifest(desired_set(wanted[:1]), SECRET))[0]


def test_a_line_that_begins_as_names_of_pulumi_s_own_do_is_shown() -> None:
    wanted = desired_set([DesiredContact(Key("__x"), ALICE, "a", 1)])
    assert lines(make_manifest(wanted, SECRET))[0].startswith(" __x  ")
