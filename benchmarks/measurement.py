"""One measurement, and how a command is measured: each in a process of its own, so that peak memory means something."""

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

MEGABYTE: Final = 1024 if sys.platform == "linux" else 1024 * 1024
"""Units of `ru_maxrss` in a MB: they are KiB on Linux and bytes on macOS."""

_LOOK: Final = 0.05
_MOST: Final = 900.0


class Measurement(msgspec.Struct, frozen=True):
    """What a step cost.

    Attributes:
        step: What was measured.
        contacts: At which size.
        seconds: Wall time.
        cpu: CPU time in seconds, of all processes together.
        peak: Most memory of the largest process, in MB.
        provider: Most memory of the provider's process, in MB; 0 where there is none.
        calls: Calls that reached Sinch, by kind, without those for tokens.
        note: What else was seen.
    """

    step: str
    contacts: int
    seconds: float
    cpu: float
    peak: float = 0.0
    provider: float = 0.0
    calls: Mapping[str, int] = {}
    note: str = ""


class Run(msgspec.Struct, frozen=True):
    """A command that was run.

    Attributes:
        status: Its exit status.
        output: What it printed, on both streams.
        seconds: See `Measurement`; likewise the others.
    """

    status: int
    output: str
    seconds: float
    cpu: float
    peak: float
    provider: float

    def measured(self, step: str, contacts: int, calls: Mapping[str, int] | None = None, note: str = "") -> Measurement:
        """Returns it as a measurement."""
        return Measurement(step, contacts, self.seconds, self.cpu, self.peak, self.provider, calls or {}, note)


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Run:
    """Runs a command to its end and measures it with all its children."""
    log = folder / ".output"
    started = time.perf_counter()
    with log.open("w+", encoding="utf-8") as output:
        process = subprocess.Popen(  # noqa: S603  # commands of our own
            command, cwd=folder, env=dict(environment), stdout=output, stderr=subprocess.STDOUT
        )
        watch = _Watch(folder)
        timer = threading.Timer(_MOST, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        timer.cancel()
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.end()
        output.seek(0)
        text = output.read()
    peak = watch.most or usage.ru_maxrss / MEGABYTE
    return Run(process.returncode, text, seconds, usage.ru_utime + usage.ru_stime, peak, watch.provider)


def own_peak() -> float:
    """Returns the most memory that this process has had since it began, in MB.

    `ru_maxrss` is not that on Linux: it also counts what the parent had when it started this process.
    """
    status = Path("/proc/self")
    return _peak(status) if status.exists() else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE


class _Watch:
    """Looks at the memory of all processes that work in a folder, where `/proc` tells it.

    Attributes:
        most: The most memory of the largest, in MB.
        provider: That of the dynamic provider.
    """

    def __init__(self, folder: Path) -> None:
        self.most = 0.0
        self.provider = 0.0
        self._folder = folder.resolve()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stops looking."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(_LOOK):
            for process in Path("/proc").glob("[0-9]*"):
                with suppress(OSError, ValueError):
                    if (process / "cwd").readlink() == self._folder:
                        self._note(process)

    def _note(self, process: Path) -> None:
        peak = _peak(process)
        self.most = max(self.most, peak)
        if b"pulumi.dynamic" in (process / "cmdline").read_bytes():
            self.provider = max(self.provider, peak)


def _peak(process: Path) -> float:
    for line in (process / "status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0
