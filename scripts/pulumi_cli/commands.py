"""Running commands that take long, so that people see what happens and nothing is left running."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pulumi_cli.programs import Say, Unavailable

LINES_TOLD = 15
WIDTH = 100


@dataclass(frozen=True, slots=True)
class Step:
    """A command, and how it is run.

    Attributes:
        what: What it does, as people are told: `building pulumi`.
        command: The command.
        folder: Where it runs.
        environment: Its environment.
        limit: Seconds that it may take; `None` for as long as it likes.
        every: Seconds between two lines of progress.
    """

    what: str
    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    limit: float | None = None
    every: float = 15.0

    def run(self, say: Say) -> None:
        """Runs the command; it and whatever it started have ended when this returns or raises.

        Raises:
            Unavailable: It could not be started, took too long, or ended with an error; the end of its output is told.
        """
        started = time.monotonic()
        tail: deque[str] = deque(maxlen=LINES_TOLD)
        try:
            process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        except OSError as failure:
            raise Unavailable(f"{self.what} could not start: {failure}") from failure
        reader = threading.Thread(target=_read, args=(process, tail), daemon=True)
        reader.start()
        try:
            while (status := _wait(process, self.every)) is None:
                spent = time.monotonic() - started
                if self.limit and spent >= self.limit:
                    raise Unavailable(f"{self.what} did not end within {self.limit:.0f} s")
                say(f"engine: {self.what}, {spent:.0f} s so far: {(tail[-1] if tail else 'no output yet')[:WIDTH]}")
        finally:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            reader.join()
        if status:
            raise Unavailable(f"{self.what} failed with exit status {status}:\n" + "\n".join(tail))


def _read(process: subprocess.Popen[str], tail: deque[str]) -> None:
    if process.stdout:
        with process.stdout as output:
            tail.extend(filter(None, map(str.strip, output)))


def _wait(process: subprocess.Popen[str], seconds: float) -> int | None:
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
