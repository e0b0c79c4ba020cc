"""The provider's methods as the engine calls them, without the engine: quick enough for one test per rule."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from pulumi.runtime import rpc

from machine.inside import TARGET, Inside
from sinch_contacts.core.contact.contact import Key
from sinch_contacts.core.contact.desired import DesiredContact, desired_set, pack, with_prefix
from sinch_contacts.core.target import Target
from sinch_contacts.shell.bridge import EngineCall
from sinch_contacts.shell.phase import Phase
from sinch_contacts.shell.resource import PartialResult, SetResource
from sinch_contacts.shell.settings import Settings
from sinch_contacts.sources import from_mapping, load

Contacts = Mapping[str, Any] | tuple[DesiredContact, ...]


class StackCall(EngineCall):
    """A call of the engine, as the stack below makes it."""

    def __init__(self, urn: str, inputs: Mapping[str, Any], told: list[str]) -> None:
        super().__init__(None, None)
        self.urn = urn
        self._inputs = inputs
        self._told = told

    def old_inputs(self) -> Mapping[str, Any]:
        return self._inputs

    def tell(self, text: str) -> None:
        self._told.append(text)

    def progress(self, text: str) -> None:
        pass


class Stack:
    """A stack of contact sets: its state, and the phases in which the engine calls the provider.

    Attributes:
        told: What stayed on the rows in the last phase.
        environment: The environment of the provider's process.
    """

    def __init__(self, sinch: Inside, folder: Path) -> None:
        self.told: list[str] = []
        self.environment = {
            "SINCH_EMULATOR_URL": "http://127.0.0.1:1",
            "SINCH_JOURNAL_DIR": str(folder / "journals"),
            "SINCH_UNDO_DIR": str(folder / "undo"),
            "SINCH_CONCURRENCY": "1",  # the emulator inside is no server
        }
        self._sinch = sinch
        self._inputs: dict[str, dict[str, Any]] = {}
        self._outputs: dict[str, dict[str, Any]] = {}
        self._phase = self._new_phase()

    def _new_phase(self) -> Phase:
        return Phase(lambda *_: self._sinch.api, self._sinch)  # type: ignore[arg-type,return-value]

    def begin(self) -> None:
        """Begins a phase: another process."""
        self.told = []
        self._phase = self._new_phase()

    def preview(self, contacts: Contacts, name: str = "friends", **options: Any) -> None:
        """Previews one set, in a phase of its own."""
        self.begin()
        self.plan(contacts, name, **options)

    def plan(self, contacts: Contacts, name: str = "friends", **options: Any) -> dict[str, Any]:
        """Checks and compares one set within the phase; returns the checked inputs."""
        life = self._life(name)
        old = self._inputs.get(name, {})
        news = _plain(life.check(old, _inputs(contacts, **options)))
        if old:
            life.diff(self._outputs[name], news)
        return news

    def preview_inputs(self, declared: Contacts, set_name: str, /, **changed: Any) -> None:
        """Hands the provider inputs of which some are not as the program gave them."""
        self.begin()
        self._life(set_name).check({}, {**_inputs(declared), **changed})

    def up(self, contacts: Contacts, name: str = "friends", *, previews: bool = False, **options: Any) -> None:
        """Brings one set to what is declared, in a phase of its own."""
        if previews:
            self.preview(contacts, name, **options)
        self.begin()
        self.apply(contacts, name, **options)

    def apply(self, contacts: Contacts, name: str = "friends", **options: Any) -> None:
        """Brings one set to what is declared within the phase."""
        life = self._life(name)
        new = name not in self._inputs
        news = _plain(life.check(self._inputs.get(name, {}), _inputs(contacts, **options)))
        try:
            if new:
                _, outputs = life.create(news)
            else:
                life.diff(self._outputs[name], news)
                outputs = life.update("id", self._outputs[name], news)
        except PartialResult as partial:
            self._outputs[name] = _plain(partial.outputs)
            if new:
                self._inputs[name] = news
            raise
        self._inputs[name], self._outputs[name] = news, _plain(outputs)

    def up_list(self, contacts: list[Any], name: str = "friends", **options: Any) -> None:
        """Brings one set to what a file declares that is a list, so that contacts need no external id."""
        with TemporaryDirectory() as folder:
            Path(folder, "all.json").write_text(json.dumps({"contacts": contacts}))
            self.begin()
            self.apply(load(["all.json"], Path(folder)), name, **options)

    def update_unplanned(self, contacts: Contacts, name: str = "friends", **options: Any) -> None:
        """Updates a set in a phase of its own, without the comparison before it: `update` judges, too."""
        self.begin()
        news = _plain(self._life(name).check(self._inputs[name], _inputs(contacts, **options)))
        self._outputs[name] = _plain(self._life(name).update("id", self._outputs[name], news))
        self._inputs[name] = news

    def destroy(self, name: str = "friends") -> None:
        """Destroys one set, in a phase of its own."""
        self.begin()
        self.drop(name)

    def drop(self, name: str = "friends") -> None:
        """Deletes one set within the phase."""
        self._life(name).delete(self._outputs[name])
        del self._outputs[name], self._inputs[name]

    def refresh(self, name: str = "friends") -> None:
        """Refreshes one set, in a phase of its own."""
        self.begin()
        life = self._life(name)
        outputs, inputs = life.read(self._outputs[name])
        self._outputs[name] = _plain(outputs)
        life.diff(self._outputs[name], self._inputs[name])
        if inputs is not None:
            self._inputs[name] = _plain(inputs)

    def outputs(self, name: str) -> dict[str, Any]:
        """Returns what is recorded of one set."""
        return self._outputs[name]

    def _life(self, name: str) -> SetResource:
        urn = f"urn:pulumi:test::scratch::pulumi-python:dynamic/sinch:ContactSet::{name}"
        call = StackCall(urn, self._inputs.get(name, {}), self.told)
        return SetResource(call, self._phase, Settings(lambda _: None, self.environment))


def _inputs(contacts: Any, *, external_id_prefix: str = "", target: Target = TARGET, **options: Any) -> Any:
    rows = contacts if isinstance(contacts, tuple) else from_mapping(contacts)
    wanted = with_prefix(desired_set(rows, map(Key, options.pop("unknown", ()))), external_id_prefix)
    limits = {name: options.pop(name) for name in ("max_deletes", "max_changes", "max_shrink") if name in options}
    return {
        "contacts": pack(wanted),
        "project_id": target.project_id,
        "region": str(target.region),
        "external_id_prefix": external_id_prefix,
        "limits": {**limits, "allow_empty": options.pop("allow_empty", False)},
        **options,
    }


def _plain(value: Any) -> Any:
    """Returns values as the engine hands them over again: secrets in clear."""
    if isinstance(value, dict):
        if rpc._special_sig_key in value:  # noqa: SLF001  # there is no public way to unwrap one
            return _plain(value["value"])
        return {name: _plain(item) for name, item in value.items() if item is not None}
    return value


@pytest.fixture
def sinch() -> Iterator[Inside]:
    inside = Inside(0.5)
    yield inside
    inside.close()


@pytest.fixture
def make_stack(sinch: Inside, tmp_path: Path) -> Callable[[], Stack]:
    return lambda: Stack(sinch, tmp_path)


@pytest.fixture
def stack(make_stack: Callable[[], Stack]) -> Stack:
    return make_stack()


@pytest.fixture
def plans(stack: Stack, tmp_path: Path) -> Path:
    """The folder into which the stack writes its plan documents."""
    stack.environment["SINCH_PLAN_DIR"] = str(tmp_path / "plans")
    return tmp_path / "plans"
