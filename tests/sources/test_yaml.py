from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from sinch_contacts import sources
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, Key
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.sources.formats.yaml import yaml_document, yaml_values

Told = Callable[[dict[str, str | bytes]], list[str]]
Project = Callable[[dict[str, str | bytes]], Path]

IDENTITY = 'channel_identities: [{channel: SMS, identity: "+12025550123"}]'


def test_a_map_is_read_with_defaults_lines_and_metadata_as_json(project: Project) -> None:
    root = project(
        {
            "friends.yaml": """\
version: 1
contacts:
  zoe:
    channel_identities:
      - {channel: MESSENGER, identity: z1, app_id: 01APP}
    metadata: {tier: gold, size: 2, "ünï": true, ratio: 0.5, none: null}
  "al ice":
    channel_identities:
      - channel: SMS
        identity: "+12025550123"
    language: DE
    display_name: ""
defaults:
  language: EN_US
  channel_priority: [SMS, WHATSAPP]
""",
        },
    )
    priority = ("SMS", "WHATSAPP")
    assert sources.load(["friends.yaml"], root) == (
        DesiredContact(
            Key("al ice"),
            Contact((ChannelIdentity("SMS", "12025550123"),), "DE", priority, "", external_id="al ice"),
            "friends.yaml",
            7,
        ),
        DesiredContact(
            Key("zoe"),
            Contact(
                (ChannelIdentity("MESSENGER", "z1", "01APP"),),
                "EN_US",
                priority,
                external_id="zoe",
                metadata='{"none":null,"ratio":0.5,"size":2,"tier":"gold","ünï":true}',
            ),
            "friends.yaml",
            3,
        ),
    )


def test_a_list_is_keyed_by_external_id_or_else_by_first_identity(project: Project) -> None:
    root = project(
        {
            "a.yml": f"""\
contacts:
- {IDENTITY}
  language: EN
- external_id: bob
  channel_identities: [{{channel: LINE, identity: l, app_id: A}}]
  language: EN
- external_id: ""
  channel_identities: [{{channel: LINE, identity: m, app_id: A}}]
defaults: {{language: EN}}
""",
        },
    )
    loaded = sources.load(["a.yml"], root)
    assert [(contact.key, contact.contact.external_id, contact.line) for contact in loaded] == [
        ("LINE:A:m", None, 7),
        ("SMS:12025550123", None, 2),
        ("bob", "bob", 4),
    ]


@pytest.mark.parametrize("scalar", ["12025550123", "+12025550123"])
def test_an_unquoted_phone_number_is_refused(told: Told, scalar: str) -> None:
    text = f"contacts:\n  a:\n    channel_identities:\n    - channel: SMS\n      identity: {scalar}\n    language: EN\n"
    assert told({"a.yaml": text}) == [
        (
            "a.yaml:5:17: contacts.a.channel_identities[0].identity:"
            " this is a number, and a text is wanted; put it in quotes"
        ),
    ]


@pytest.mark.parametrize(
    "scalar", ["2024-01-01", "0801234567", "0123", "1_000", "0x1F", "0o17", "1e3", "12:30:45", ".nan"]
)
def test_a_scalar_that_yaml_programs_disagree_on_is_refused(told: Told, scalar: str) -> None:
    text = f"contacts:\n  a:\n    {IDENTITY}\n    language: EN\n    metadata: {{since: {scalar}}}\n"
    assert told({"a.yaml": text}) == [
        (
            "a.yaml:5:23: contacts.a.metadata.since:"
            " this without quotes means different things to different YAML programs; put it in quotes"
        ),
    ]


def test_an_unquoted_no_is_refused_where_it_stands(told: Told) -> None:
    text = f"contacts:\n  a:\n    {IDENTITY}\n    language: NO\n"
    assert told({"a.yaml": text}) == [
        (
            "a.yaml:4:15: contacts.a.language:"
            ' "NO" without quotes means different things to different YAML programs; put it in quotes'
        ),
    ]


@pytest.mark.parametrize("key", ["1001", "yes", "null", "2024-01-01", "<<"])
def test_a_key_that_is_not_read_as_text_is_refused(told: Told, key: str) -> None:
    (line,) = told({"a.yaml": f"contacts:\n  {key}:\n    {IDENTITY}\n    language: EN\n"})
    assert line.startswith("a.yaml:2:3: contacts")
    assert line.endswith("this key is not read as a text by every YAML program; put it in quotes")


@pytest.mark.parametrize(
    ("text", "issue"),
    [
        ("", '1:1: the file is empty; write "contacts: {}" for no contacts'),
        ("# nothing\n", '1:1: the file is empty; write "contacts: {}" for no contacts'),
        ("- a\n", '1:1: the file must begin with fields; put the contacts under "contacts:"'),
        ("contacts:\n", 'a.yaml:1:10: contacts: the file has no contacts; write "contacts: {}" for none'),
        ("contacts: x\n", "1:11: contacts: this is a text, and a mapping or a list is wanted"),
        ("version: 1\n", "1:1: this lacks contacts; add it"),
        ("version: 2\ncontacts: {}\n", "1:10: version: this version is not known; this program reads version 1"),
        ("contacts: {}\ncontact: {}\n", '2:1: contact: there is no field "contact"; did you mean contacts?'),
        ("contacts: {}\ndefaults: []\n", "2:11: defaults: this is a list, and a mapping is wanted"),
        ("contacts: {}\n---\ncontacts: {}\n", "2:1: this begins a second document; keep one document a file"),
        (
            "contacts: {}\nversion: 1\nversion: 1\n",
            "3:1: version: this key is here a second time, first on line 2; keep one",
        ),
        ("contacts: {}\n? [a]\n: b\n", "2:3: a key is a text; this is something else"),
        (
            "&x contacts: {}\n",
            "1:1: anchors are not read; write the value without one, and use defaults to share",
        ),
        ("contacts: {}\ndefaults: *x\n", "2:11: defaults: aliases are not read; write the value out"),
        (
            "contacts: {}\ndefaults: &x {}\n",
            "2:11: defaults: anchors are not read; write the value without one, and use defaults to share",
        ),
        ("contacts: {}\ndefaults: !!map {}\n", "2:11: defaults: tags are not read; write the value without one"),
        ("contacts: {a: ]\n", "1:15: this is not valid YAML: did not find expected node content"),
        ("contacts:\n\ta: b\n", "2:1: this is not valid YAML: found character that cannot start any token"),
        ("contacts: \x07\n", "1:11: this character is not allowed; take it out"),
        (
            "contacts: {}\ndefaults: {metadata: " + "[" * 40 + "]" * 40 + "}\n",
            "2:53: this is nested deeper than 32 levels; make it flatter",
        ),
        (
            "contacts: {}\ndefaults: {metadata: {a: " + "x" * 1024 + "}}\n",
            "2:22: defaults.metadata: this has 1,032 characters as compact JSON, and 1,024 are allowed; shorten it",
        ),
    ],
)
def test_a_broken_file_is_told_with_line_and_column(told: Told, text: str, issue: str) -> None:
    assert told({"a.yaml": text}) == ["a.yaml:" + issue.removeprefix("a.yaml:")]


def test_a_wrong_default_is_told_once_and_not_for_each_contact(told: Told) -> None:
    text = """\
defaults: {language: KLINGON}
contacts:
  a: {channel_identities: [{channel: SMS, identity: "+12025550123"}]}
  b: {channel_identities: [{channel: SMS, identity: "+12025550124"}]}
"""
    assert told({"a.yaml": text}) == [
        'a.yaml:1:22: defaults.language: there is no language "KLINGON"; use a code such as EN or EN_US',
    ]


def test_the_key_is_the_external_id_and_no_other_may_be_given(told: Told) -> None:
    text = f"""\
contacts:
  a:
    {IDENTITY}
    language: EN
    external_id: b
  "5":
    channel_identities: [{{channel: SMS, identity: "+12025550126"}}]
    language: EN
    external_id: 5
  " ":
    channel_identities: [{{channel: SMS, identity: "+12025550124"}}]
    language: EN
  "c\\x07":
    channel_identities: [{{channel: SMS, identity: "+12025550125"}}]
    language: EN
"""
    differs = "this differs from the contact's key, which is its external id; leave it out"
    assert told({"a.yaml": text}) == [
        f"a.yaml:5:18: contacts.a.external_id: {differs}",
        f"a.yaml:9:18: contacts.5.external_id: {differs}",
        'a.yaml:10:3: contacts[" "]: this key is empty; write the contact\'s external id',
        'a.yaml:13:3: contacts["c\\x07"]: this holds a control character or a line break; take it out',
    ]


def test_the_same_external_id_as_the_key_may_be_repeated(project: Project) -> None:
    root = project({"a.yaml": f"contacts:\n  a:\n    external_id: a\n    {IDENTITY}\n    language: EN\n"})
    assert [contact.key for contact in sources.load(["a.yaml"], root)] == ["a"]


def test_without_libyaml_the_same_is_read_and_told(monkeypatch: pytest.MonkeyPatch, told: Told) -> None:
    text = f"contacts:\n  a:\n    {IDENTITY}\n    language: NO\n  a: {{}}\n"
    quick = told({"a.yaml": text, "b.yaml": "contacts: \x07\n"})
    for module in (yaml_document, yaml_values):
        monkeypatch.setattr(module, "Loader", yaml.BaseLoader)
    assert told({"a.yaml": text, "b.yaml": "contacts: \x07\n"}) == quick
    assert len(quick) == 3
