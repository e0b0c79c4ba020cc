"""Amounts: numbers and percentages, as people write them."""

import pytest

from sinch_contacts.core.errors import SettingError
from sinch_contacts.core.plan.amount import most_of, parse_amount


@pytest.mark.parametrize(("value", "text"), [(5, "5"), ("5", "5"), (2.0, "2"), (" 2.5% ", "2.5%"), ("0%", "0%")])
def test_numbers_and_percentages_are_read(value: object, text: str) -> None:
    assert parse_amount("max_deletes", value) == text


@pytest.mark.parametrize("value", [-1, 2.5, "101%", "many", "", True, None, [5], "1e3", "5 %"])
def test_anything_else_is_refused_by_the_setting_s_name(value: object) -> None:
    with pytest.raises(SettingError, match=r"max_deletes is .* neither a number") as error:
        parse_amount("max_deletes", value)
    assert error.value.name == "max_deletes"


@pytest.mark.parametrize(("amount", "whole", "most"), [("7", 3, 7), ("50%", 41, 20), ("10%", 9, 0), ("0.1%", 1000, 1)])
def test_a_part_of_a_contact_is_none(amount: str, whole: int, most: int) -> None:
    assert most_of(amount, whole) == most
