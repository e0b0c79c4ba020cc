"""The published schema, and its agreement with the code."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinch_contacts.core.contact.channels import APP_SCOPED_CHANNELS, LANGUAGES, PHONE_CHANNELS, Channel
from sinch_contacts.core.contact.contact import FIELDS
from sinch_contacts.sources.validation.schema import contact_set_schema
from sinch_contacts.sources.validation.validator import is_valid
from sinch_contacts.sources.validation.wording import contact_issues

DEFS = contact_set_schema()["$defs"]


def test_the_schema_is_a_sound_schema_and_names_no_host() -> None:
    jsonschema.Draft202012Validator.check_schema(contact_set_schema())
    assert contact_set_schema()["$id"].startswith("urn:")


def test_the_schema_and_the_code_know_the_same_names() -> None:
    assert DEFS["channel"]["enum"] == list(Channel)
    assert set(DEFS["language"]["enum"]) == LANGUAGES
    assert len(DEFS["language"]["enum"]) == len(LANGUAGES)
    assert tuple(DEFS["contact"]["properties"]) == FIELDS
    phone, scoped = (rule["if"]["properties"]["channel"]["enum"] for rule in DEFS["channelIdentity"]["allOf"])
    assert set(phone) == PHONE_CHANNELS
    assert set(scoped) == APP_SCOPED_CHANNELS


def test_every_field_has_a_title_and_a_description_for_editors() -> None:
    described = [DEFS[name] for name in DEFS] + [
        field for name, field in contact_set_schema()["properties"].items() if name != "defaults"
    ]
    assert all({"title", "description"} <= set(field) for field in described)


@pytest.mark.parametrize(
    ("language", "defaults", "is_valid"),
    [(True, None, True), (False, None, False), (False, {"language": "EN"}, True), (False, {"email": ""}, False)],
)
def test_editors_ask_for_a_language_only_where_no_default_gives_one(
    *, language: bool, defaults: object, is_valid: bool
) -> None:
    contact: dict[str, object] = {"channel_identities": [{"channel": "SMS", "identity": "+12025550123"}]}
    if language:
        contact["language"] = "EN"
    validator = jsonschema.Draft202012Validator(contact_set_schema())
    for contacts in ({"a": contact}, [contact]):
        document = {"contacts": contacts} | ({"defaults": defaults} if defaults is not None else {})
        assert validator.is_valid(document) is is_valid


def test_the_schema_in_the_checkout_is_the_one_that_is_used() -> None:
    file = Path(__file__).parents[2] / "schemas" / "contact-set.schema.json"
    assert json.loads(file.read_text()) == contact_set_schema()


NUMBERS = st.sampled_from(
    ["+12025550123", "12025550123", "+12025550123\n", "0", "", "+1202555", "123456", "\u0661234567", "1" * 16]
)
TEXTS = st.text(max_size=4) | st.sampled_from(["\x7f", "\u2028", "\u00a0", "a\n"]) | NUMBERS
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
CHANNELS = st.sampled_from([*Channel, "FOO"]) | SCALARS
IDENTITIES = st.fixed_dictionaries(
    {},
    optional={"channel": CHANNELS, "identity": NUMBERS | SCALARS, "app_id": SCALARS, "extra": SCALARS},
)
CONTACTS = st.fixed_dictionaries(
    {"channel_identities": st.lists(IDENTITIES | SCALARS, max_size=2) | SCALARS},
    optional={
        "language": st.sampled_from(["EN", "EN_US", "no"]) | SCALARS,
        "channel_priority": st.lists(CHANNELS, max_size=2) | SCALARS,
        "display_name": SCALARS,
        "email": SCALARS,
        "external_id": SCALARS,
        "metadata": st.sampled_from(["é" * 1024, "𝄞" * 1024, "x" * 1025])
        | st.dictionaries(TEXTS, SCALARS, max_size=1)
        | SCALARS,
        "extra": SCALARS,
    },
)
VALID = st.fixed_dictionaries(
    {
        "channel_identities": st.lists(
            st.fixed_dictionaries({"channel": st.sampled_from(Channel).map(str), "identity": NUMBERS, "app_id": TEXTS}),
            min_size=1,
            max_size=2,
        ),
        "language": st.just("EN"),
    },
)


@given(CONTACTS | VALID | SCALARS)
def test_the_fast_judge_and_the_one_that_words_the_errors_agree(contact: object) -> None:
    assert is_valid(contact) is (contact_issues(contact) == [])
