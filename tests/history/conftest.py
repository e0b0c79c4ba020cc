from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
import requests

from apply.conftest import Set, VirtualClock, make_set  # noqa: F401  # a fixture
from apply.naming import allow_nameless
from history.past import Life, put_contacts, put_journals, read_life
from outside import Sinch
from sinch_contacts.core.contact.desired import unpack
from sinch_contacts.core.plan.policy import Policy
from sinch_contacts.core.record.record_text import decode_record
from sinch_contacts.emulator.server import running
from sinch_contacts.emulator.settings import EmulatorSettings


class World(msgspec.Struct, frozen=True):
    """The emulator of all these tests: it takes longer to end than most of them."""

    sinch: Sinch
    clock: VirtualClock
    database: Path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    clock, database = VirtualClock(), tmp_path_factory.mktemp("world") / "sinch.db"
    settings = EmulatorSettings(str(database), lag=2.0, now=clock.now, token_lifetime=1e6, requests_per_second=1e9)
    with running(settings) as url:
        yield World(Sinch(url), clock, database)


@pytest.fixture
def past(name: str) -> Life:
    return read_life(name)


@pytest.fixture
def clock(world: World, past: Life, later: float) -> VirtualClock:
    """A clock that tells when the next run begins."""
    world.clock.time = past.sinch.now + later
    return world.clock


@pytest.fixture
def sinch(world: World, past: Life) -> Sinch:
    """What was at Sinch."""
    requests.post(f"{world.sinch.url}/_emulator/reset", timeout=30).raise_for_status()
    put_contacts(past.sinch, world.database)
    return world.sinch


@pytest.fixture
def friends(name: str, past: Life, make_set: Callable[..., Set]) -> Set:  # noqa: F811
    """The set, with the state and the journals that its last runs left."""
    friends = make_set()
    allow_nameless(friends)
    put_journals(name, friends.journals)
    friends.prefix = past.inputs.prefix
    friends.policy = msgspec.convert(past.inputs.policy, Policy)
    friends.record, friends.last_run = decode_record(past.state.recorded), past.state.run
    rows = unpack(past.state.contacts).contacts if past.state.contacts else ()
    friends.declared = {row.key: row.contact for row in rows}
    return friends
