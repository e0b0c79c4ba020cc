"""`sinch-contacts reshard` as a user meets it."""

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exports import a_set, export
from ordinary import ordinary_contacts, ordinary_record
from sinch_contacts.cli.main import main
from sinch_contacts.shell.stack_export import sets_of

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    customers = a_set("customers", tuple(ordinary_contacts(40)), tuple(ordinary_record(40).values()))
    (tmp_path / "old.json").write_text(json.dumps(export(customers)))
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(main, ["reshard", *arguments], input=stdin, catch_exceptions=False)

    return invoke


def test_a_new_file_is_written_for_its_owner_alone_and_the_old_one_stays(run: Run) -> None:
    before = Path("old.json").read_bytes()
    result = run("old.json", "--set", "customers", "--to", "4", "--output", "new.json")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "customers: 40 contacts, 1 shard before, 4 shards now, 8 to 15 in each\n"
    assert Path("old.json").read_bytes() == before
    assert len(sets_of(json.loads(Path("new.json").read_text()))) == 4
    assert stat.S_IMODE(Path("new.json").stat().st_mode) == 0o600


def test_it_stands_in_a_pipe(run: Run) -> None:
    result = run("-", "--set", "customers", "--to", "2", stdin=Path("old.json").read_text())
    assert result.exit_code == 0
    assert list(sets_of(json.loads(result.stdout))) == ["customers-00", "customers-01"]


@pytest.mark.parametrize("output", ["old.json", "./old.json", "other.json"])
def test_no_file_is_overwritten(run: Run, output: str) -> None:
    Path("other.json").write_text("mine")
    before = Path(output).read_text()
    result = run("old.json", "--set", "customers", "--to", "4", "--output", output)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{output} is there already" in result.stderr
    assert Path(output).read_text() == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("old.json", "--set", "friends", "--to", "4"), "This state has no set 'friends'"),
        (("text.json", "--set", "customers", "--to", "4"), "This is not the state of a stack."),
        (("bytes.json", "--set", "customers", "--to", "4"), "bytes.json is not a text in UTF-8."),
        (("old.json", "--set", "customers", "--to", "4", "--output", "no/new.json"), "No such file or directory."),
    ],
)
def test_what_cannot_be_done_is_one_sentence(run: Run, arguments: tuple[str, ...], told: str) -> None:
    Path("text.json").write_text("hello")
    Path("bytes.json").write_bytes(b"\xff\xfe")
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert told in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("old.json", "--set", "customers"),
        ("old.json", "--to", "4"),
        ("old.json", "--set", "customers", "--to", "0"),
        ("old.json", "--set", "customers", "--to", "1001"),
        ("missing.json", "--set", "customers", "--to", "4"),
    ],
)
def test_wrong_usage_ends_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2
