"""Completion in a shell."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from sinch_contacts.cli.main import main

PROGRAMS = str(Path(sys.executable).parent)


def completed(*words: str) -> list[str]:
    """What bash would offer in place of the last word."""
    script = (
        'eval "$(sinch-contacts completion bash)"\n'
        f"COMP_WORDS=(sinch-contacts {' '.join(map(repr, words))}); COMP_CWORD={len(words)}\n"
        "_sinch_contacts_completion sinch-contacts\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    surroundings = os.environ | {"PATH": f"{PROGRAMS}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-euc", script], env=surroundings, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_bash_completes_commands_options_and_values() -> None:
    assert completed("rep") == ["report"]
    assert completed("report", "--") == ["--format", "--output", "--limit", "--run", "--help"]
    assert completed("report", "--format", "") == ["markdown", "html", "text", "json"]


@pytest.mark.parametrize(("shell", "says"), [("bash", "complete -o nosort"), ("zsh", "#compdef"), ("fish", "complete")])
def test_each_shell_gets_a_script_that_calls_us(shell: str, says: str) -> None:
    result = CliRunner().invoke(main, ["completion", shell])
    assert (result.exit_code, result.stderr) == (0, "")
    assert says in result.stdout
    assert f"_SINCH_CONTACTS_COMPLETE={shell}_complete" in result.stdout
    if program := shutil.which(shell):
        subprocess.run([program, "-n"], input=result.stdout, text=True, check=True, capture_output=True)


def test_another_shell_is_wrong_usage() -> None:
    result = CliRunner().invoke(main, ["completion", "powershell"])
    assert result.exit_code == 2
    assert "'bash', 'zsh', 'fish'" in result.stderr
