"""How runs of an old version end early."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from unittest.mock import patch


class Died(BaseException):
    """The process is killed."""


class Mortal:
    """A port through which a run meets its end at a call of one kind."""

    def __init__(self, api: Any, at: str, number: int, end: Callable[[], None], *, applied: bool) -> None:
        self._api = api
        self._at = at
        self._left = number
        self._end = end
        self._applied = applied

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._api, name)
        return self._counted(method) if name == self._at else method

    def _counted(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            self._left -= 1
            if self._left:
                return method(*arguments)
            if not self._applied:
                self._end()
                return method(*arguments)
            try:
                return method(*arguments)
            finally:
                self._end()

        return call


def die() -> None:
    """Ends the process."""
    raise Died


@contextmanager
def torn(line: int) -> Iterator[None]:
    """Has the process of a context be killed in the middle of a line of its journal."""
    lines = iter(range(1, line + 1))

    def write(file: int, text: bytes) -> int:
        if next(lines) < line:
            return real(file, text)
        real(file, text[: len(text) // 2])
        raise Died

    journal = import_module("sinch_contacts.apply.journal")
    real = journal.os.write
    with patch.object(journal.os, "write", write):
        yield
