"""The end of this process: asked for by the engine, or come with the engine's death.

Pulumi's dynamic provider server ignores the engine's `Cancel`, and a provider whose engine was killed is never told,
and never exits. Both are made good here; `shell.bridge` finds the server.
"""

import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Final

from sinch_contacts.apply.clock import Interruption

INTERRUPTION: Final = Interruption()
"""Whether the work of this process is to stop."""

_PAUSE: Final = 0.4
_MISSES: Final = 2
"""Looks in a row at which the engine must be missing."""

_GRACE: Final = 0.5
"""Seconds for calls under way to end; their journals are written already."""


def leave() -> None:
    """Ends the process, whatever its threads do: there is nobody left to answer."""
    os._exit(1)


def watch(address: str, interruption: Interruption, end: Callable[[], None] = leave) -> threading.Thread:
    """Watches the engine from a thread of its own; when it is gone, asks the work to stop and then ends the process.

    Args:
        address: Where the engine listens, as `host:port`.
        interruption: Is asked.
        end: Ends the process.
    """
    host, _, port = address.rpartition(":")

    def look() -> None:
        misses = 0
        while misses < _MISSES:
            time.sleep(_PAUSE)
            misses = 0 if _listens(host, int(port)) else misses + 1
        interruption.ask()
        time.sleep(_GRACE)
        end()

    thread = threading.Thread(target=look, name="engine-watch", daemon=True)
    thread.start()
    return thread


def _listens(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except ConnectionRefusedError:
        return False
    except OSError:
        return True  # busy, or out of sockets: no proof of death
    return True
