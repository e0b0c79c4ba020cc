"""Serving the emulator: in a thread, for tests and for the command line alike."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn

from sinch_contacts.emulator.app import create_app
from sinch_contacts.emulator.settings import EmulatorSettings

_PATIENCE: Final = 10.0


@contextmanager
def running(
    settings: EmulatorSettings | None = None, *, host: str = "127.0.0.1", port: int = 0, faults: bytes = b""
) -> Iterator[str]:
    """Serves an emulator for as long as the context lasts.

    Args:
        settings: Its knobs.
        host: The address to listen on.
        port: The port; 0 for any that is free.
        faults: The faults in force from the start, as JSON.

    Yields:
        Its origin, such as `http://127.0.0.1:8580`.

    Raises:
        OSError: The address cannot be listened on.
    """
    app = create_app(settings, faults=faults)
    with _listen(host, port) as listener:
        config = uvicorn.Config(
            app, log_level="critical", timeout_graceful_shutdown=2, lifespan="on", date_header=False
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            deadline = time.monotonic() + _PATIENCE
            while not server.started and thread.is_alive() and time.monotonic() < deadline:
                time.sleep(0.01)
            if not server.started:
                message = "the emulator did not start"
                raise OSError(message)
            shown = f"[{host}]" if ":" in host else host
            yield f"http://{shown}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(_PATIENCE)


def _listen(host: str, port: int) -> socket.socket:
    """Opens a socket whose protocol is named: only then does asyncio switch off the delay of small answers."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener
