"""What holds for every set and for every sequence of bytes."""

import csv
import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sinch_contacts import sources
from sinch_contacts.core.contact.channels import APP_SCOPED_CHANNELS, LANGUAGES, PHONE_CHANNELS, Channel
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.normalize import normalize_key
from sinch_contacts.sources.loading.contact_files import read

Contacts = dict[str, dict[str, Any]]

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), max_size=8)
KEYS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)
COLUMNS = st.sampled_from(
    [(channel, f"APP{number}" if channel in APP_SCOPED_CHANNELS else "") for channel in Channel for number in (1, 2)]
)
FIELDS = st.fixed_dictionaries(
    {"language": st.sampled_from(sorted(LANGUAGES))},
    optional={
        "display_name": TEXTS.filter(str.strip),
        "email": TEXTS.filter(str.strip),
        "metadata": TEXTS.filter(str.strip),
        "channel_priority": st.lists(st.sampled_from(Channel).map(str), min_size=1, max_size=3),
    },
)


@st.composite
def sets(draw: st.DrawFn) -> Contacts:
    contacts: Contacts = {}
    keys = draw(st.lists(KEYS, max_size=4, unique_by=normalize_key))
    for number, key in enumerate(keys):
        columns = sorted(draw(st.sets(COLUMNS, min_size=1, max_size=3)))
        identities = []
        for channel, app in columns:
            text = f"+1202555{number:04}" if channel in PHONE_CHANNELS else f"{draw(KEYS)}{number}"
            identity = {"channel": str(channel), "identity": text}
            identities.append(identity | {"app_id": app} if app else identity)
        contacts[key] = {"channel_identities": identities} | draw(FIELDS)
    return contacts


def as_list(contacts: Contacts) -> list[dict[str, Any]]:
    return [contact | {"external_id": key} for key, contact in contacts.items()]


def as_csv(contacts: Contacts) -> str:
    def header(identity: dict[str, str]) -> str:
        return f"{identity['channel']}:{identity['app_id']}" if "app_id" in identity else identity["channel"]

    fields = ["external_id", "language", "display_name", "email", "metadata"]
    columns = sorted({header(identity) for contact in contacts.values() for identity in contact["channel_identities"]})
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*fields, "channel_priority", *(columns or ["SMS"])])
    for contact in as_list(contacts):
        cells = {header(identity): identity["identity"] for identity in contact["channel_identities"]}
        texts = [contact.get(field, "") for field in fields]
        writer.writerow(
            [*texts, " ".join(contact.get("channel_priority", ())), *(cells.get(name, "") for name in columns)]
        )
    return text.getvalue()


def issues(name: str, content: bytes) -> tuple[sources.Issue, ...]:
    try:
        loaded(name, content)
    except sources.InvalidContactFiles as error:
        return error.issues
    return ()


def loaded(name: str, content: bytes) -> list[DesiredContact]:
    with TemporaryDirectory() as folder:
        Path(folder, name).write_bytes(content)
        return [msgspec.structs.replace(contact, file="", line=0) for contact in read([name], Path(folder)).contacts]


@settings(max_examples=40)  # each example reads ten files
@given(sets())
def test_a_set_is_the_same_in_every_format(contacts: Contacts) -> None:
    expected = [msgspec.structs.replace(contact, file="") for contact in sources.from_mapping(contacts)]
    assert loaded("a.json", json.dumps({"contacts": contacts}).encode()) == expected
    assert (
        loaded("a.json", json.dumps({"contacts": as_list(contacts)}, ensure_ascii=False, indent=1).encode()) == expected
    )
    assert loaded("a.jsonl", "\n".join(map(json.dumps, as_list(contacts))).encode()) == expected
    assert loaded("a.csv", as_csv(contacts).encode()) == expected
    for style in ('"', "'"):
        for value in (contacts, as_list(contacts)):
            text = yaml.safe_dump({"contacts": value}, default_style=style, allow_unicode=True)
            assert loaded("a.yaml", text.encode()) == expected


ALPHABET = [
    "contacts", "defaults", "language", "channel_identities", "channel", "identity", "SMS", "EN", "metadata",
    "+12025550123", "{", "}", "[", "]", ":", ": ", ",", "\n", "\n  ", "\n- ", '"', "'", "&a", "*a", "!!x", "---\n",
    "...", "? ", "|", ">", "%", "#",
    "null", "NaN", "1e999", "\\ud800", "\\", "\t", "\r", "\0", "\ufeff", "\x85", "é", "𝄞", "0", "-1", "<<", "~", ";",
]  # fmt: skip
GARBAGE = st.binary(max_size=60) | st.lists(st.sampled_from(ALPHABET), max_size=25).map(
    lambda parts: "".join(parts).encode()
)


@pytest.mark.parametrize("ending", ["yaml", "json", "jsonl", "csv"])
@given(GARBAGE)
def test_any_bytes_are_contacts_or_problems(ending: str, content: bytes) -> None:
    for issue in issues(f"a.{ending}", content):
        assert issue.line >= 1
        assert issue.column >= 1


@pytest.mark.parametrize("ending", ["yaml", "json", "jsonl"])
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=5)
        | st.sampled_from(["SMS", "EN", "+12025550123"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["contacts", "defaults", "language", "metadata", "channel_identities", "channel", "identity"]
                )
                | st.text(max_size=3),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ),
)
def test_any_structure_is_contacts_or_problems(ending: str, document: object) -> None:
    content = yaml.safe_dump(document) if ending == "yaml" else json.dumps(document)
    for issue in issues(f"a.{ending}", content.encode()):
        assert issue.line >= 1
        assert issue.column >= 1
