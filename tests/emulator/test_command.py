import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from emulator.client import CONTACTS, Clock, Emulator, error

PROGRAM = [sys.executable, "-c", "from sinch_contacts.cli.emulator import emulator; emulator()"]


@contextmanager
def started(*arguments: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Runs the command on a free port; yields the process and its one line."""
    process = subprocess.Popen(
        [*PROGRAM, "--port", "0", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        yield process, process.stdout.readline()
    finally:
        process.kill()
        process.communicate()


def address(line: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert found, line
    return found[0]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_when_it_is_ready_and_ends_cleanly(number: signal.Signals) -> None:
    with started() as (process, line):
        assert re.fullmatch(
            r"sinch-contacts emulator: ready at http://127\.0\.0\.1:\d+ \(lag 0\.2 s, state in memory\)\n", line
        )
        assert requests.get(f"{address(line)}/_emulator/health", timeout=5).status_code == 200
        process.send_signal(number)
        assert process.communicate(timeout=10) == ("", "")
        assert process.returncode == 0


def test_options_reach_the_emulator(tmp_path: Path) -> None:
    faults = tmp_path / "faults.json"
    faults.write_text(json.dumps([{"kind": "throttle", "times": None}]))
    database = tmp_path / "state.db"
    options = ["--lag", "3", "--db", str(database), "--faults", str(faults), "--token-lifetime", "60"]

    with started(*options, "--key-id", "k", "--key-secret", "s") as (_, line):
        emulator = Emulator(address(line), Clock())
        assert line.endswith(f"(lag 3 s, state in {database})\n")
        assert emulator.ask_token().status_code == 401
        assert emulator.ask_token(("k", "s")).json()["expires_in"] == 60
        assert error(emulator.call("GET", CONTACTS, auth=("k", "s")))[0] == 429
    assert database.exists()


def test_a_profile_brings_its_knobs_and_faults_and_the_command_line_wins() -> None:
    with started("--profile", "strict", "--lag", "3", "--large-pages", "clamp") as (_, line):
        assert line.endswith("(lag 3 s, state in memory, profile strict)\n")
        emulator = Emulator(address(line), Clock())
        assert emulator.page(page_size=21).status_code == 200
        assert emulator.page(page_size="x").json()["code"] == 400
    with started("--profile", "gateway") as (_, line):
        faults = Emulator(address(line), Clock()).call("GET", "/_emulator/faults").json()
        assert {fault["kind"] for fault in faults} >= {"no_page", "lose_response", "html_error"}


def refused(*arguments: str) -> str:
    """Runs the command, which must not start; returns what it says."""
    process = subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, timeout=20, check=False)
    assert (process.returncode, process.stdout) == (1, "")
    return process.stderr


def test_a_port_in_use_is_told_without_a_traceback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert refused("--port", str(port)) == f"Error: Cannot listen on 127.0.0.1:{port}: Address already in use.\n"


def test_a_file_that_is_no_database_is_told_without_a_traceback(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database, by any means" * 100)

    assert refused("--db", str(file)) == f"Error: Cannot use {file} as the state: file is not a database.\n"


def test_faults_that_make_no_sense_are_told_without_a_traceback(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    file.write_text('[{"kind": "nonsense"}]')

    assert refused("--faults", str(file)).startswith("Error: faults: Invalid enum value 'nonsense'")


def test_a_missing_extra_is_told_with_the_command_that_installs_it() -> None:
    program = f"import sys; sys.modules['starlette'] = None; {PROGRAM[-1]}"
    process = subprocess.run([*PROGRAM[:-1], program], capture_output=True, text=True, timeout=20, check=False)

    assert process.returncode == 1
    assert "pip install 'pulumi-sinch-contacts[emulator]'" in process.stderr
