"""A phase of the engine, such as a preview: its sets share this process, on several threads."""

from collections.abc import Callable
from threading import Lock

from sinch_contacts.api.client import HttpContactsApi
from sinch_contacts.api.port import ContactsApi
from sinch_contacts.apply.claims import Claims
from sinch_contacts.apply.clock import Clock, SystemClock
from sinch_contacts.core.contact.sharding import ShardLeftOut, siblings
from sinch_contacts.core.target import Target
from sinch_contacts.shell.inputs import Inputs
from sinch_contacts.shell.interruption import INTERRUPTION
from sinch_contacts.shell.settings import Settings

Connect = Callable[[Target, Settings, Inputs], ContactsApi]
"""Opens the port to a project."""


def connect(target: Target, settings: Settings, inputs: Inputs) -> ContactsApi:
    """Opens the HTTP port to a project.

    Args:
        target: The project and region.
        settings: Credentials and settings of the process.
        inputs: The set, whose own transport settings win.

    Raises:
        SettingError: A credential is missing, or a setting has a value that cannot be used.
    """
    calls = settings.calls(settings.patience(inputs.transport))
    return HttpContactsApi(target, settings.credentials(), calls, sleep=INTERRUPTION.sleep)


class Phase:
    """What all sets of one phase share. Safe to use from several threads.

    Attributes:
        claims: Claims of all sets.
        clock: Time.
    """

    def __init__(self, connect: Connect = connect, clock: Clock | None = None) -> None:
        self.claims = Claims()
        self.clock = clock or SystemClock(INTERRUPTION)
        self._connect = connect
        self._lock = Lock()
        self._connections: dict[tuple[Target, frozenset[tuple[str, float | str]]], ContactsApi] = {}
        self._in_program: set[str] = set()
        self._weights: dict[str, tuple[int, int]] = {}

    def connection(self, settings: Settings, inputs: Inputs) -> ContactsApi:
        """Returns the connection to a set's project; sets with the same settings share one, and so its rate limit."""
        place = (inputs.target, frozenset(inputs.transport.items()))
        with self._lock:
            if place not in self._connections:
                self._connections[place] = self._connect(inputs.target, settings, inputs)
            return self._connections[place]

    def weigh(self, urn: str, deletes: int, changes: int) -> tuple[int, int]:
        """Adds a set's plan to those of the other sets, in place of an earlier plan of that set.

        Returns:
            The deletions and changes of all sets so far.
        """
        with self._lock:
            self._weights[urn] = (deletes, changes)
            return sum(weight[0] for weight in self._weights.values()), sum(w[1] for w in self._weights.values())

    def note_in_program(self, urn: str) -> None:
        """Notes that the program of this phase declares a set: it is not a mere refresh or deletion."""
        self._in_program.add(urn)

    def is_in_program(self, urn: str) -> bool:
        """Says whether the program of this phase declares a set, as far as it has run."""
        return urn in self._in_program

    def refuse_left_out(self, urn: str, shards: int) -> None:
        """Refuses to delete one shard of a set where the program of this phase declares others without it.

        A stack that holds all shards and is run for some of them would lose the contacts of all others.

        Args:
            urn: Names the shard.
            shards: How many shards the set has.

        Raises:
            ShardLeftOut: It does.
        """
        stem, _, name = urn.rpartition("::")
        others = {f"{stem}::{other}" for other in siblings(name, shards)}
        if urn not in self._in_program and not others.isdisjoint(self._in_program):
            raise ShardLeftOut(name, shards)
