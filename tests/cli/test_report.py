"""`sinch-contacts report` as a user meets it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from plan_documents import plan, row, write
from sinch_contacts.cli.main import main
from sinch_contacts.core.review.plan_document import Refusal

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    write(tmp_path / "plans", plan("friends", row("create", "änna"), row("delete", "ben")))
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, ["report", *arguments], catch_exceptions=False)


def test_markdown_goes_to_standard_output_unless_told_otherwise(run: Run) -> None:
    result = run("plans")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("<!-- sinch-contacts report -->\n### Contact sets, allowed: 1 created, 1 deleted\n")
    for same in (("plans/",), ("plans/dev.friends.plan.json", "plans"), ("plans", "--output", "-")):
        assert run(*same).stdout == result.stdout


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("markdown", "<!-- sinch-contacts report -->"),
        ("html", "<!doctype html>"),
        ("text", "Contact sets, allowed: "),
        ("json", "{\n"),
    ],
)
def test_every_form_goes_to_a_file_of_the_owners_alone(run: Run, tmp_path: Path, form: str, begins: str) -> None:
    output = tmp_path / "report"
    output.write_text("of yesterday")
    result = run("plans", "--format", form, "--output", "report")
    assert (result.exit_code, result.output) == (0, "")
    assert output.read_text(encoding="utf-8").startswith(begins)
    assert "änna" in output.read_text(encoding="utf-8")
    assert output.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plans", "report"]


def test_the_json_is_one_object(run: Run) -> None:
    assert json.loads(run("plans", "--format", "json").stdout)["plans"][0]["set"] == "friends"


def test_no_plans_is_fine_and_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run("empty", "--format", "text")
    assert (result.exit_code, result.stdout) == (0, "No plans: no set has written one.\n")


def test_a_refused_plan_is_rendered_like_any_other(run: Run, tmp_path: Path) -> None:
    refused = (Refusal("max_deletes", "would delete 60 of 90 contacts"),)
    write(tmp_path / "plans", plan("customers", row("delete", "x"), verdict="refused", refusals=refused))
    result = run("plans")
    assert result.exit_code == 0
    assert "approve: a123456789abcdef" in result.stdout


def test_the_limit_counts_characters(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "plans", plan("many", *(row("create", f"kéy-{number}") for number in range(500))))
    assert 4_900 < len(run("plans", "--limit", "5000").stdout) <= 5_000


def test_all_files_that_are_wrong_are_told_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "plans/bad.plan.json").write_text("{")
    result = run("missing", "plans", "--output", "out.md")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "Error: Nothing was rendered, since 2 plan files are wrong:\n"
        "  missing: there is no such file\n"
        "  plans/bad.plan.json: it is not JSON \n"
        "Name the files, or their folder, that `pulumi preview` wrote to SINCH_PLAN_DIR (or sinch:planDir).\n"
    )
    assert not (tmp_path / "out.md").exists()
    assert "since a plan file is wrong:\n  missing" in run("missing").stderr


def test_only_plans_of_the_run_that_is_named_are_taken(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "mine", msgspec.structs.replace(plan("enemies", row("create", "cid")), run="4711"))
    assert run("mine", "--run", "4711").exit_code == run("mine").exit_code == 0
    for refused in (run("mine", "plans", "--run", "4711"), run("mine", "--run", "4712")):
        assert refused.exit_code == 1
        assert refused.stdout == ""
        assert ": it was not made by this run (471" in refused.stderr
    monkeypatch.setenv("SINCH_PLAN_RUN", "4711")
    assert run("mine").exit_code == 0
    assert run("plans").exit_code == 1


def test_a_file_that_cannot_be_written_is_told_and_leaves_nothing(run: Run, tmp_path: Path) -> None:
    result = run("plans", "--output", "no/such/folder.md")
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: no/such/folder.md cannot be written (No such file or directory); name another --output.\n"
    )
    (tmp_path / "out.md").write_text("of yesterday")
    message = _without_space(run, tmp_path)
    assert message == "Error: out.md cannot be written (No space left on device); name another --output.\n"
    assert (tmp_path / "out.md").read_text() == "of yesterday"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.md", "plans"]


def _without_space(run: Run, folder: Path) -> str:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", full)
        result = run("plans", "--output", "out.md")
    assert result.exit_code == 1
    return result.stderr


@pytest.mark.parametrize(
    "arguments", [(), ("plans", "--format", "pdf"), ("plans", "--limit", "10"), ("plans", "--nothing")]
)
def test_wrong_usage_exits_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: " in result.stderr


def test_help_tells_exit_statuses_and_examples(run: Run) -> None:
    told = run("--help").stdout
    assert "Exit status: 0 rendered" in told
    assert "sinch-contacts report plans/ > comment.md" in told


def test_without_the_extra_html_says_what_to_install_and_the_rest_works(tmp_path: Path) -> None:
    write(tmp_path, plan("a", row("create", "x")))
    program = (
        "import sys\n"
        "sys.modules['jinja2'] = None\n"
        "from sinch_contacts.cli.main import main\n"
        f"main(['report', {str(tmp_path)!r}, '--format', sys.argv[1]])\n"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run([*command, "html"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: jinja2 is not installed; run: pip install 'pulumi-sinch-contacts[report]'\n"
    for form in ("markdown", "text", "json"):
        subprocess.run([*command, form], capture_output=True, check=True)
