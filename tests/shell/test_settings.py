"""Settings: where they come from, and which are refused."""

from math import inf

import pytest

from sinch_contacts.core.errors import SettingError
from sinch_contacts.shell.settings import Settings


def settings(environment: dict[str, str], **config: str) -> Settings:
    return Settings({f"sinch:{name}": value for name, value in config.items()}.get, environment)


def test_the_environment_beats_stack_config() -> None:
    given = settings({"SINCH_UNDO_DAYS": "3"}, undoDays="7", previewCalls="9")
    assert (given.number("undoDays", 30), given.number("previewCalls", 25), given.number("maxStackDeletes", inf)) == (
        3,
        9,
        inf,
    )


@pytest.mark.parametrize("value", ["inf", "-inf", "nan", "-1", "many", "1e999"])
@pytest.mark.parametrize("name", ["undoDays", "concurrency", "previewCalls", "maxStackDeletes"])
def test_a_number_that_is_not_finite_or_below_0_is_refused_by_both_of_its_names(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=rf"SINCH_[A-Z_]+ \(or sinch:{name}\) is not a finite number of 0 or more"):
        settings({}, **{name: value}).number(name, 1)


def test_a_waiting_time_of_inf_in_the_environment_is_told_as_a_setting() -> None:
    with pytest.raises(SettingError, match="SINCH_CONCURRENCY"):
        settings({"SINCH_CONCURRENCY": "inf"}).patience({})


def test_stack_config_cannot_send_the_key_to_another_machine() -> None:
    evil = {"emulatorUrl": "https://evil.example.com", "emulatorHost": "evil.example.com"}
    for environment in ({}, {"SINCH_KEY_ID": "id", "SINCH_KEY_SECRET": "secret"}):
        given = settings(environment, **evil)
        with pytest.raises(SettingError, match=r"another machine \(evil\.example\.com\)"):
            given.calls(given.patience({}))
    given = settings({"SINCH_EMULATOR_HOST": "emulator.example.com", **environment}, **evil)
    with pytest.raises(SettingError, match="another machine"):
        given.calls(given.patience({}))
    given = settings({"SINCH_EMULATOR_HOST": "evil.example.com", **environment}, **evil)
    assert given.calls(given.patience({})).emulator_host == "evil.example.com"
