"""`sinch-contacts dump` against the emulator."""

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from outside import PROJECT, Sinch, people, person, writes
from sinch_contacts import sources
from sinch_contacts.cli.counter import Counter
from sinch_contacts.cli.main import main
from sinch_contacts.emulator.server import running
from sinch_contacts.emulator.settings import EmulatorSettings

Dump = Callable[..., Result]


@pytest.fixture
def sinch() -> Iterator[Sinch]:
    with running(EmulatorSettings()) as url:
        yield Sinch(url)


@pytest.fixture
def dump(sinch: Sinch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dump:
    for name in ("SINCH_REGION", "SINCH_KEY_ID", "SINCH_KEY_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SINCH_EMULATOR_URL", sinch.url)
    monkeypatch.setenv("SINCH_PROJECT_ID", PROJECT)
    monkeypatch.setenv("SINCH_REQUESTS_PER_SECOND", "10000")
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, ["dump", *arguments, "--region", "eu"], catch_exceptions=False)


def test_a_project_is_written_the_same_each_time_and_reads_back(dump: Dump, sinch: Sinch, tmp_path: Path) -> None:
    sinch.seed([{**contact, "external_id": key} for key, contact in people(45).items()])
    for ending in ("yaml", "yml", "json", "jsonl", "csv"):
        one, two = f"one.{ending}", f"two.{ending}"
        done = dump("--output", one)
        assert (done.exit_code, done.stdout) == (0, "")
        assert done.stderr == f"project {PROJECT} (eu): 45 contacts written to {one}.\n"
        assert dump("--output", two).exit_code == 0
        assert (tmp_path / one).read_bytes() == (tmp_path / two).read_bytes()
        assert {row.key for row in sources.load([one], tmp_path)} == people(45).keys()
    calls = sinch.calls()
    assert writes(calls) == {}
    assert calls == {"list": 10 * 3}


def test_standard_output_holds_the_file_alone(dump: Dump, sinch: Sinch) -> None:
    sinch.seed([person(1, external_id="alice")])
    assert dump().stdout.startswith("contacts:\n  alice:\n")
    assert dump("--output", "-", "--as", "csv").stdout == (
        "external_id,language,display_name,SMS\nalice,EN_US,Person 1 Surname,12020000001\n"
    )


def test_filters_choose_what_is_written(dump: Dump, sinch: Sinch) -> None:
    line = [{"channel": "LINE", "identity": "x", "app_id": "A"}]
    sinch.seed(
        [
            person(1, external_id="crm-1", language="DE"),
            person(2, external_id="crm-2", language="FR"),
            person(3, external_id="other", language="DE", channel_identities=line),
        ]
    )

    def keys(*arguments: str) -> list[str]:
        table = dump("--as", "csv", *arguments).stdout.splitlines()
        return [row.split(",")[0] for row in table[1:]]

    assert keys("--external-id-prefix", "crm-") == ["crm-1", "crm-2"]
    assert keys("--language", "DE", "--language", "en") == ["crm-1", "other"]
    assert keys("--channel", "line", "--channel", "RCS") == ["other"]
    assert keys("--channel", "SMS", "--language", "FR") == ["crm-2"]


def test_what_cannot_be_declared_is_listed_masked_and_told_by_the_exit_status(
    dump: Dump, sinch: Sinch, tmp_path: Path
) -> None:
    sinch.seed(
        [
            person(1, external_id="alice"),
            person(2, external_id="+12025550123"),
            person(2, external_id="bob\x1b[1m"),
            person(4, external_id="twice"),
            person(5, external_id="twice"),
        ]
    )
    done = dump("--output", "all.yaml")
    assert done.exit_code == 3
    assert [row.key for row in sources.load(["all.yaml"], tmp_path)] == ["+12025550123", "alice"]
    assert "Left out, because they cannot be declared: 3 contacts.\n" in done.stderr
    assert (
        "2 contacts: another contact has the same external id; delete one, or give it another\n  twice (" in done.stderr
    )
    assert "1 contact: external_id: this holds a control character" in done.stderr
    assert "\x1b" not in done.stderr
    for personal in ("2025550123", "0000002", "Surname"):
        assert personal not in done.stderr


def test_a_file_that_is_there_stays_unless_told_otherwise(dump: Dump, sinch: Sinch, tmp_path: Path) -> None:
    path = tmp_path / "all.yaml"
    path.write_text("mine")
    refused = dump("--output", "all.yaml")
    assert refused.exit_code == 2
    assert "all.yaml is there already; name another file, or say --force to overwrite it." in refused.stderr
    assert path.read_text() == "mine"
    assert sinch.calls() == {}
    assert dump("--output", "all.yaml", "--force").exit_code == 0
    assert path.read_text() == "contacts: {}\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--output", "a.txt"), "The ending of a.txt tells no format; use one of .yaml, "),
        (("--output", "a.csv", "--as", "csv"), "--as is for standard output"),
        (("--output", "none/a.csv"), "There is no folder none; make it first."),
        (("--output", "folder.csv"), "folder.csv is a folder; name a file."),
        (("--channel", "FAX"), "'FAX'"),
    ],
)
def test_wrong_usage_is_told_before_any_call(
    dump: Dump, sinch: Sinch, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    (tmp_path / "folder.csv").mkdir()
    refused = dump(*arguments)
    assert refused.exit_code == 2
    assert told in refused.stderr.replace("\n", " ")
    assert sinch.calls() == {}


def test_what_stops_a_dump_is_told_in_a_sentence_and_nothing_is_written(
    dump: Dump, sinch: Sinch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sinch.faults({"kind": "flat_error", "operation": "list", "status": 403})
    assert dump("--output", "all.yaml").exit_code == 1
    sinch.faults()
    monkeypatch.setattr("sinch_contacts.shell.paths.tempfile.mkstemp", _full)
    done = dump("--output", "all.yaml")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "all.yaml cannot be written (No space left on device); nothing is written." in done.stderr
    assert list(tmp_path.iterdir()) == []
    monkeypatch.delenv("SINCH_PROJECT_ID")
    refused = dump()
    assert refused.exit_code == 1
    assert "SINCH_PROJECT_ID" in refused.stderr
    assert "Traceback" not in refused.stderr


def _full(**_: object) -> object:
    raise OSError(28, os.strerror(28))


class TestCounter:
    """What is shown while a large project is read."""

    def shown(self, *, terminal: bool, seconds: int) -> str:
        moments = iter(range(10_000))
        console = Console(file=io.StringIO(), force_terminal=terminal, width=80, markup=False, highlight=False)
        with Counter("contacts read", console, now=lambda: float(next(moments))) as counter:
            for second in range(seconds):
                counter.show(1000 * second)
        assert isinstance(console.file, io.StringIO)
        return console.file.getvalue()

    def test_a_log_gets_a_line_now_and_then(self) -> None:
        lines = self.shown(terminal=False, seconds=40).splitlines()
        assert lines[0] == "1,000 contacts read"
        assert 3 <= len(lines) <= 5

    def test_a_terminal_gets_a_line_that_moves(self) -> None:
        assert "contacts read" in self.shown(terminal=True, seconds=10)

    def test_what_is_over_soon_shows_nothing(self) -> None:
        assert self.shown(terminal=False, seconds=1) == ""
        assert self.shown(terminal=True, seconds=1) == ""


def test_dump_imports_neither_pulumi_nor_the_emulator() -> None:
    program = (
        "import sys\n"
        "import sinch_contacts.cli.dump\n"
        "print(sorted({'pulumi', 'grpc', 'starlette', 'uvicorn', 'jsonschema'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_cells_that_a_spreadsheet_would_run_are_told_by_their_number(dump: Dump, sinch: Sinch) -> None:
    sinch.seed([person(1, external_id="=1+1", display_name="@SUM(A1)"), person(2, external_id="b-c")])
    assert "2 cells begin as formulas do: import the file into a spreadsheet as text" in dump("--as", "csv").stderr
    assert "formulas" not in dump("--as", "yaml").stderr
