"""The journals of the set that is explored: real files, in memory where the machine has a folder for that."""

import os
import tempfile
from pathlib import Path
from shutil import rmtree
from typing import Final, NoReturn

from exploration.scope import TARGET, URN
from sinch_contacts.apply.journal.folder import JournalFolder

_IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108  # where there is none, the ordinary place will do

Files = tuple[tuple[str, bytes], ...]
"""The content of journals, by name."""


class RealJournals:
    """A folder of journals that can go back to what it once held."""

    def __init__(self) -> None:
        self._base = Path(tempfile.mkdtemp(prefix="exploration-", dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None))
        self._set = ""
        self._written: dict[str, bytes] = {}
        self.port = JournalFolder(self._base, URN, TARGET, origin="", secret=b"key", tell=_distrust)

    def close(self) -> None:
        rmtree(self._base)

    def restore(self, files: Files) -> None:
        """Has the folder hold these files and no others."""
        wanted = dict(files)
        for path in self._paths():
            if path.name not in wanted or self._written.get(path.name) != wanted[path.name]:
                path.unlink()
                self._written.pop(path.name, None)
        for name in wanted.keys() - self._written.keys():
            file = os.open(self._base / self._set / name, os.O_WRONLY | os.O_CREAT, 0o600)
            os.write(file, wanted[name])
            os.close(file)
        self._written = wanted

    def read(self) -> Files:
        """Returns what the folder holds."""
        found = tuple((path.name, path.read_bytes()) for path in sorted(self._paths()))
        self._written = dict(found)
        return found

    def _paths(self) -> list[Path]:
        if not self._set:
            self._set = next((path.name for path in self._base.iterdir()), "")
        return list((self._base / self._set).iterdir()) if self._set else []


def _distrust(text: str) -> NoReturn:
    raise AssertionError(text)
