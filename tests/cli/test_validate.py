"""The command line as a user meets it."""

import json
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sinch_contacts.cli.main import main

Run = Callable[..., Result]

GOOD = '{"channel_identities": [{"channel": "SMS", "identity": "+12025550123"}], "language": "EN"}\n'


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    (tmp_path / "good.jsonl").write_text(GOOD)
    (tmp_path / "bad.jsonl").write_text("\n".join(["{}"] * 60))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return lambda *arguments: CliRunner().invoke(main, arguments, catch_exceptions=False)


def test_files_that_are_well_are_counted(run: Run) -> None:
    result = run("validate", "../good.jsonl")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "1 contact in 1 file: no problems\n", "")


def test_all_problems_are_printed_one_a_line_however_many(run: Run, tmp_path: Path) -> None:
    result = run("validate", "../good.jsonl", "../*.jsonl", "missing.yaml")
    lines = result.stdout.splitlines()
    assert result.exit_code == 1
    assert lines[0] == f"{tmp_path}/bad.jsonl:1:1: this lacks channel_identities and language; add them"
    assert lines[-1].startswith("missing.yaml: there is no such file")
    assert len(lines) == 61
    assert result.stderr == ""


def test_json_output_is_one_object(run: Run) -> None:
    result = run("validate", "--format", "json", "missing.yaml")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "contacts": 0,
        "files": 0,
        "problems": [
            {
                "file": "missing.yaml",
                "line": 0,
                "column": 0,
                "path": "",
                "message": "there is no such file; correct the path, which begins at the project's folder",
            },
        ],
    }
    result = run("validate", "--format", "json", "../good.jsonl")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"contacts": 1, "files": 1, "problems": []}


def test_overlays_are_judged_with_what_they_patch(run: Run, tmp_path: Path) -> None:
    (tmp_path / "base.json").write_text(f'{{"contacts": {{"alice": {GOOD.strip()}}}}}')
    (tmp_path / "one.yaml").write_text("contacts: {alice: {email: a}}")
    (tmp_path / "two.yaml").write_text("contacts: {alice: {email: 5}}")
    result = run("validate", "../base.json", "--overlay", "../one.yaml")
    assert (result.exit_code, result.stdout) == (0, "1 contact in 2 files: no problems\n")
    result = run("validate", "--overlay", "../one.yaml", "--overlay", "../two.yaml", "../base.json")
    assert result.exit_code == 1
    assert result.stdout == (
        f"{tmp_path}/two.yaml:1:27: contacts.alice.email: this is a number, and a text is wanted; put it in quotes\n"
    )


@pytest.mark.parametrize(
    "arguments", [("validate",), ("validate", "--format", "xml", "a"), ("nothing",), ("--nothing",)]
)
def test_wrong_usage_exits_with_2_and_says_so_on_standard_error(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Usage: " in result.stderr


def test_version_and_help_with_examples(run: Run) -> None:
    assert run("--version").stdout == f"sinch-contacts, version {version('pulumi-sinch-contacts')}\n"
    for arguments in (("--help",), ("-h",), ("validate", "--help")):
        result = run(*arguments)
        assert result.exit_code == 0
        assert "sinch-contacts validate" in result.stdout
        assert "Examples:" in result.stdout


def test_a_command_whose_package_is_missing_says_what_to_install(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> object:
        raise ModuleNotFoundError("No module named 'uvicorn'", name="uvicorn")

    monkeypatch.setattr("sinch_contacts.cli.main.import_module", missing)
    result = run("emulator")
    assert result.exit_code == 1
    assert result.stderr == "Error: uvicorn is not installed; run: pip install 'pulumi-sinch-contacts[emulator]'\n"


def test_validate_imports_neither_pulumi_nor_http_nor_the_emulator() -> None:
    program = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from sinch_contacts.cli.main import main\n"
        "assert CliRunner().invoke(main, ['validate', 'missing.yaml']).exit_code == 1\n"
        "print(sorted({'pulumi', 'requests', 'starlette', 'uvicorn', 'jsonschema'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
