"""The emulator in a process of its own, and what it counts."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import requests

PROJECT: Final = "benchmark"
_PATIENCE: Final = 300


class Emulator:
    """A running emulator.

    Attributes:
        url: Its address.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    def calls(self) -> dict[str, int]:
        """Returns the calls of each kind since the last time this was asked; tokens are not counted."""
        stats = self._call("GET", "stats")["requests"]
        self._call("POST", "stats/reset")
        return {kind: count for kind, count in stats.items() if count and kind != "token"}

    def faults(self, *rules: Mapping[str, Any]) -> None:
        """Sets what goes wrong from now on."""
        self._call("PUT", "faults", list(rules))

    def external_ids(self) -> Counter[str]:
        """Returns how often each external id is there."""
        contacts = self._call("GET", f"contacts?project_id={PROJECT}")["contacts"]
        return Counter(contact["external_id"] for contact in contacts)

    def reset(self) -> None:
        """Forgets everything."""
        self._call("POST", "reset")

    def _call(self, method: str, path: str, body: object = None) -> Any:
        answer = requests.request(method, f"{self.url}/_emulator/{path}", json=body, timeout=_PATIENCE)
        answer.raise_for_status()
        return answer.json() if answer.content else None


@contextmanager
def running() -> Iterator[Emulator]:
    """Runs an emulator on a free port, without the limit of a project's requests: what is measured is ours."""
    command = [
        str(Path(sys.executable).parent / "sinch-contacts"),
        "emulator",
        "--port",
        "0",
        "--requests-per-second",
        "1e6",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own command
        try:
            line = process.stdout.readline() if process.stdout else ""
            found = re.search(r"http://\S+", line)
            if not found:
                message = f"the emulator did not start: {line}"
                raise RuntimeError(message)
            yield Emulator(found.group())
        finally:
            process.terminate()
