import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.postgres import Postgres, running_postgres
from engine.workspace import BIN, Workspace
from outside import PROJECT, Sinch
from sinch_contacts.emulator.server import running
from sinch_contacts.emulator.settings import EmulatorSettings

TRACED = {"test_commands", "test_life_of_a_set", "test_shards", "test_unknowns_and_failures"}
"""Modules whose programs and providers have their lines counted, which takes a third of their time."""

# What a shell starts in the background ignores Ctrl-C, and so do its children. The engine ends its plugins by just
# that, and waits five seconds for each that does not listen: at the end of every command.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/engine" in str(item.path):
            item.add_marker("engine")


@pytest.fixture(scope="session", autouse=True)
def engine() -> Path:
    """The real engine; there is no running these tests without it."""
    path = BIN / "pulumi"
    assert path.exists(), f"{path} is missing: run `make setup`"
    return path


class EmulatorClock:
    """The emulator's time, which a test may move on."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def let_an_hour_pass(self) -> None:
        """Makes what is there old, so that no run takes it for the beginning of what an interrupted one asked for."""
        self.ahead += 3600

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock() -> EmulatorClock:
    return EmulatorClock()


@pytest.fixture
def sinch(clock: EmulatorClock) -> Iterator[Sinch]:
    with running(EmulatorSettings(lag=0.1, now=clock)) as url:
        yield Sinch(url)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server for states that several machines share; there is no running these tests without it."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def make_workspace(tmp_path: Path, sinch: Sinch, request: pytest.FixtureRequest) -> Callable[..., Workspace]:
    """Makes a project with a stack, in a backend that all projects of the test share."""
    backend = tmp_path / "backend"
    backend.mkdir()
    is_traced = request.path.stem in TRACED
    tracer = {name: value for name, value in os.environ.items() if is_traced and name.startswith("COVERAGE_")}

    def make(name: str = "one", stack: str = "test", programs: Path = BIN, **environment: str) -> Workspace:
        settings = {
            "SINCH_EMULATOR_URL": sinch.url,
            "SINCH_PROJECT_ID": PROJECT,
            "SINCH_REGION": "eu",
            "PULUMI_HOME": str(tmp_path / "home"),
            "SINCH_JOURNAL_DIR": str(tmp_path / "journals"),
            "SINCH_UNDO_DIR": str(tmp_path / "undo"),
            **tracer,
            **environment,
        }
        workspace = Workspace(tmp_path / name, settings, backend, programs)
        workspace.run("stack", "init", stack)
        return workspace

    return make


@pytest.fixture
def workspace(make_workspace: Callable[..., Workspace]) -> Workspace:
    return make_workspace()
