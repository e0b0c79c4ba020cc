"""The journals of one set: a folder outside the repository, readable by its owner only, with one file for each run.

A journal is done with once the state records its run or a later one. Until then it is unfinished: the process that
wrote it, or the engine, died before the state could be written. State decides what is ours; journals only tell what
may have been sent.
"""

import os
import secrets
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from sinch_contacts.apply.journal.lines import Damaged, Head, Line, read_lines
from sinch_contacts.apply.journal.replay import Recovered, replay
from sinch_contacts.apply.journal.writer import Journal
from sinch_contacts.core.contact.digest import content_digest, keyed_digest
from sinch_contacts.core.contact.name import Name
from sinch_contacts.core.target import Target

_SUFFIX: Final = ".jsonl"
_NAME_LENGTH: Final = 24
_TIME: Final = 15
"""Digits of a run's id: the milliseconds since 1970 at which it began."""


class Journals(Protocol):
    """Where the journals of one set are."""

    def open(self, now: float, last_run: str) -> tuple[str, Journal]:
        """Begins a run; returns its id, which is greater than those of earlier runs, and its journal."""

    def unfinished(self, last_run: str) -> Recovered:
        """Sums up the journals of runs after the one that the state records."""

    def forget(self, last_run: str) -> None:
        """Removes the journals up to the run that the state records."""

    def digest_name(self, name: Name) -> str:
        """Returns what stands for a contact's name."""


def begun_at(run: str) -> float:
    """Returns when a run began, by its id, in seconds since 1970; 0 where there was none."""
    return int(run[:_TIME]) / 1000 if run else 0.0


class JournalFolder:
    """The journals of one set, as files."""

    def __init__(  # noqa: PLR0913  # what a journal is bound to
        self, base: Path, urn: str, target: Target, *, origin: str, secret: bytes, tell: Callable[[str], None]
    ) -> None:
        """Finds the set's folder; nothing is written.

        The set's secret names it: that stays with the state where the set, the stack or the project is renamed.

        Args:
            base: The folder of all sets.
            urn: Names the set, and its folder as earlier versions, and sets without a secret, have it.
            target: Where its contacts are.
            origin: The emulator that stands in for Sinch; empty for none.
            secret: Names the set, too, and keys the digests of names.
            tell: Is told which files are set aside.
        """
        place = f"{target.project_id}\n{target.region}\n{origin}"
        by_urn = content_digest(f"{urn}\n{place}".encode())
        self._set = keyed_digest(secret, f"journals\n{place}", len(by_urn)) if secret else by_urn
        self._sets = {self._set, by_urn}
        self._folder, self._earlier = (base / name[:_NAME_LENGTH] for name in (self._set, by_urn))
        self._secret = secret
        self._tell = tell

    def open(self, now: float, last_run: str) -> tuple[str, Journal]:
        """See `Journals`; clocks may be set back, so the time alone would not do."""
        known = max([last_run, *(path.stem for path in self._files())])[:_TIME]
        number = max(int(now * 1000), int(known) + 1 if known.isdigit() else 0)
        run = f"{number:0{_TIME}d}-{secrets.token_hex(4)}"
        return run, Journal(self._folder / f"{run}{_SUFFIX}", self._set, run)

    def unfinished(self, last_run: str) -> Recovered:
        """See `Journals`; a file that cannot be trusted is set aside, and told."""
        lines = [self._trusted(path) for path in self._files() if path.stem > last_run]
        return replay(lines, has_state=bool(last_run))

    def forget(self, last_run: str) -> None:
        """See `Journals`."""
        for path in self._files():
            if path.stem <= last_run:
                with suppress(OSError):
                    path.unlink()

    def digest_name(self, name: Name) -> str:
        """See `Journals`."""
        return keyed_digest(self._secret, name, _NAME_LENGTH)

    def _files(self) -> list[Path]:
        found: set[Path] = set()
        for folder in (self._folder, self._earlier):
            with suppress(OSError):
                found.update(path for path in folder.iterdir() if path.suffix == _SUFFIX)
        return sorted(found, key=lambda path: path.name)

    def _trusted(self, path: Path) -> list[Line]:
        try:
            return self._checked(path)
        except (Damaged, OSError) as error:
            reason = error.message if isinstance(error, Damaged) else error.strerror
            self._tell(f"The journal {path} is set aside, and Sinch is looked at instead: {reason}")
            with suppress(OSError):
                path.replace(path.with_suffix(".damaged"))
            return []

    def _checked(self, path: Path) -> list[Line]:
        lines = read_lines(_read_own(path))
        head = lines[0] if lines else None
        if head and not (isinstance(head, Head) and head.set in self._sets and head.run == path.stem):
            raise Damaged("It belongs to another set.")
        return lines


def _read_own(path: Path) -> bytes:
    """Reads a file that is ours, and that nobody else can have written."""
    file = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(file, "rb") as stream:
        found = os.fstat(file)
        mine = not hasattr(os, "geteuid") or found.st_uid == os.geteuid()
        if not (mine and stat.S_ISREG(found.st_mode) and not stat.S_IMODE(found.st_mode) & 0o022):
            raise Damaged("Others could have written it.")
        return stream.read()
