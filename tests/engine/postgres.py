"""A private PostgreSQL server, as the backend that the machines of a team share."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MISSING = (
    "PostgreSQL is not installed, and these tests are about a state that is kept in it. Run `make system-packages` "
    "as root, or `apt-get install postgresql`."
)
UNPRIVILEGED = ("postgres", "nobody")
"""Who runs the server where the tests run as root, which it refuses; the first one that the machine knows."""


class Postgres:
    """A running server, which only its socket in a private folder leads to."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder

    def database(self, name: str) -> str:
        """Makes a database, and returns it as `PULUMI_BACKEND_URL` names it."""
        self._run("createdb", name)
        return f"postgres://pulumi@/{name}?host={self._folder}&sslmode=disable"

    def content(self, name: str) -> str:
        """Returns all that Pulumi keeps in a database."""
        query = "SELECT convert_from(decode(data->>'data', 'base64'), 'UTF8') FROM pulumi_state"
        return self._run("psql", "-At", "-c", query, name)

    def _run(self, program: str, *arguments: str) -> str:
        command = [self._programs / program, "-h", self._folder, "-U", "pulumi", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def find_programs() -> Path:
    """Returns the folder of the server's programs, the newest ones."""
    on_path = shutil.which("postgres")
    found = [
        *([Path(on_path)] if on_path else []),
        *sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3])),
    ]
    assert found, MISSING
    return found[-1].resolve().parent


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Runs a server with an empty cluster of its own, and ends it."""
    programs = find_programs()
    user = None
    if os.geteuid() == 0:
        user = next(name for name in UNPRIVILEGED if name in {account.pw_name for account in pwd.getpwall()})
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as name:  # a socket's path must be short
        folder, data = Path(name), Path(name, "data")
        if user:
            shutil.chown(folder, user)

        def run(program: str, *arguments: str | Path) -> None:
            command = [programs / program, "-D", data, *arguments]
            groups = [] if user else None
            subprocess.run(
                command, cwd=folder, user=user, extra_groups=groups, check=True, stdout=subprocess.DEVNULL, timeout=60
            )

        run("initdb", "--username=pulumi", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        options = f"-k {folder} -c listen_addresses= -c fsync=off"
        run("pg_ctl", "start", "--wait", "--log", folder / "log", "--options", options)
        try:
            yield Postgres(programs, folder)
        finally:
            run("pg_ctl", "stop", "--wait", "--mode=fast")
