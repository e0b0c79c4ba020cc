"""What all sets of one phase share: they run in one process, on up to four threads."""

from collections.abc import Callable
from threading import Lock

from sinch_contacts.api.client import HttpContactsApi
from sinch_contacts.api.port import ContactsApi
from sinch_contacts.api.settings import ApiSettings
from sinch_contacts.apply.claims import Claims
from sinch_contacts.apply.clock import Clock, SystemClock
from sinch_contacts.apply.context import Context, Reviewer
from sinch_contacts.apply.journal.folder import JournalFolder, Journals
from sinch_contacts.apply.undo import UndoFolder, remove_outdated
from sinch_contacts.core.contact.sharding import ShardLeftOut, siblings
from sinch_contacts.core.target import Target
from sinch_contacts.shell.bridge import Call
from sinch_contacts.shell.inputs import Inputs
from sinch_contacts.shell.interruption import INTERRUPTION
from sinch_contacts.shell.paths import journal_folder, parse_urn, undo_folder, undo_root
from sinch_contacts.shell.settings import UNDO_DAYS, Settings
from sinch_contacts.shell.tally import Tally

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
    patience = settings.patience(inputs.transport)
    return HttpContactsApi(
        target,
        settings.credentials(),
        ApiSettings(
            emulator_url=settings.text("emulatorUrl"),
            requests_per_second=patience.requests_per_second,
            concurrency=patience.concurrency,
        ),
        sleep=INTERRUPTION.sleep,
    )


class Process:
    """The state of one phase: claims, connections, and which sets the program has declared.

    Attributes:
        claims: Claims of all sets.
        tally: What the plans of all sets delete and change together.
        clock: Time.
    """

    def __init__(self, connect: Connect = connect, clock: Clock | None = None) -> None:
        self.claims = Claims()
        self.tally = Tally()
        self.clock = clock or SystemClock(INTERRUPTION)
        self._connect = connect
        self._lock = Lock()
        self._connections: dict[tuple[Target, frozenset[tuple[str, float | str]]], ContactsApi] = {}
        self._declared: set[str] = set()

    def api(self, settings: Settings, inputs: Inputs) -> ContactsApi:
        """Returns the connection to a set's project; sets with the same settings share one, and so its rate limit."""
        place = (inputs.target, frozenset(inputs.transport.items()))
        with self._lock:
            if place not in self._connections:
                self._connections[place] = self._connect(inputs.target, settings, inputs)
            return self._connections[place]

    def journals(self, call: Call, settings: Settings, inputs: Inputs) -> Journals:
        """Returns the journals of a set."""
        secret = bytes.fromhex(inputs.manifest_key)
        return JournalFolder(
            journal_folder(settings),
            call.urn,
            inputs.target,
            origin=settings.text("emulatorUrl"),
            secret=secret,
            tell=call.tell,
        )

    def undo(self, call: Call, settings: Settings, inputs: Inputs) -> UndoFolder:
        """Returns where is kept what the contacts of a set were."""
        days = settings.number("undoDays", UNDO_DAYS)
        name = parse_urn(call.urn).name
        return UndoFolder(undo_folder(settings, call.urn), name, inputs.target, days, self.clock.now)

    def forget_old_undo(self, settings: Settings) -> None:
        """Removes the undo bundles whose time is over."""
        remove_outdated(undo_root(settings), self.clock.now())

    def context(  # noqa: PLR0913  # what a run works with
        self,
        call: Call,
        settings: Settings,
        inputs: Inputs,
        *,
        undo: UndoFolder | None = None,
        reviewer: Reviewer | None = None,
        recorded_prefix: str | None = None,
    ) -> Context:
        """Returns what the work on a set needs.

        Args:
            call: The engine's call.
            settings: Settings and credentials.
            inputs: The set.
            undo: Where is kept what contacts were; left out where nothing is deleted or changed.
            reviewer: Judges the plan before the first call that changes anything.
            recorded_prefix: The prefix when the set was recorded, where that is another one.
        """
        return Context(
            inputs.target,
            self.api(settings, inputs),
            claims=self.claims,
            settings=settings.patience(inputs.transport),
            clock=self.clock,
            progress=call.progress,
            urn=call.urn,
            journals=self.journals(call, settings, inputs),
            interruption=INTERRUPTION,
            reviewer=reviewer,
            undo=undo,
            prefix=inputs.external_id_prefix,
            recorded_prefix=recorded_prefix,
        )

    def declare(self, urn: str) -> None:
        """Notes that the program of this phase has declared a set: it is not a mere refresh or deletion."""
        self._declared.add(urn)

    def is_declared(self, urn: str) -> bool:
        """Says whether the program of this phase has declared a set."""
        return urn in self._declared

    def refuse_left_out(self, urn: str, shards: int) -> None:
        """Refuses to delete one shard of a set where the program of this phase has declared others without it.

        A stack that holds all shards and is run for some of them would lose the contacts of all others.

        Args:
            urn: Names the shard.
            shards: How many shards the set has.

        Raises:
            ShardLeftOut: It has.
        """
        head, _, name = urn.rpartition("::")
        others = {f"{head}::{other}" for other in siblings(name, shards)}
        if urn not in self._declared and not others.isdisjoint(self._declared):
            raise ShardLeftOut(name, shards)
