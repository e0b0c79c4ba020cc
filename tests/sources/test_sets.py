"""Sets of several files, and sets given in Python."""

import os
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

import pytest

from sinch_contacts import sources
from sinch_contacts.core.contact.channels import Channel
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, Key
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.sources.formats.registry import MEBIBYTE

Told = Callable[[dict[str, str | bytes]], list[str]]
Project = Callable[[dict[str, str | bytes]], Path]


def line(number: int, external_id: str = "") -> str:
    name = f', "external_id": "{external_id}"' if external_id else ""
    return f'{{"channel_identities": [{{"channel": "SMS", "identity": "1202555{number:04}"}}], "language": "EN"{name}}}'


def told_of(root: Path, *patterns: str) -> list[str]:
    with pytest.raises(sources.InvalidContactFiles) as caught:
        sources.load(patterns, root)
    return [str(issue) for issue in caught.value.issues]


def test_several_patterns_make_one_set_sorted_by_key_and_each_file_is_read_once(project: Project) -> None:
    root = project(
        {
            "b/x.jsonl": line(1, "zoe"),
            "b/c/y.JSON": f'{{"contacts": [{line(2, "Émile")}]}}',
            "a.csv": "external_id,language,SMS\nanna,EN,12025550003\n",
            "notes.txt": "not a contact file",
        },
    )
    loaded = sources.read(["b/**/*.*", "b/x.jsonl", str(root / "a.csv"), "b/../a.csv"], root)
    assert [(contact.key, contact.file) for contact in loaded.contacts] == [
        ("anna", "a.csv"),
        ("zoe", "b/x.jsonl"),
        ("Émile", "b/c/y.JSON"),
    ]
    assert loaded.files == ("b/c/y.JSON", "b/x.jsonl", "a.csv")


def test_no_patterns_are_no_contacts(tmp_path: Path) -> None:
    assert sources.load([], tmp_path) == ()


def test_a_file_whose_name_looks_like_a_glob_is_found_by_its_name(project: Project) -> None:
    root = project({"a[1].jsonl": line(1, "a")})
    assert [contact.file for contact in sources.load(["a[1].jsonl"], root)] == ["a[1].jsonl"]


def test_all_problems_of_all_files_are_told_at_once_in_the_order_of_the_files(told: Told) -> None:
    lines = told(
        {
            "b.jsonl": "{}\n5",
            "a.yaml": "contacts: [",
            "c.csv": "x,email\n",
            "d.json": "{}",
            "none.yaml/e.yaml": "",
        },
    )
    assert [text.split(": ")[0] for text in lines] == [
        "b.jsonl:1:1",
        "b.jsonl:2:1",
        "a.yaml:2:1",
        "c.csv:1:1",
        "c.csv:1:1",
        "c.csv:1:1",
        "d.json:1:1",
        "none.yaml/e.yaml:1:1",
    ]


def test_what_is_no_contact_file_is_told(project: Project, tmp_path: Path) -> None:
    root = project({"folder.yaml/a.txt": "", "real.jsonl": ""})
    os.mkfifo(root / "pipe.yaml")
    (root / "dangling.yaml").symlink_to("nowhere.yaml")
    (root / "circle.yaml").symlink_to("circle.yaml")
    assert told_of(
        root,
        "missing.yaml",
        "no/*.yaml",
        "folder.yaml",
        "folder.yaml/a.txt",
        "pipe.yaml",
        "dangling.yaml",
        "a\0b/*",
        "circle.yaml",
        "x" * 5000,
    ) == [
        "missing.yaml: there is no such file; correct the path, which begins at the project's folder",
        "no/*.yaml: no file matches this; correct the path, which begins at the project's folder",
        "folder.yaml: this is a folder; write a pattern such as contacts/*.yaml",
        "folder.yaml/a.txt: the ending of this file is unknown; use one of .yaml, .yml, .json, .jsonl, .ndjson, .csv",
        "pipe.yaml: this is no ordinary file; correct the path",
        "dangling.yaml: this is no ordinary file; correct the path",
        "a\\x00b/*: no file matches this; correct the path, which begins at the project's folder",
        "circle.yaml: this is no ordinary file; correct the path",
        f"{'x' * 5000}: there is no such file; correct the path, which begins at the project's folder",
    ]


def test_a_file_outside_the_project_is_refused_however_it_is_reached(project: Project, tmp_path: Path) -> None:
    root = project({"a.jsonl": line(1, "a")})
    outside = tmp_path / "outside.jsonl"
    outside.write_text(line(2, "b"))
    (root / "link.jsonl").symlink_to(outside)
    message = "the file is outside the project's folder; move it there, or set allow_outside"
    assert told_of(root, "link.jsonl") == [f"link.jsonl: {message}"]
    assert told_of(root, "../outside.jsonl") == [f"{outside.as_posix()}: {message}"]
    loaded = sources.load(["*.jsonl", "../outside.jsonl"], root, allow_outside=True)
    assert [(contact.key, contact.file) for contact in loaded] == [("a", "a.jsonl"), ("b", "link.jsonl")]


def test_a_file_that_is_not_utf8_is_told_with_the_line_of_the_wrong_byte(told: Told) -> None:
    assert told(
        {"a.yaml": b"\xef\xbb\xbfcontacts: {}\n# caf\xe9\n", "b.json": '{"contacts": {}}'.encode("utf-16")}
    ) == [
        "a.yaml:2:6: this is not UTF-8; save the file in that encoding",
        "b.json:1:1: this is not UTF-8; save the file in that encoding",
    ]


def test_a_file_that_cannot_be_read_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    root = project({"a.jsonl": line(1)})
    with monkeypatch.context() as patched:
        patched.setattr(os, "open", denied)
        told = told_of(root, "a.jsonl")
    assert told == ["a.jsonl: the file cannot be read (Permission denied); correct that"]


def test_a_file_above_the_size_limit_is_told_before_it_is_read(project: Project) -> None:
    root = project({"a.yaml": ""})
    os.truncate(root / "a.yaml", 65 * MEBIBYTE)
    assert told_of(root, "a.yaml") == [
        "a.yaml: the file has 65 MiB, and 64 are allowed; split it, or use JSON Lines",
    ]


def test_keys_that_are_equal_after_normalisation_are_told_with_both_places(told: Told) -> None:
    composed, decomposed = "\u00e9", "e\u0301"
    assert told(
        {
            "a.jsonl": f"{line(1, composed)}\n{line(2)}\n{line(2, 'x')}",
            "b.yaml": f'contacts:\n  "{decomposed} ": {line(4)}\n  "SMS:+12025550002": {line(5)}\n',
            "c.jsonl": line(1, "y") + "\n" + line(6, "SMS:12025550002"),
        },
    ) == [
        (
            "a.jsonl:3:56: channel_identities[0].identity:"
            " SMS:···02 belongs to SMS:···02 in a.jsonl:2 already; give each identity to one contact"
        ),
        f'b.yaml:2:3: contacts["{decomposed} "]: this is the same key as {composed} in a.jsonl:1; keep one of the two',
        'b.yaml:3:3: contacts["SMS:···02"]: this is the same key as SMS:···02 in a.jsonl:2; keep one of the two',
        (
            "c.jsonl:1:56: channel_identities[0].identity:"
            f" SMS:···01 belongs to {composed} in a.jsonl:1 already; give each identity to one contact"
        ),
        "c.jsonl:2:106: external_id: this is the same key as SMS:···02 in a.jsonl:2; keep one of the two",
    ]


def test_two_contacts_that_are_keyed_by_the_same_identity_are_told_once(told: Told) -> None:
    assert told({"a.jsonl": f"{line(1)}\n{line(1)}"}) == [
        "a.jsonl:2:1: this is the same key as SMS:···01 in a.jsonl:1; keep one of the two",
    ]


def test_a_very_long_key_is_cut_in_what_is_told_of_it(told: Told) -> None:
    for letter in ("k", "\u202e"):
        key = letter * 3000
        for same in (line(1, "other"), line(2, key)):
            (issue,) = told({"a.jsonl": f"{line(1, key)}\n{same}\n"})
            assert len(issue) < 300
            assert "…" in issue


def test_an_app_sets_identities_apart_only_where_the_channel_has_apps(told: Told) -> None:
    text = """\
contacts:
  a: {channel_identities: [{channel: LINE, identity: u, app_id: A}], language: EN}
  b: {channel_identities: [{channel: LINE, identity: u, app_id: B}], language: EN}
  c: {channel_identities: [{channel: TELEGRAM, identity: u, app_id: A}], language: EN}
  d: {channel_identities: [{channel: RCS, identity: "1202555"}, {channel: TELEGRAM, identity: u}], language: EN}
"""
    (issue,) = told({"a.yaml": text})
    assert issue.startswith(
        "a.yaml:5:95: contacts.d.channel_identities[1].identity: TELEGRAM:··· belongs to c in a.yaml:4"
    )


def test_the_error_lists_fifty_problems_and_counts_the_rest(project: Project) -> None:
    root = project({"a.jsonl": "{}\n" * 67})
    with pytest.raises(ContactsError) as caught:
        sources.load(["a.jsonl"], root)
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("The contact files have 67 problems, and nothing was done.")
    assert lines[1] == "a.jsonl:1:1: this lacks channel_identities and language; add them"
    assert len(lines) == 52
    assert lines[-1] == "and 17 more"


def test_a_mapping_in_python_follows_the_same_rules() -> None:
    contacts = {
        "b": {
            "channel_identities": ({"channel": Channel.SMS, "identity": "+12025550001"},),
            "language": "EN",
            "metadata": {1: "one"},
        },
        "a": Contact((ChannelIdentity("RCS", "12025550002"),), "DE"),
    }
    assert sources.from_mapping(contacts) == (
        DesiredContact(
            Key("a"), Contact((ChannelIdentity("RCS", "12025550002"),), "DE", external_id="a"), "contacts", 0
        ),
        DesiredContact(
            Key("b"),
            Contact((ChannelIdentity("SMS", "12025550001"),), "EN", external_id="b", metadata='{"1":"one"}'),
            "contacts",
            0,
        ),
    )


def test_what_is_wrong_with_a_contact_object_is_told_alone() -> None:
    with pytest.raises(sources.InvalidContactFiles) as caught:
        sources.from_mapping({"a": Contact((ChannelIdentity("SMS", "12025550001"),), "XX", ("SMS",))})
    assert [str(issue) for issue in caught.value.issues] == [
        'contacts: a.language: there is no language "XX"; use a code such as EN or EN_US'
    ]


@pytest.mark.parametrize("depth", [10, 400, *range(900, 1000, 4), 2000])
@pytest.mark.parametrize("field", ["metadata", "unknown", "language"])
def test_nothing_that_is_nested_deeply_gets_through_or_breaks_anything(field: str, depth: int) -> None:
    nested: object = "x" * 1024
    for _ in range(depth):
        nested = {"a": nested}
    identities = [{"channel": "SMS", "identity": "12025550001"}]
    with pytest.raises(sources.InvalidContactFiles):
        sources.from_mapping({"a": {"channel_identities": identities, "language": "EN", field: nested}})


def test_a_wrong_mapping_in_python_is_told_by_path() -> None:
    endless: list[object] = []
    endless.append(endless)
    identity = {"channel": "SMS", "identity": "12025550001"}
    contacts: dict[object, object] = {
        "a": {"channel_identities": [identity], "language": "XX"},
        "b": {"channel_identities": [identity], "language": "EN"},
        "c": {"channel_identities": [identity], "language": "EN"},
        "d": {
            "channel_identities": [{"channel": "RCS", "identity": "12025550001"}],
            "language": "EN",
            "metadata": {"n": float("inf")},
        },
        "e": {"x": object()},
        "f": MappingProxyType({}),
        "g": endless,
        5: {},
    }
    with pytest.raises(sources.InvalidContactFiles) as caught:
        sources.from_mapping(contacts)  # type: ignore[arg-type]  # users do such things
    assert sorted(str(issue) for issue in caught.value.issues) == [
        "contacts: a key is a text; one is of Python type int",
        'contacts: a.language: there is no language "XX"; use a code such as EN or EN_US',
        (
            "contacts: c.channel_identities[0].identity:"
            " SMS:···01 belongs to b in contacts already; give each identity to one contact"
        ),
        "contacts: d.metadata: this holds a number that JSON does not know; put it in quotes",
        "contacts: e: this holds something else; use texts, numbers, lists and mappings alone",
        "contacts: f: this holds something else; use texts, numbers, lists and mappings alone",
        "contacts: g: this is nested too deeply; use texts, numbers, lists and mappings alone",
    ]
