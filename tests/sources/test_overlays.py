"""Overlays: what is different in one environment, laid over the base."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from referencing import Registry, Resource

from sinch_contacts import sources
from sinch_contacts.core.contact.contact import FIELDS, ChannelIdentity, Contact
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.sources.validation.schema import contact_set_schema

Files = dict[str, str | bytes]
Project = Callable[[Files], Path]

ROOT = Path(__file__).parents[2]
BASE = """\
defaults: {language: EN, email: all@example.com}
contacts:
  alice:
    display_name: Alice
    channel_identities: [{channel: SMS, identity: "+12025550001"}]
  bob:
    metadata: {tier: gold}
    channel_identities: [{channel: SMS, identity: "+12025550002"}]
"""
SMS = (ChannelIdentity("SMS", "12025550001"),)


def read(root: Path, *overlays: str, source: Sequence[str] = ("base.yaml",)) -> dict[str, DesiredContact]:
    return {row.key: row for row in sources.load(source, root, overlays=overlays)}


def told(root: Path, *overlays: str, source: Sequence[str] = ("base.yaml",)) -> list[str]:
    with pytest.raises(sources.InvalidContactFiles) as caught:
        sources.load(source, root, overlays=overlays)
    return [str(issue) for issue in caught.value.issues]


def test_an_overlay_replaces_whole_fields_takes_out_and_adds(project: Project) -> None:
    overlay = """\
defaults: {language: DE, metadata: of the overlay}
contacts:
  alice:
    display_name: null
    email: null
    metadata: {n: 1}
  bob: null
  carla:
    channel_identities: [{channel: SMS, identity: "+12025550003"}]
"""
    loaded = sources.read(["base.yaml"], project({"base.yaml": BASE, "over.yaml": overlay}), overlays=["over.yaml"])
    assert loaded.files == ("base.yaml", "over.yaml")
    assert [(row.contact, row.file, row.line) for row in loaded.contacts] == [
        (Contact(SMS, "EN", external_id="alice", metadata='{"n":1}'), "over.yaml", 3),
        (
            Contact((ChannelIdentity("SMS", "12025550003"),), "DE", external_id="carla", metadata="of the overlay"),
            "over.yaml",
            8,
        ),
    ]


def test_later_overlays_win_and_the_last_one_that_says_something_is_named(project: Project) -> None:
    root = project(
        {
            "base.yaml": BASE,
            "one.json": '{"contacts": {\n"alice": {"display_name": "One", "email": "one@example.com"},\n"bob": null}}',
            "two.jsonl": '{"external_id": "alice", "display_name": "Two"}\n',
            "three.csv": "external_id,language,SMS\nbob,FR,12025550009\n",
        }
    )
    found = read(root, "one.json", "two.jsonl", "three.csv")
    assert (found["alice"].contact.display_name, found["alice"].contact.email) == ("Two", "one@example.com")
    assert (found["alice"].file, found["alice"].line) == ("two.jsonl", 1)
    assert found["bob"].contact == Contact((ChannelIdentity("SMS", "12025550009"),), "FR", external_id="bob")
    assert (found["bob"].file, found["bob"].line) == ("three.csv", 2)
    assert read(root, "two.jsonl", "one.json")["alice"].contact.display_name == "One"


def test_keys_meet_after_normalisation_and_in_every_form_of_the_base(project: Project) -> None:
    identity = '"channel_identities": [{"channel": "SMS", "identity": "12025550001"}]'
    root = project(
        {
            "base.json": f'{{"contacts": [{{"external_id": "e\u0301", {identity}, "language": "EN"}}]}}',
            "over.yaml": 'contacts: {" \u00e9": {language: DE}}',
        }
    )
    assert [row.contact.language for row in sources.load(["base.json"], root, overlays=["over.yaml"])] == ["DE"]


def test_a_base_that_is_incomplete_may_be_completed(project: Project) -> None:
    patch = 'contacts: {a: {language: EN, channel_identities: [{channel: SMS, identity: "12025550001"}]}}'
    root = project({"base.yaml": "contacts: {a: {language: x}}", "over.yaml": patch})
    assert read(root, "over.yaml")["a"].contact == Contact(SMS, "EN", external_id="a")


def test_problems_are_told_where_the_wrong_value_is_written_all_at_once(project: Project) -> None:
    base = """\
contacts:
  alice:
    language: XX
    display_name: 5
    channel_identities: [{channel: SMS, identity: "+12025550001"}]
  bob:
    language: EN
    channel_identities: [{channel: SMS, identity: "+12025550002"}]
  carla:
    language: EN
    email: true
    channel_identities: [{channel: SMS, identity: "+12025550003"}]
"""
    one = """\
contacts:
  alice: {display_name: Alice, emial: null}
  bob:
    language: null
  alcie: {display_name: x}
  nobody: null
  carla:
    channel_identities: [{channel: SMS, identity: "+12025550002"}]
  dora: 7
"""
    two = 'contacts:\n  carla:\n    metadata: {"n": .inf}\n    email: null\n    external_id: null\n'
    root = project({"base.yaml": base, "one.yaml": one, "two.yaml": two})
    assert told(root, "one.yaml", "two.yaml") == [
        'base.yaml:3:15: contacts.alice.language: there is no language "XX"; use a code such as EN or EN_US',
        'one.yaml:2:32: contacts.alice.emial: there is no field "emial"; did you mean email?',
        "one.yaml:4:5: contacts.bob.language: this lacks language; add it",
        (
            "one.yaml:5:3: contacts.alcie: this lacks channel_identities and language; add them"
            " (no contact of the base has this key; did you mean alice?)"
        ),
        "one.yaml:6:3: contacts.nobody: there is nothing to take out: no contact of the base has this key",
        "one.yaml:9:9: contacts.dora: this is a number, and a mapping is wanted",
        (
            "two.yaml:3:21: contacts.carla.metadata.n: this without quotes means different things"
            " to different YAML programs; put it in quotes"
        ),
        (
            "two.yaml:5:18: contacts.carla.external_id:"
            " this differs from the contact's key, which is its external id; leave it out"
        ),
    ]


def test_what_only_the_result_shows_is_told_where_it_was_patched(project: Project) -> None:
    over = """\
contacts:
  bob:
    channel_identities:
      - {channel: TELEGRAM, identity: " "}
"""
    same = 'contacts:\n  bob:\n    channel_identities: [{channel: SMS, identity: "12025550001"}]\n'
    root = project({"base.yaml": BASE, "over.yaml": over, "same.yaml": same})
    assert told(root, "over.yaml") == [
        "over.yaml:4:39: contacts.bob.channel_identities[0].identity: this is only space; write the identity"
    ]
    assert told(root, "same.yaml") == [
        (
            "same.yaml:3:51: contacts.bob.channel_identities[0].identity: SMS:···01 belongs to alice in base.yaml:3"
            " already; give each identity to one contact"
        )
    ]


def test_a_default_that_is_wrong_is_told_once_where_it_stands(project: Project) -> None:
    root = project(
        {
            "base.yaml": BASE.replace("language: EN", "language: XX"),
            "over.yaml": "defaults: {email: 5}\ncontacts: {alice: {display_name: x}}",
        }
    )
    assert told(root, "over.yaml") == [
        'base.yaml:1:22: defaults.language: there is no language "XX"; use a code such as EN or EN_US',
        "over.yaml:1:19: defaults.email: this is a number, and a text is wanted; put it in quotes",
    ]


def test_files_of_one_pattern_have_no_order_so_they_may_not_disagree(project: Project) -> None:
    root = project(
        {
            "base.yaml": BASE,
            "over/a.yaml": "contacts:\n  alice: {email: a, display_name: A}\n  bob: null\n",
            "over/b.yaml": "contacts:\n  alice: {email: b, metadata: B}\n  bob: {email: b}\n",
            "over/c.jsonl": '{"external_id": "x", "email": ""}\n{"external_id": "x", "metadata": ""}\n{"email": ""}\n',
        }
    )
    one = "keep one of the two, or name the files one by one in the order in which they apply"
    assert told(root, "over/[ab].yaml") == [
        f"over/b.yaml:2:11: contacts.alice.email: over/a.yaml:2 says something of this field, too; {one}",
        f"over/b.yaml:3:3: contacts.bob: over/a.yaml:3 says otherwise of this contact; {one}",
    ]
    assert told(root, "over/a.yaml", "over/b.yaml") == [
        (
            "over/b.yaml:3:3: contacts.bob: this lacks channel_identities and language; add them"
            " (an earlier overlay takes the contact out, so this adds it anew)"
        )
    ]
    found = read(root, "over/b.yaml", "over/a.yaml")
    assert found.keys() == {"alice"}
    contact = found["alice"].contact
    assert (contact.email, contact.display_name, contact.metadata) == ("a", "A", "B")
    same, no_key = told(root, "over/c.jsonl")[-2:]
    assert same == "over/c.jsonl:2:1: this is the same key as on line 1; keep one of the two"
    assert no_key == (
        "over/c.jsonl:3:1: this has no key, which says whose patch it is; write the contact's external id"
    )


def test_a_file_is_either_base_or_one_overlay(project: Project) -> None:
    root = project({"base.yaml": BASE, "over.yaml": "contacts: {}"})
    assert told(root, "over.yaml", source=["*.yaml"]) == [
        (
            "over.yaml: this file is an overlay of the same set, too;"
            " keep overlays where no pattern of the source finds them"
        )
    ]
    assert told(root, "over.yaml", "o*.yaml") == [
        "over.yaml: this file belongs to an earlier overlay already; name it once"
    ]


def test_overlays_stay_in_the_project_unless_that_is_lifted(project: Project, tmp_path: Path) -> None:
    root = project({"base.yaml": BASE})
    (tmp_path / "over.yaml").write_text("contacts: {bob: null}")
    (issue,) = told(root, "../over.yaml")
    assert issue.endswith("the file is outside the project's folder; move it there, or set allow_outside")
    loaded = sources.load(["base.yaml"], root, overlays=["../over.yaml"], allow_outside=True)
    assert [row.key for row in loaded] == ["alice"]
    assert told(root, "none.yaml") == [
        "none.yaml: there is no such file; correct the path, which begins at the project's folder"
    ]


def test_where_the_base_cannot_be_read_nobody_says_what_is_new(project: Project) -> None:
    root = project({"base.yaml": "contacts: [", "over.yaml": "contacts: {alice: {email: x}}"})
    (issue,) = told(root, "over.yaml")
    assert issue.startswith("base.yaml:")


def test_half_a_character_is_told_of_the_overlay_alone(project: Project) -> None:
    root = project({"base.yaml": BASE, "over.jsonl": '{"external_id": "bob", "email": "\\ud800"}'})
    (issue,) = told(root, "over.jsonl")
    assert issue.startswith("over.jsonl:1:1: this holds half a character")


def test_metadata_of_a_patch_may_be_anything_that_json_knows(project: Project) -> None:
    number = "1" + "0" * 30
    root = project({"base.yaml": BASE, "over.json": f'{{"contacts": {{"bob": {{"metadata": {{"n": {number}}}}}}}}}'})
    assert read(root, "over.json")["bob"].contact.metadata == f'{{"n":{number}}}'


@pytest.mark.parametrize("depth", [400, *range(900, 1000, 10), 2000])
@pytest.mark.parametrize("field", ["metadata", "unknown", "language"])
def test_nothing_that_is_nested_deeply_gets_through_or_breaks_anything(
    project: Project, field: str, depth: int
) -> None:
    nested = '{"a":' * depth + '"x"' + "}" * depth
    root = project(
        {"base.yaml": BASE, "over.jsonl": f'{{"external_id": "bob", "email": "{"x" * 2000}", "{field}": {nested}}}'}
    )
    assert all(issue.startswith("over.jsonl:1:") for issue in told(root, "over.jsonl"))


def test_issues_of_an_overlay_end_some_time_and_agreement_is_none(project: Project) -> None:
    root = project(
        {
            "base.yaml": BASE,
            "over.jsonl": "".join(f'{{"external_id": "{number}", "email": 5}}\n' for number in range(20_000)),
            "both/a.yaml": "contacts: {bob: null}",
            "both/b.yaml": "contacts: {bob: null}",
        }
    )
    issues = told(root, "over.jsonl")
    assert len(issues) == 10_001
    assert read(root, "both/*.yaml").keys() == {"alice"}


def test_the_environments_of_the_example() -> None:
    def found(*overlays: str) -> dict[str, DesiredContact]:
        folder = ROOT / "examples" / "environments"
        return {row.key: row for row in sources.load(["contacts/*.yaml"], folder, overlays=overlays)}

    base, staging, production = found(), found("overlays/staging.yaml"), found("overlays/production.yaml")
    assert staging.keys() ^ base.keys() == {"board", "robot"}
    assert base.keys() == production.keys()
    assert {row.file for row in staging.values()} == {"contacts/people.yaml", "overlays/staging.yaml"}
    assert production["support"].contact.channel_identities != base["support"].contact.channel_identities


class TestSchema:
    """The schema of overlays, which is for editors."""

    @pytest.fixture
    def schema(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((ROOT / "schemas" / "overlay.schema.json").read_text())
        return found

    def test_it_knows_the_fields_of_contacts(self, schema: dict[str, Any]) -> None:
        jsonschema.Draft202012Validator.check_schema(schema)
        assert tuple(schema["$defs"]["patch"]["properties"]) == FIELDS

    @pytest.mark.parametrize(
        ("entry", "is_valid"),
        [(None, True), ({"email": None}, True), ({"language": "XX"}, False), ({"emial": ""}, False), (5, False)],
    )
    def test_it_judges_entries(self, schema: dict[str, Any], entry: object, *, is_valid: bool) -> None:
        registry = Registry().with_resource("contact-set.schema.json", Resource.from_contents(contact_set_schema()))
        validator = jsonschema.Draft202012Validator(schema, registry=registry)
        assert validator.is_valid({"contacts": {"a": entry}}) is is_valid


Entries = Mapping[str, Mapping[str, Any] | None]

KEYS = st.sampled_from("abcde")
VALUES = {
    "language": st.sampled_from(["EN", "DE"]),
    "display_name": st.sampled_from(["", "x", "y"]),
    "metadata": st.sampled_from(["", "m"]) | st.fixed_dictionaries({"n": st.integers(0, 2)}),
}


def complete(key: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    identity = {"channel": "SMS", "identity": f"1202555000{ord(key) - ord('a')}"}
    return {"channel_identities": [identity], "language": "EN", **fields}


BASES = st.dictionaries(KEYS, st.fixed_dictionaries({}, optional=VALUES)).map(
    lambda found: {key: complete(key, fields) for key, fields in found.items()}
)
PATCHES = st.dictionaries(
    KEYS,
    st.none()
    | st.fixed_dictionaries({}, optional={name: st.none() | value for name, value in VALUES.items()}).filter(
        lambda patch: patch.get("language", "") is not None
    ),
)


def patched(base: Entries, patches: Sequence[Entries]) -> tuple[dict[str, dict[str, Any]], list[Entries]]:
    """Returns what must come out by the plainest rule, and the patches as they are valid: additions complete."""
    there = {key: dict(fields) for key, fields in base.items() if fields is not None}
    valid: list[Entries] = []
    for patch in patches:
        own: dict[str, Mapping[str, Any] | None] = {}
        for key, fields in patch.items():
            if fields is None:
                if key in there:
                    own[key] = there.pop(key, None) and None
                continue
            own[key] = fields if key in there else complete(key, fields)
            merged = {**there.get(key, {}), **own[key]}  # type: ignore[dict-item]  # it is a mapping
            there[key] = {name: value for name, value in merged.items() if value is not None}
        valid.append(own)
    return there, valid


def loaded(base: Entries, overlays: Sequence[Entries]) -> list[DesiredContact]:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for name, contacts in [("base", base), *((f"over{number}", over) for number, over in enumerate(overlays))]:
            (root / f"{name}.json").write_text(json.dumps({"contacts": contacts}))
        names = [f"over{number}.json" for number in range(len(overlays))]
        found = sources.load(["base.json"], root, overlays=names)
    return [msgspec.structs.replace(row, file="", line=0) for row in found]


@settings(max_examples=60)  # each example writes files
@given(BASES, st.lists(PATCHES, max_size=3))
def test_overlays_apply_in_order(base: Entries, patches: list[Entries]) -> None:
    expected, overlays = patched(base, patches)
    assert loaded(base, overlays) == loaded(expected, [])


@settings(max_examples=30)
@given(BASES)
def test_an_empty_overlay_changes_nothing(base: Entries) -> None:
    assert loaded(base, [{}, {}]) == loaded(base, [])


@settings(max_examples=30)
@given(BASES)
def test_what_is_taken_out_and_added_again_is_as_it_was(base: Entries) -> None:
    assert loaded(base, [dict.fromkeys(base), base]) == loaded(base, [])
    assert loaded(base, [dict.fromkeys(base)]) == []
    assert loaded({}, [base]) == loaded(base, [])


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "a", "EN", "SMS", "12025550009", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["a", "b", "language", "external_id", "channel_identities", "metadata", "email", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=150)
@given(BASES, st.lists(ANYTHING, min_size=1, max_size=2), ANYTHING)
def test_any_overlay_makes_contacts_or_problems_with_a_place(
    base: Entries, overlays: list[Any], defaults: object
) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "base.json").write_text(json.dumps({"contacts": base}))
        for number, contacts in enumerate(overlays):
            (root / f"over{number}.json").write_text(json.dumps({"defaults": defaults, "contacts": contacts}))
        names = [f"over{number}.json" for number in range(len(overlays))]
        issues = issues_of(root, names)
    assert all(issue.line and issue.column for issue in issues)
    assert len(set(issues)) == len(issues)


def issues_of(root: Path, overlays: Sequence[str]) -> tuple[sources.Issue, ...]:
    try:
        sources.load(["base.json"], root, overlays=overlays)
    except sources.InvalidContactFiles as error:
        return error.issues
    return ()
