"""Targets and their regions."""

import pytest

from sinch_contacts.core.errors import ContactsError, SettingError
from sinch_contacts.core.target import Region, Target, parse_region


def test_regions_are_read_leniently_and_unknown_ones_refused() -> None:
    assert parse_region(" EU ") is Region.EU
    assert str(Target("p", Region.BR)) == "project p (br)"
    with pytest.raises(SettingError) as refused:
        parse_region("mars")
    assert refused.value.name == "region"
    assert str(refused.value).endswith("one of us, eu, br.")
    assert str(ContactsError("Only this.")) == "Only this."
