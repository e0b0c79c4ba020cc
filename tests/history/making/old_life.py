"""A set under an old version of this package: what its runs do, how they end early, and what they leave.

`__main__.py` has it imported with the old version's own package and test helpers on the path. Nothing of the
version that it is committed with is used, and what it writes down is what the old code wrote.
"""

import inspect
import json
import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import msgspec
from old_endings import Died, Mortal, die

from apply.conftest import TARGET, Set, VirtualClock
from outside import Sinch
from sinch_contacts.api.client import HttpContactsApi
from sinch_contacts.api.credentials import Credentials
from sinch_contacts.api.settings import ApiSettings
from sinch_contacts.apply.settings import ApplySettings
from sinch_contacts.emulator.server import running
from sinch_contacts.emulator.settings import EmulatorSettings

DEPTH = 3
"""So deep in what is told of a life are its contacts."""

Files = Mapping[str, Mapping[str, Any]]


class Life:
    """A set, its stack's state as the engine would keep it, and the project that its contacts are in."""

    def __init__(self, sinch: Sinch, clock: VirtualClock, friends: Set, folder: Path) -> None:
        self.sinch = sinch
        self.clock = clock
        self.set = friends
        self.folder = folder
        self.before: Files = {}
        self.wanted: Files = {}
        self.policy: dict[str, str] = {}
        self.foreign: list[str] = []
        self.contacts = ""

    def rules(self, **policy: str) -> None:
        """Sets options of the set."""
        self.policy = policy
        self.set.policy = msgspec.convert(policy, type(self.set.policy))

    def name_all_but_some(self, prefix: str) -> None:
        """Sets the set's prefix, and lets contacts whose key begins with `nameless` have no external id."""
        self.set.prefix = prefix
        import_module("apply.naming").allow_nameless(self.set)

    def meet(self, *bodies: Mapping[str, Any]) -> None:
        """Somebody else makes contacts."""
        self.sinch.seed(bodies)

    def make_foreign(self) -> None:
        """Somebody else makes two contacts with numbers of ours, one of them without a name."""
        self.meet(body(1, display_name="Theirs", external_id="theirs"), body(2, display_name="Theirs", email="t@x.org"))
        self.foreign = sorted(contact["id"] for contact in self.sinch.contacts())

    def change(self, key: str, **fields: str) -> None:
        """Somebody else changes a contact."""
        self.sinch.patch(self.set.record[key].id, fields)

    def delete(self, key: str) -> None:
        """Somebody else deletes a contact."""
        self.sinch.delete(self.set.record[key].id)

    def up(self, files: Files) -> Any:
        """Runs to the end; the engine keeps the inputs of a run that failed only where it was the first."""
        first, declared = not self.contacts, self.set.declared
        outcome = self.set.up(files)
        if first or outcome.incomplete is None:
            self.before = files
            self.contacts = pack(self.set.rows(files))
        else:
            self.set.declared = declared
        self.wanted = files
        return outcome

    def fail(self, files: Files, *faults: Mapping[str, Any]) -> None:
        """Runs to the end under faults, which is not that of a set as desired."""
        self.sinch.faults(*faults)
        assert self.up(files).incomplete
        self.sinch.faults()

    def refresh(self) -> None:
        """Refreshes the set, whose inputs are then what lives."""
        self.set.refresh()
        rows = [row for row in self.set.rows(self.before) if row.key in self.set.declared]
        self.contacts = pack([msgspec.structs.replace(row, contact=self.set.declared[row.key]) for row in rows])

    def lose(self, run: Callable[[], Any]) -> None:
        """Has a run end in good order, and the engine die before it has written the state."""
        state = self.set.record, self.set.declared, getattr(self.set, "last_run", "")
        before, contacts = self.before, self.contacts
        run()
        self.set.record, self.set.declared, self.set.last_run = state
        self.before, self.contacts = before, contacts

    def kill(self, files: Files | None, at: str, number: int = 1, *, applied: bool = True) -> None:
        """Runs the set, or destroys it where there are no files, in a process that is killed at a call."""
        with self.ending(at, number, die, applied=applied):
            try:
                self.set.destroy() if files is None else self.set.up(files)
            except Died:
                self.wanted = files or {}
                return
        raise AssertionError(at)

    def stop(self, files: Files, at: str, number: int = 1) -> None:
        """Runs the set, and asks the run to stop at a call, which is carried out."""
        with self.ending(at, number, self.set.interruption.ask):
            assert self.up(files).incomplete

    @contextmanager
    def ending(self, at: str, number: int, end: Callable[[], None], *, applied: bool = True) -> Iterator[None]:
        """Has the run of a context meet its end at a call."""
        api = self.set.api
        self.set.api = Mortal(api, at, number, end, applied=applied)
        yield
        self.set.api = api
        self.set.interruption = type(self.set.interruption)()

    def statuses(self) -> str:
        """Returns the letters of what is recorded, by key."""
        return " ".join(f"{key}:{entry.status}" for key, entry in self.set.record.items())

    def write(self, folder: Path, code: str, story: str) -> None:
        """Writes down what the runs left."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        state = {
            "recorded": encode_record(self.set.record) if self.contacts else "",
            "run": getattr(self.set, "last_run", ""),
            "contacts": self.contacts,
        }
        inputs = {
            "before": self.before,
            "wanted": self.wanted,
            "prefix": self.set.prefix,
            "policy": self.policy,
        }
        there = {"now": self.clock.time, "foreign": self.foreign, "contacts": self.sinch.contacts()}
        told = {"code": code, "story": story, "inputs": inputs, "state": state, "sinch": there}
        (folder / "life.json").write_text(_lines(told) + "\n")
        for kind in ("journals", "undo"):
            if (self.folder / kind).exists():
                shutil.copytree(self.folder / kind, folder / kind)


def body(number: int, **fields: Any) -> dict[str, Any]:
    """Returns a contact with a number of its own."""
    identities = [{"channel": "SMS", "identity": f"1202000{number:04d}"}]
    return {"language": "EN_US", "channel_identities": identities, **fields}


def delay(operation: str, seconds: float) -> dict[str, Any]:
    """Has the items of a batch take effect so much later."""
    return {"kind": "delay", "operation": operation, "seconds": seconds, "times": None}


def drop(operation: str) -> dict[str, Any]:
    """Has the items of a batch never take effect."""
    return {"kind": "drop_item", "operation": operation, "times": None}


def _old(name: str, *modules: str) -> Any:
    """Finds what has been in several modules in the course of time."""
    for module in modules:
        try:
            return getattr(import_module(f"sinch_contacts.{module}"), name)
        except (ImportError, AttributeError):
            continue
    raise ImportError(name)


def _lines(value: Any, depth: int = 0) -> str:
    """Returns JSON with a line for each contact."""
    if not value or not isinstance(value, dict | list) or depth == DEPTH:
        return json.dumps(value)
    is_list = isinstance(value, list)
    parts = value if is_list else [(json.dumps(key), part) for key, part in value.items()]
    texts = [_lines(part, DEPTH) if is_list else f"{part[0]}: {_lines(part[1], depth + 1)}" for part in parts]
    indent = "\n" + " " * depth
    first, last = "[]" if is_list else "{}"
    return first + indent + " " + f",{indent} ".join(texts) + indent + last


encode_record = _old("encode_record", "core.record_text", "core.recorded")


def pack(rows: Any) -> str:
    """Returns the text in which the inputs of a set are kept."""
    return str(_old("pack", "core.desired_set")(_old("desired_set", "core.desired_set")(rows)))


@contextmanager
def luck() -> Iterator[None]:
    """Has ids of contacts and runs be the same each time."""
    source = random.Random(1)  # noqa: S311  # it guards nothing
    random.seed(1)
    with ExitStack() as stack:
        stack.enter_context(patch("secrets.randbits", source.getrandbits))
        stack.enter_context(patch("secrets.token_hex", lambda size: f"{source.getrandbits(8 * size):0{2 * size}x}"))
        yield


@contextmanager
def life() -> Iterator[Life]:
    """Begins a life in an empty project."""
    clock = VirtualClock()
    settings = EmulatorSettings(lag=2.0, now=clock.now, token_lifetime=1e6, requests_per_second=1e9)
    ports: dict[str, Any] = {"now": clock.now, "sleep": clock.sleep, "wall": clock.now}
    known = inspect.signature(HttpContactsApi).parameters
    with luck(), TemporaryDirectory() as folder, running(settings) as url, ExitStack() as stack:
        api = stack.enter_context(
            HttpContactsApi(
                TARGET,
                Credentials("emulator", "emulator"),
                ApiSettings(emulator_url=url, requests_per_second=1e9, attempts=3),
                **{name: port for name, port in ports.items() if name in known},
            )
        )
        patience = ApplySettings(confirm_timeout=60, settle_time=600, concurrency=1)
        yield Life(Sinch(url), clock, _set(api, clock, patience, Path(folder)), Path(folder))


def _set(api: HttpContactsApi, clock: VirtualClock, patience: ApplySettings, folder: Path) -> Set:
    has_journals = "journals" in inspect.signature(Set).parameters
    place = folder / "journals" if has_journals else import_module("sinch_contacts.apply.ledger").Ledger()
    friends = Set(api, clock, patience, place)
    if hasattr(friends, "undo"):
        undo = import_module("sinch_contacts.apply.undo").UndoFolder
        friends.undo = undo(folder / "undo" / "scratch.test.friends", "friends", TARGET, 30, clock.now)
    return friends
