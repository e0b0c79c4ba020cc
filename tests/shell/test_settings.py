"""Settings: where they come from, and which are refused."""

from collections.abc import Callable
from math import inf
from pathlib import Path

import pytest

from sinch_contacts.core.errors import SettingError
from sinch_contacts.shell.paths import chosen_folder, journal_folder, undo_root
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


@pytest.mark.parametrize("value", ["inf", "-inf", "nan", "-1", "many", "1e999", "1e300"])
@pytest.mark.parametrize("name", ["undoDays", "concurrency", "previewCalls", "maxStackDeletes"])
def test_a_number_that_is_below_0_or_beyond_reason_is_refused_by_both_of_its_names(name: str, value: str) -> None:
    with pytest.raises(
        SettingError, match=rf"SINCH_[A-Z_]+ \(or sinch:{name}\) is not a number from 0 to 1,000,000,000"
    ):
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


FOLDERS: dict[str, Callable[[Settings], Path | None]] = {
    "journalDir": journal_folder,
    "undoDir": undo_root,
    "planDir": lambda given: chosen_folder(given, "planDir"),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_in_the_home_of_nobody_is_told_as_a_setting(name: str) -> None:
    with pytest.raises(
        SettingError, match=rf"\(or sinch:{name}\) is '~nobody-here/x', and there is no such home"
    ) as told:
        FOLDERS[name](settings({}, **{name: "~nobody-here/x"}))
    assert told.value.next_step == "Write the folder's full path."


@pytest.mark.parametrize("name", FOLDERS)
def test_a_relative_folder_is_in_the_projects(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Pulumi.yaml").touch()
    (tmp_path / "program").mkdir()
    monkeypatch.chdir(tmp_path / "program")
    assert FOLDERS[name](settings({}, **{name: "kept"})) == tmp_path / "kept"


@pytest.mark.parametrize("name", ["journalDir", "undoDir"])
def test_a_user_without_a_home_is_told_which_setting_helps(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", homeless)
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    with pytest.raises(SettingError, match=rf"no home folder.* Let SINCH_[A-Z_]+ \(or sinch:{name}\) name a folder"):
        FOLDERS[name](settings({}))


@pytest.mark.parametrize("text", ["a\0b", "a\x1b[2Jb", "a\udcffb"])
@pytest.mark.parametrize("name", ["projectId", "keySecret", "journalDir", "emulatorUrl", "previewCalls"])
def test_a_setting_that_can_be_written_nowhere_is_refused_without_being_shown(name: str, text: str) -> None:
    with pytest.raises(SettingError, match=rf"\(or sinch:{name}\) holds a control character") as told:
        settings({}, **{name: text}).text(name)
    assert text not in str(told.value)
