"""The steps that touch no network, each run in a process of its own: `python -m benchmarks.steps NAME CONTACTS FOLDER`.

What a step needs is made ready before the clock runs. The best of several runs counts; peak memory is that of the whole
process, what was made ready included.
"""

import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.measurement import Measurement, own_peak, run
from benchmarks.people import FORMATS, people, write
from benchmarks.project import ROOT
from sinch_contacts.core.contact.contact import Contact, ContactId, Key
from sinch_contacts.core.contact.desired import DesiredContact, DesiredSet, desired_set, pack, unpack
from sinch_contacts.core.contact.normalize import normalize_contact
from sinch_contacts.core.plan.planner import make_plan
from sinch_contacts.core.plan.policy import Policy
from sinch_contacts.core.record.record_text import decode_record, encode_record
from sinch_contacts.core.record.recorded import Record, record_contact
from sinch_contacts.core.review.manifest import make_manifest
from sinch_contacts.shell.bridge import EngineCall
from sinch_contacts.shell.inputs import Properties, outputs_of, parse_inputs
from sinch_contacts.shell.phase import Phase
from sinch_contacts.shell.resource import SetResource
from sinch_contacts.shell.settings import Settings
from sinch_contacts.sources import load

Work = Callable[[], object]
_KEY: Final = "00" * 32
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RECORD: Final = "record.txt"
_SMALL: Final = 10_000
_LARGE: Final = 200_000
_RUNS: Final = (7, 3, 1)
"""How often a step is run: at up to 10,000 contacts, up to 200,000, and above."""


def _wanted(count: int, every: int = 0) -> DesiredSet:
    """Returns a set, every so many of its contacts with another name."""
    rows = []
    for number, person in enumerate(people(count)):
        if every and number % every == 0:
            person["display_name"] += " Renamed"
        contact = normalize_contact(msgspec.convert(person, Contact))
        rows.append(DesiredContact(Key(person["external_id"]), contact, "contacts/all.jsonl", number + 1))
    return desired_set(rows)


def _record(wanted: DesiredSet) -> Record:
    rows = (record_contact(row.key, row.contact, contact_id=_ulid(row.line)) for row in wanted.contacts)
    return {row.key: row for row in rows}


def _ulid(number: int) -> ContactId:
    scattered = number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 80) | (1_800_000_000_000 + number) << 80
    return ContactId("".join(_LETTERS[scattered >> (5 * place) & 31] for place in reversed(range(26))))


def _load(form: str) -> Callable[[int, Path], Work]:
    def ready(count: int, folder: Path) -> Work:
        path = folder / f"all.{form}"
        if not path.exists():
            write(list(people(count)), folder, form)
        return lambda: load([path.name], folder)

    return ready


def _plan(every: int) -> Callable[[int, Path], Work]:
    def ready(count: int, _: Path) -> Work:
        record, contacts = _record(_wanted(count)), _wanted(count, every).contacts
        return lambda: make_plan(contacts, record, Policy())

    return ready


def _packing(count: int, _: Path) -> Work:
    wanted = _wanted(count)
    return lambda: pack(wanted)


def _unpacking(count: int, _: Path) -> Work:
    text = pack(_wanted(count))
    return lambda: unpack(text)


def _manifest(count: int, _: Path) -> Work:
    wanted = _wanted(count)
    return lambda: make_manifest(wanted, bytes.fromhex(_KEY))


def _encoding(count: int, _: Path) -> Work:
    record = _record(_wanted(count))
    return lambda: encode_record(record)


def _decoding(count: int, _: Path) -> Work:
    text = encode_record(_record(_wanted(count)))
    return lambda: decode_record(text)


def _everything(count: int, folder: Path) -> Work:
    """What a preview does to a set, in one process: validate, encode, plan. Another one makes ready what it needs."""
    made = multiprocessing.get_context("spawn").Process(target=_write_files, args=(count, folder))
    made.start()
    made.join()

    def work() -> object:
        contacts = load(["all.jsonl"], folder)
        recorded = (folder / _RECORD).read_text()
        return pack(DesiredSet(contacts)), make_plan(contacts, decode_record(recorded), Policy())

    return work


def _write_files(count: int, folder: Path) -> None:
    _load("jsonl")(count, folder)
    (folder / _RECORD).write_text(encode_record(_record(_wanted(count))))


class _Call(EngineCall):
    """A call of the engine about a set whose inputs it knows."""

    def __init__(self, inputs: Properties) -> None:
        super().__init__(None, None)
        self._inputs = inputs

    def old_inputs(self) -> Properties:
        return self._inputs


def _provider(method: str, every: int) -> Callable[[int, Path], Work]:
    def ready(count: int, folder: Path) -> Work:
        environment = {"SINCH_EMULATOR_URL": "http://127.0.0.1:9", "SINCH_JOURNAL_DIR": str(folder / "journals")}
        wanted = _wanted(count)
        inputs = _inputs(wanted)
        news = _inputs(_wanted(count, every)) if every else inputs
        outputs = _clear(outputs_of(parse_inputs(inputs), _record(wanted), "", 0.0, settled=True))

        def work() -> object:
            resource = SetResource(_Call(inputs), Phase(), Settings(lambda _: None, environment))
            return resource.check(inputs, news) if method == "check" else resource.diff(outputs, news)

        return work

    return ready


def _inputs(wanted: DesiredSet) -> Properties:
    manifest = make_manifest(wanted, bytes.fromhex(_KEY))
    place = {"project_id": "benchmark", "region": "eu"}
    return {"contacts": pack(wanted), **place, "manifest": manifest, "manifest_key": _KEY}


def _clear(properties: Properties) -> Properties:
    """Takes the marks of secrets off, as the engine does on the way to a provider."""
    return {
        name: value["value"] if isinstance(value, dict) and "value" in value else value
        for name, value in properties.items()
    }


STEPS: Final[Mapping[str, Callable[[int, Path], Work]]] = {
    **{f"load and validate, {form}": _load(form) for form in FORMATS},
    "pack": _packing,
    "unpack": _unpacking,
    "manifest": _manifest,
    "encode the record": _encoding,
    "decode the record": _decoding,
    "plan, nothing changed": _plan(0),
    "plan, 1 % changed": _plan(100),
    "plan, all changed": _plan(1),
    "validate, encode and plan": _everything,
    "check, nothing changed": _provider("check", 0),
    "check, 1 % changed": _provider("check", 100),
    "diff, nothing changed": _provider("diff", 0),
    "diff, 1 % changed": _provider("diff", 100),
}
"""The steps by name; each makes ready what it needs, and returns the work that is measured."""

WHOLE_FILES: Final = frozenset({"load and validate, yaml", "load and validate, json"})
"""Steps of formats that are read as a whole, which is why such a file may have 64 MiB: about 200,000 contacts."""


def measure(step: str, contacts: int, folder: Path) -> Measurement:
    """Measures a step in a process of its own.

    Raises:
        RuntimeError: It failed.
    """
    command = (sys.executable, "-m", "benchmarks.steps", step, str(contacts), str(folder))
    done = run(command, folder, {**os.environ, "PYTHONPATH": str(ROOT)})
    if done.status:
        raise RuntimeError(done.output)
    return msgspec.json.decode(done.output, type=Measurement)


def _main(step: str, contacts: int, folder: Path) -> None:
    work = STEPS[step](contacts, folder)
    runs = _RUNS[0 if contacts <= _SMALL else 1 if contacts <= _LARGE else 2]
    seconds, cpu = min(_clocked(work) for _ in range(runs))
    sys.stdout.write(msgspec.json.encode(Measurement(step, contacts, seconds, cpu, own_peak())).decode())


def _clocked(work: Work) -> tuple[float, float]:
    started, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - cpu


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
