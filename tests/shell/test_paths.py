"""Names: what sets are called, and how files are named after them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinch_contacts.shell.paths import file_name, parse_urn

SET = "pulumi-python:dynamic/sinch:ContactSet"


@pytest.mark.parametrize(
    ("urn", "label"),
    [
        (f"urn:pulumi:dev::shop::{SET}::customers", "customers"),
        (f"urn:pulumi:dev::shop::acme:index:Team${SET}::customers", "acme:index:Team$customers"),
        (f"urn:pulumi:dev::shop::a:b:C$d:e:F${SET}::a::b", "a:b:C$d:e:F$a::b"),
    ],
)
def test_a_set_is_called_after_the_kinds_of_its_parents_too(urn: str, label: str) -> None:
    assert (parse_urn(urn).stack, parse_urn(urn).project, parse_urn(urn).label) == ("dev", "shop", label)


@pytest.mark.parametrize("text", ["dev.customers", "shop.dev.customers-07", "dev.two words"])
def test_ordinary_names_are_names_of_files(text: str) -> None:
    assert file_name(text) == text


@given(st.text(min_size=1), st.text(min_size=1))
def test_two_names_never_share_a_file_and_none_is_too_long(one: str, other: str) -> None:
    first, second = file_name(one), file_name(other)
    assert (first.lower() == second.lower()) is (one == other)
    assert len(f".{first}.explanation.json.abcdefgh".encode()) <= 255
    assert "/" not in first


@pytest.mark.parametrize(("one", "other"), [("a/b", "a%2fb"), ("Ab", "ab"), ("x" * 300, "x" * 301), ("é", "e\u0301")])
def test_names_that_look_alike_do_not_share_a_file(one: str, other: str) -> None:
    assert file_name(one).lower() != file_name(other).lower()
