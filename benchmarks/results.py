"""The results of one run, and where they are kept."""

import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.measurement import Measurement
from benchmarks.rivalry import Rivalry

FOLDER: Final = Path(__file__).parent / "results"


class Results(msgspec.Struct, frozen=True):
    """What one run measured.

    Attributes:
        machine: The kind of machine.
        date: The day of the run.
        measurements: Each step at each size.
        rivalries: What the usual ways leave behind.
    """

    machine: str
    date: str
    measurements: tuple[Measurement, ...]
    rivalries: tuple[Rivalry, ...] = ()

    def of(self, step: str, contacts: int | None = None) -> Measurement | None:
        """Returns a measurement by its step, at a size or else at the largest."""
        found = [one for one in self.measurements if one.step == step and contacts in {None, one.contacts}]
        return max(found, key=lambda one: one.contacts, default=None)


def machine() -> str:
    """Describes the machine: its processor, cores and memory, and the Python."""
    cores, memory, kind = "?", "?", platform.machine()
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            kind = line.partition(":")[2].strip()
    cores = str(sum(line.startswith("processor") for line in _lines("/proc/cpuinfo")) or "?")
    for line in _lines("/proc/meminfo"):
        if line.startswith("MemTotal"):
            memory = f"{round(int(line.split()[1]) / 1024 / 1024)}"
    return f"{cores} cores ({kind}), {memory} GB, Python {platform.python_version()}"


def today() -> str:
    """Returns the date."""
    return datetime.now(UTC).date().isoformat()


def save(results: Results, name: str) -> Path:
    """Writes results as JSON; returns where they are."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(results)) + b"\n")
    return path


def read(path: Path) -> Results:
    """Reads what `save` wrote."""
    return msgspec.json.decode(path.read_bytes(), type=Results)


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
