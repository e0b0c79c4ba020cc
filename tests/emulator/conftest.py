from collections.abc import Iterator

import pytest

from emulator.client import Clock, Emulator
from sinch_contacts.emulator.server import running
from sinch_contacts.emulator.settings import EmulatorSettings


@pytest.fixture(scope="session")
def _served() -> Iterator[Emulator]:
    clock = Clock()
    with running(EmulatorSettings(lag=5, now=clock)) as url:
        yield Emulator(url, clock)


@pytest.fixture
def emulator(_served: Emulator) -> Emulator:
    """An emulator without contacts, whose batches take five seconds of its own time."""
    assert _served.call("POST", "/_emulator/reset").status_code == 200
    return _served
