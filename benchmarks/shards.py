"""A very large set in shards: `python -m benchmarks.shards [CONTACTS [SHARDS]] [--up]`.

The steps that touch no network are measured in a process of their own; then a whole `pulumi preview` of the set, and
with `--up` a `pulumi up` and another preview, on the real engine, with a project in the provider's memory for Sinch.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Final, TypeVar

from benchmarks.people import people
from sinch_contacts.core.contact.contact import ContactId
from sinch_contacts.core.contact.desired import DesiredContact, desired_set, pack_shards, unpack
from sinch_contacts.core.contact.sharding import split
from sinch_contacts.core.plan.plan import Plan
from sinch_contacts.core.plan.planner import make_plan
from sinch_contacts.core.plan.policy import Policy
from sinch_contacts.core.record.record_text import decode_record, encode_record
from sinch_contacts.core.record.recorded import Record, record_contact
from sinch_contacts.core.review.manifest import make_manifest
from sinch_contacts.sources import load

ROOT: Final = Path(__file__).parents[1]
BIN: Final = Path(sys.executable).parent
MEGABYTE: Final = 1024 if sys.platform == "linux" else 1024 * 1024
PROGRAM: Final = """import sinch_contacts.contact_set
from engine.stubbed import StubbedProvider

sinch_contacts.contact_set.ContactSetProvider = StubbedProvider
from sinch_contacts import ShardedContactSet

ShardedContactSet("customers", shards={}, source="contacts/*.jsonl")
"""
LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
KEY: Final = bytes(32)
Result = TypeVar("Result")


def write(count: int, folder: Path) -> None:
    """Writes a contact file of ordinary people."""
    folder.mkdir()
    with (folder / "all.jsonl").open("w", encoding="utf-8") as file:
        for person in people(count):
            file.write(f"{json.dumps(person)}\n")


def pure(folder: Path, shards: int) -> None:
    """Validates, spreads, packs, plans and encodes a set, and says what each step takes."""
    rows = _timed("load and validate", lambda: load(["contacts/*.jsonl"], folder))
    texts = _timed(f"spread and pack, {shards} shards", lambda: list(pack_shards(rows, (), "", shards)))
    _timed("manifests", lambda: [make_manifest(unpack(text), KEY) for text in texts])
    pieces = split(rows, shards)
    _timed("plan, everything is new", lambda: [make_plan(piece, {}, Policy()) for piece in pieces])
    recorded = _timed("encode the records", lambda: [encode_record(_record(piece)) for piece in pieces])
    _timed("decode the records, and plan: nothing changed", lambda: list(_planned(pieces, recorded)))
    largest = max(map(len, pieces))
    _say(f"  {len(rows):,} contacts, at most {largest:,} in a shard; texts of {_megabytes(texts)} packed and "
         f"{_megabytes(recorded)} recorded; the largest record has {max(map(len, recorded)):,} characters")  # fmt: skip


def _planned(pieces: tuple[tuple[DesiredContact, ...], ...], recorded: list[str]) -> Iterator[Plan]:
    for piece, text in zip(pieces, recorded, strict=True):
        yield make_plan(desired_set(piece).contacts, decode_record(text), Policy())


def _record(rows: tuple[DesiredContact, ...]) -> Record:
    random = Random(8)  # noqa: S311  # likewise
    return {row.key: record_contact(row.key, row.contact, contact_id=_ulid(row.line, random)) for row in rows}


def _ulid(number: int, random: Random) -> ContactId:
    value = (1_800_000_000_000 + number) << 80 | random.getrandbits(80)
    return ContactId("".join(LETTERS[value >> (5 * place) & 31] for place in reversed(range(26))))


def _timed(step: str, work: Callable[[], Result]) -> Result:
    started = time.perf_counter()
    result = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
    _say(f"  {step:50} {time.perf_counter() - started:7.1f} s   peak so far {peak:6,.0f} MB")
    return result


def _megabytes(texts: list[str]) -> str:
    return f"{sum(map(len, texts)) / 1e6:.1f} MB"


def engine(folder: Path, shards: int, *, up: bool) -> None:
    """Previews the set on the real engine, and applies it where that is asked for."""
    (folder / "Pulumi.yaml").write_text("name: scratch\nruntime: python\n")
    (folder / "__main__.py").write_text(PROGRAM.format(shards))
    (folder / "state").mkdir()
    environment = {
        **os.environ,
        "PATH": os.pathsep.join((str(BIN), os.environ["PATH"])),
        "PYTHONPATH": str(ROOT / "tests"),
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_HOME": str(folder / "home"),
        "SINCH_EMULATOR_URL": "http://127.0.0.1:1",
        "SINCH_PROJECT_ID": "benchmark",
        "SINCH_REGION": "eu",
        "SINCH_JOURNAL_DIR": str(folder / "journals"),
    }
    _pulumi(folder, environment, "stack", "init", "large")
    steps: list[tuple[str, ...]] = [("preview", "--suppress-outputs")]
    if up:
        steps += [("up", "--yes", "--skip-preview", "--suppress-outputs"), ("preview", "--expect-no-changes")]
    for step in steps:
        _pulumi(folder, environment, *step)


def _pulumi(folder: Path, environment: dict[str, str], *arguments: str) -> None:
    started = time.perf_counter()
    with _watched(folder) as peaks:
        done = subprocess.run(  # noqa: S603  # Pulumi, with arguments of ours
            [str(BIN / "pulumi"), *arguments, "--non-interactive", "--color", "never"],
            cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=1800,
        )  # fmt: skip
    seconds = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    if arguments[0] != "stack":
        told = ", ".join(f"{name} {peak:,.0f} MB" for name, peak in sorted(peaks.items()))
        _say(f"  {'pulumi ' + ' '.join(arguments[:2]):50} {seconds:7.1f} s   {told}")


@contextmanager
def _watched(folder: Path) -> Iterator[dict[str, float]]:
    """Looks at the memory of the processes that work in a folder, where `/proc` tells it."""
    peaks: dict[str, float] = {}
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.2):
            for process in Path("/proc").glob("[0-9]*"):
                with suppress(OSError, ValueError, IndexError):
                    if (process / "cwd").readlink() == folder.resolve():
                        name = _role((process / "cmdline").read_bytes())
                        status = (process / "status").read_text()
                        peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
                        peaks[name] = max(peaks.get(name, 0.0), peak)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    yield peaks
    over.set()
    thread.join()


def _role(command: bytes) -> str:
    if b"pulumi.dynamic" in command:
        return "provider"
    return "program" if b"python" in command else "engine"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("contacts", type=int, nargs="?", default=1_000_000)
    parser.add_argument("shards", type=int, nargs="?", default=8)
    parser.add_argument("--up", action="store_true", help="also `pulumi up`, and a preview with nothing to do")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sinch-contacts-shards-") as scratch:
        folder = Path(scratch)
        write(asked.contacts, folder / "contacts")
        _say(f"{asked.contacts:,} contacts in {asked.shards} shards")
        worker = get_context("spawn").Process(target=pure, args=(folder, asked.shards))
        worker.start()
        worker.join()
        engine(folder, asked.shards, up=asked.up)


if __name__ == "__main__":
    main()
