"""Measures everything, from nothing: `python -m benchmarks [--large]`. `make bench` calls it."""

import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from benchmarks import floors, life, rivalry, steps
from benchmarks.emulator import Emulator, running
from benchmarks.measurement import Measurement
from benchmarks.report import markdown, row
from benchmarks.results import FOLDER, Results, machine, save, today

SIZES: Final = (1_000, 10_000, 100_000)
LARGE: Final = (10_000, 1_000_000)
PEERS: Final = (1_000, 2_000)
LOSSES: Final = 1_001
"""One more than a batch holds, so that each way makes a second call that creates."""


def main(name: str) -> None:
    """Measures, and writes the results; those of a run that broke off, too."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background, each command would end 5 s late
    started = time.monotonic()
    measurements: list[Measurement] = []
    losses: list[rivalry.Rivalry] = []
    try:
        with tempfile.TemporaryDirectory(prefix="sinch-contacts-bench-") as scratch, running() as sinch:
            folder = Path(scratch)
            steps_alone = _in_process(LARGE if name == "large" else SIZES, folder)
            for measurement in steps_alone if name == "large" else chain(steps_alone, _on_the_engine(folder, sinch)):
                _say(row(measurement))
                measurements.append(measurement)
            if name != "large":
                losses += rivalry.losses(LOSSES, folder / "losses", sinch)
    finally:
        results = Results(machine(), today(), tuple(measurements), tuple(losses))
        path = save(results, name)
        text = markdown(results)
        path.with_suffix(".md").write_text(text)
        _say(f"\n{text}\nResults in {FOLDER}; all of it in {time.monotonic() - started:.0f} s.")


def _in_process(sizes: Iterable[int], folder: Path) -> Iterator[Measurement]:
    for contacts in sizes:
        own = folder / f"steps-{contacts}"
        own.mkdir()
        for step in steps.STEPS:
            if contacts < 1_000_000 or step not in steps.WHOLE_FILES:
                yield steps.measure(step, contacts, own)


def _on_the_engine(folder: Path, sinch: Emulator) -> Iterator[Measurement]:
    for contacts in SIZES:
        yield from life.live(contacts, folder / f"life-{contacts}", sinch)
    yield from floors.compare(SIZES[-1], folder / "floors", sinch)
    for contacts in PEERS:
        yield from rivalry.costs(contacts, folder / f"peers-{contacts}", sinch)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main("large" if "--large" in sys.argv[1:] else "run")
