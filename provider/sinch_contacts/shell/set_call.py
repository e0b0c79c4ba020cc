"""A call of the engine about one set, with all that it takes to answer it."""

import msgspec

from sinch_contacts.api.port import ContactsApi
from sinch_contacts.apply.context import Context, Reviewer
from sinch_contacts.apply.journal.folder import JournalFolder, Journals
from sinch_contacts.apply.undo import UndoFolder, remove_outdated
from sinch_contacts.core.plan.reading import Pace
from sinch_contacts.shell.bridge import EngineCall
from sinch_contacts.shell.inputs import Inputs
from sinch_contacts.shell.interruption import INTERRUPTION
from sinch_contacts.shell.paths import journal_folder, parse_urn, undo_folder, undo_root
from sinch_contacts.shell.phase import Phase
from sinch_contacts.shell.settings import UNDO_DAYS, Settings


class SetCall(msgspec.Struct, frozen=True):
    """A call of the engine about one set.

    Attributes:
        engine: The call, as far as it can be reached; hears what is told.
        phase: What all sets share.
        settings: Settings and credentials.
        inputs: The set that is to be.
    """

    engine: EngineCall
    phase: Phase
    settings: Settings
    inputs: Inputs

    @property
    def urn(self) -> str:
        """Names the set; empty where the call cannot be reached."""
        return self.engine.urn

    @property
    def name(self) -> str:
        """The set's name in the program."""
        return parse_urn(self.urn).name

    @property
    def pace(self) -> Pace:
        """How fast calls are made."""
        return self.settings.patience(self.inputs.transport).pace

    def api(self) -> ContactsApi:
        """Returns the connection to the set's project.

        Raises:
            SettingError: A credential is missing, or a setting has a value that cannot be used.
        """
        return self.phase.connection(self.settings, self.inputs)

    def journals(self) -> Journals:
        """Returns the journals of the set."""
        return JournalFolder(
            journal_folder(self.settings),
            self.urn,
            self.inputs.target,
            origin=self.settings.text("emulatorUrl"),
            secret=bytes.fromhex(self.inputs.manifest_key),
            tell=self.engine.tell,
        )

    def undo(self) -> UndoFolder:
        """Returns where is kept what the contacts of the set were."""
        days = self.settings.number("undoDays", UNDO_DAYS)
        folder = undo_folder(self.settings, self.urn)
        return UndoFolder(folder, self.name, self.inputs.target, days, self.phase.clock.now)

    def tell_undo(self, undo: UndoFolder) -> None:
        """Tells how the work is undone, where there is anything to undo; removes the bundles whose time is over."""
        remove_outdated(undo_root(self.settings), self.phase.clock.now())
        if undo.bundle:
            self.engine.tell(f"undo: sinch-contacts restore '{undo.bundle}'")

    def context(
        self,
        *,
        undo: UndoFolder | None = None,
        reviewer: Reviewer | None = None,
        recorded_prefix: str | None = None,
    ) -> Context:
        """Returns what the work on the set needs.

        Args:
            undo: Where is kept what contacts were; left out where nothing is deleted or changed.
            reviewer: Judges changes before they are made.
            recorded_prefix: The prefix when the set was recorded, where that is another one.
        """
        return Context(
            self.inputs.target,
            self.api(),
            claims=self.phase.claims,
            settings=self.settings.patience(self.inputs.transport),
            clock=self.phase.clock,
            progress=self.engine.progress,
            urn=self.urn,
            journals=self.journals(),
            interruption=INTERRUPTION,
            reviewer=reviewer,
            undo=undo,
            prefix=self.inputs.external_id_prefix,
            recorded_prefix=recorded_prefix,
        )
