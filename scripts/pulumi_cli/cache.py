"""What was made once is kept for all checkouts of the user."""

import fcntl
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from pulumi_cli.programs import Say

UNFINISHED = "making-"


def home(environment: Mapping[str, str]) -> Path:
    """Returns this project's folder in the user's cache, as the XDG base directory specification has it."""
    named = environment.get("XDG_CACHE_HOME", "")
    return (Path(named) if Path(named).is_absolute() else Path.home() / ".cache") / "pulumi-sinch-contacts"


def kept(entry: Path, good: Callable[[Path], bool], make: Callable[[Path], None], say: Say) -> Path:
    """Returns a folder of the cache, and makes it first where it is missing or no good.

    It is made beside its place and renamed at the end, so that nothing half-done is ever found. Of several processes
    that want it at once one makes it, and the others wait; the lock goes with the process that holds it.

    Args:
        entry: The folder.
        good: Tells whether what is there can be used.
        make: Fills an empty folder, or raises.
        say: Takes a line of progress.
    """
    entry.parent.mkdir(parents=True, exist_ok=True)
    with (entry.parent / f"{entry.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"engine: another set-up is making {entry.name}: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        if good(entry):
            return entry
        prefix = f"{UNFINISHED}{entry.name}-"
        for killed in entry.parent.glob(f"{prefix}*"):
            shutil.rmtree(killed, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=prefix, dir=entry.parent, ignore_cleanup_errors=True) as folder:
            target = Path(folder) / "made"
            target.mkdir()
            make(target)
            if entry.exists():
                shutil.rmtree(entry)
            target.rename(entry)
    return entry
