"""The quick and the careful way through a YAML file agree on everything that the quick one takes."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sinch_contacts.sources.formats.yaml import yaml_document, yaml_values
from sinch_contacts.sources.formats.yaml.yaml_document import YamlDocument

ALPHABET = [
    "contacts", "defaults", "a", "b", "SMS", "EN", "NO", "yes", "~", "null", "true", "0", "-1", "007", "0o7", "1_000",
    "12:30", "1.5", "1e3", ".5", ".nan", "+12025550123", "{", "}", "[", "]", ": ", ":", ", ", "\n", "\n  ", "\n    ",
    "\n- ", "- ", '"', "'", "&a ", "*a", "!!str ", "! ", "---\n", "...\n", "? ", "|\n", "> ", "%", "#", "<<", "é", "\t",
    "\x85",
]  # fmt: skip
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
DOCUMENTS = st.fixed_dictionaries({"contacts": VALUES}, optional={"defaults": VALUES, "version": SCALARS}).flatmap(
    lambda value: st.sampled_from([None, "'", '"']).map(
        lambda style: str(yaml.safe_dump(value, default_style=style, allow_unicode=True))
    )
)
SCRAPS = st.lists(st.sampled_from(ALPHABET), max_size=25).map(lambda parts: "contacts:\n" + "".join(parts))


def read(text: str) -> tuple[object, object, object]:
    document = YamlDocument(text)
    return document.head, list(document.rows()), list(document.issues)


def careful(text: str, patch: pytest.MonkeyPatch) -> tuple[object, object, object]:
    def doubtful(_: str) -> object:
        raise yaml_values.Doubtful

    with patch.context() as context:
        context.setattr(yaml_document, "read_quickly", doubtful)
        return read(text)


@pytest.mark.parametrize("texts", [DOCUMENTS, SCRAPS], ids=["documents", "scraps"])
def test_both_ways_lead_to_the_same(texts: st.SearchStrategy[str], monkeypatch: pytest.MonkeyPatch) -> None:
    @given(texts)
    def same(text: str) -> None:
        assert read(text) == careful(text, monkeypatch)

    same()


@pytest.mark.parametrize(
    "text", ["contacts: {}\n", "contacts:\n  a: {language: DE}\n", "contacts:\n- {language: DE}\n"]
)
def test_what_is_well_needs_no_careful_look(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_document, "_Composer", None)
    head, rows, issues = read(text)
    assert head
    assert str(rows).count("language") == text.count("language")
    assert issues == []
