"""Writing the journal of a run."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock

from sinch_contacts.apply.journal.lines import (
    Answer,
    Answered,
    Changing,
    Creating,
    Deleting,
    Ended,
    Head,
    Line,
    seal,
)
from sinch_contacts.core.errors import ContactsError


class Unwritable(ContactsError):
    """The journal cannot be written, so nothing more may be sent."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The journal {path} cannot be written ({reason}); nothing was sent without it.",
            "Make room there, or let SINCH_JOURNAL_DIR name another folder.",
        )


class Journal:
    """The journal of one run; its file appears with the first line. Safe to use from several threads.

    Attributes:
        plan: The digest of the plan; set it before anything is sent.
    """

    def __init__(self, path: Path, set_digest: str, run: str) -> None:
        self.plan = ""
        self._path = path
        self._set = set_digest
        self._run = run
        self._lock = Lock()
        self._file = -1
        self._calls = 0
        self._broken = ""

    def begin(self, describe: Callable[[int], Creating | Deleting | Changing]) -> int:
        """Writes down a call before it is made; returns its number, which the description is given as well.

        Raises:
            Unwritable: It could not be written; the call must not be made.
        """
        with self._lock:
            self._calls += 1
            if self._broken:  # what follows half a line could not be read
                raise Unwritable(self._path, self._broken)
            try:
                if self._file < 0:
                    self._file = _create(self._path)
                    self._write(Head(self._set, self._run, self.plan))
                self._write(describe(self._calls))
            except OSError as error:
                self._broken = error.strerror or type(error).__name__
                raise Unwritable(self._path, self._broken) from error
            return self._calls

    def answered(self, call: int, answer: Answer) -> None:
        """Writes down what became of a call; where that fails, the call counts as uncertain later on."""
        self._try_to_write(Answered(call, answer))

    def end(self, pending: Iterable[str]) -> None:
        """Writes down that the run was not cut off, where it has sent anything.

        Args:
            pending: Stands for the contacts that it asked for and did not see.
        """
        self._try_to_write(Ended(list(pending)))

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1

    def _try_to_write(self, line: Line) -> None:
        with self._lock:
            if self._file < 0 or self._broken:
                return
            try:
                self._write(line)
            except OSError as error:
                self._broken = error.strerror or type(error).__name__

    def _write(self, line: Line) -> None:
        text = seal(line)
        if os.write(self._file, text) != len(text):
            raise OSError(None, "the disk is full")


def _create(path: Path) -> int:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
