from collections.abc import Callable
from pathlib import Path

import pytest

from sinch_contacts import sources
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, Key
from sinch_contacts.core.contact.desired import DesiredContact

Told = Callable[[dict[str, str | bytes]], list[str]]
Project = Callable[[dict[str, str | bytes]], Path]

CONTACT = '{"channel_identities": [{"channel": "SMS", "identity": "+12025550123"}], "language": "EN_US"}'


def test_the_body_of_the_batch_create_call_is_a_contact_file(project: Project) -> None:
    body = '{"contacts":[{"channel_identities":[{"channel":"RCS","identity":"12025550123"}],"language":"EN_US"}]}'
    expected = DesiredContact(
        Key("RCS:12025550123"), Contact((ChannelIdentity("RCS", "12025550123"),), "EN_US"), "body.json", 1
    )
    assert sources.load(["body.json"], project({"body.json": body})) == (expected,)


def test_a_map_with_a_byte_order_mark_and_windows_line_ends_is_read(project: Project) -> None:
    text = f'\ufeff{{\r\n"$schema": "x",\r\n"contacts": {{\r\n"a":\r\n{CONTACT}}}}}\r\n'
    (contact,) = sources.load(["a.json"], project({"a.json": text}))
    assert (contact.key, contact.file, contact.line) == ("a", "a.json", 4)


def test_json_lines_skip_blank_lines_and_know_their_numbers(project: Project) -> None:
    root = project({"a.ndjson": f"\n{CONTACT}\r\n\n{CONTACT.replace('123', '124')}"})
    assert [contact.line for contact in sources.load(["a.ndjson"], root)] == [2, 4]


def test_a_line_separator_within_a_text_does_not_end_a_json_line(project: Project) -> None:
    root = project({"a.jsonl": CONTACT[:-1] + ', "display_name": "a\u2028b"}'})
    (contact,) = sources.load(["a.jsonl"], root)
    assert contact.contact.display_name == "a\u2028b"


@pytest.mark.parametrize(
    ("text", "issue"),
    [
        ("", '1:1: this is not valid JSON: the file is empty, write {"contacts": {}} for no contacts'),
        ("[]", "1:1: this is not valid JSON: Expecting '{'"),
        ('{"contacts": [', "1:15: this is not valid JSON: Expecting value"),
        ('{"contacts": {}', "1:16: this is not valid JSON: Expecting '}'"),
        ('{"contacts": {},}', "1:17: this is not valid JSON: Expecting a key in double quotes"),
        ('{"contacts": {}}\n x', "2:2: this is not valid JSON: Extra data"),
        ('{"contacts": 5}', "1:14: contacts: this is a number, and a mapping or a list is wanted"),
        ('{"contacts": null}', '1:14: contacts: the file has no contacts; write "contacts: {}" for none'),
        (
            '{"contacts": {},\n "version": 1, "version": 1}',
            "2:16: version: this key is here a second time, first on line 2; keep one",
        ),
        (
            '{"contacts": {}, "defaults": {"metadata": {"a": [1, NaN]}}}',
            "1:53: defaults.metadata.a[1]: this number is none that JSON knows or is too large; put it in quotes",
        ),
        (
            '{"contacts": {}, "defaults": {"metadata": {"a": 1e999}}}',
            "1:49: defaults.metadata.a: this number is none that JSON knows or is too large; put it in quotes",
        ),
        (
            '{"contacts": {}, "defaults": {"metadata": {"a": -' + "9" * 5000 + "}}}",
            "1:49: defaults.metadata.a: this number is none that JSON knows or is too large; put it in quotes",
        ),
        (
            '{"contacts": {}, "defaults": {"language": "EN", "email": "\\ud800"}}',
            "1:1: this holds half a character (a lone surrogate such as \\ud800); take it out",
        ),
        (
            '{"contacts": {"\\ud800": {}}}',
            '1:15: contacts["\\ud800"]: this lacks channel_identities and language; add them',
        ),
        ('{"contacts": {}, "defaults": ' + "[" * 100_000, "1:30: this is nested too deeply; make it flatter"),
    ],
)
def test_a_broken_file_is_told_with_line_and_column(told: Told, text: str, issue: str) -> None:
    assert told({"a.json": text}) == [f"a.json:{issue}"]


def test_duplicate_keys_are_told_at_every_depth(told: Told) -> None:
    text = (
        '{"contacts": {\n"a": {"channel_identities": [{"channel": "SMS", "identity": "12025550123", '
        '"channel": "SMS"}],\n'
        f'"language": "EN", "email": "x",\n"email": "y"}},\n"a": {CONTACT.replace("123", "124")}}}}}'
    )
    assert told({"a.json": text}) == [
        f"a.json:{place}: this key is here a second time, first on line {first}; keep one"
        for place, first in (
            ("2:76: contacts.a.channel_identities[0].channel", 2),
            ("4:1: contacts.a.email", 3),
            ("5:1: contacts.a", 2),
        )
    ]


def test_a_broken_line_of_json_lines_leaves_the_other_lines_readable(told: Told) -> None:
    lines = ['{"a": ', CONTACT, "{} {}", '{"language": 5, "language": 5}', "[" * 100_000, "5"]
    assert told({"a.jsonl": "\n".join(lines)}) == [
        "a.jsonl:1:7: this is not valid JSON: Expecting value",
        "a.jsonl:3:4: this is not valid JSON: Extra data",
        "a.jsonl:4:1: this lacks channel_identities; add it",
        "a.jsonl:4:14: language: this is a number, and a text is wanted; put it in quotes",
        "a.jsonl:4:17: language: this key is here a second time, first on line 4; keep one",
        "a.jsonl:5:1: this is nested too deeply; make it flatter",
        "a.jsonl:6:1: this is a number, and a mapping is wanted",
    ]


def test_a_thousand_levels_of_an_unknown_field_are_told_and_not_a_crash(told: Told) -> None:
    deep = "[" * 900 + "]" * 900
    assert len(told({"a.jsonl": CONTACT[:-1] + f', "deep": {deep}}}'})) == 1


def test_metadata_that_is_nested_deeply_is_told(told: Told) -> None:
    deep = '{"a":' * 600 + "1" + "}" * 600
    (line,) = told({"a.jsonl": CONTACT[:-1] + f', "metadata": {deep}}}'})
    assert "metadata: this " in line
