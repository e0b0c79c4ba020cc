"""Patience: the times that the documentation names, and values that would never wait or never end."""

import pytest

from sinch_contacts.apply.settings import ApplySettings
from sinch_contacts.core.errors import SettingError
from sinch_contacts.core.plan.reading import Pace, Reading

NUMBERS = [name for name in ApplySettings.__struct_fields__ if name != "reading"]


def test_the_defaults_are_those_that_the_documentation_names() -> None:
    assert ApplySettings() == ApplySettings(
        confirm_timeout=120,
        settle_time=300,
        quiet_time=10,
        first_poll=0.1,
        longest_poll=5,
        concurrency=8,
        requests_per_second=50,
        reading=Reading.AUTO,
    )


@pytest.mark.parametrize("value", [0, -1, 1e300, float("inf"), float("nan")])
@pytest.mark.parametrize("name", NUMBERS)
def test_what_would_never_wait_or_never_end_is_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(SettingError, match=f"^The setting {name} must be a number of more than ") as refused:
        ApplySettings(**{name: value})  # type: ignore[arg-type]
    assert refused.value.name == name


@pytest.mark.parametrize(("name", "value"), [("concurrency", 1_001), ("requests_per_second", 1e-300)])
def test_more_threads_than_there_can_be_and_a_rate_that_never_comes_round_are_refused(name: str, value: float) -> None:
    with pytest.raises(SettingError, match=name):
        ApplySettings(**{name: value})  # type: ignore[arg-type]


def test_the_pace_is_that_of_the_settings() -> None:
    settings = ApplySettings(concurrency=3, requests_per_second=7, reading=Reading.SCAN)
    assert settings.pace == Pace(requests_per_second=7, concurrency=3, reading=Reading.SCAN)
