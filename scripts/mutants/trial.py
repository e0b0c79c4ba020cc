"""Trials: the tests of a module, run on each of its mutants.

A mutant is in the memory of one process alone, and no file is changed. The process is a fork of this one, which has
loaded pytest and nothing of the project, so that a trial takes little longer than its tests.
"""

import ast
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_loader
from tempfile import TemporaryFile
from types import CodeType
from typing import IO, Any, Final, NoReturn

import hypothesis  # noqa: F401  # loaded once, and not in each trial
import pytest

from mutants.subject import Mutant, Subject

_OPTIONS: Final = ("-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "--hypothesis-profile=mutants")
_BROKEN: Final = 99
_LIMIT: Final = 60
"""Seconds of a processor after which tests are taken for endless; those of a module take a few."""

_VERDICTS: Final = {
    pytest.ExitCode.OK: False,
    pytest.ExitCode.TESTS_FAILED: True,
    pytest.ExitCode.INTERRUPTED: True,  # it cannot be imported
    -signal.SIGPROF: True,  # its tests come to no end
}
"""By how a trial ends: whether the mutant is killed."""


class TrialFailed(Exception):
    """A trial says nothing: the mutant is no Python, the tests are not there, or do not import the module."""


class _Loader(SourceFileLoader):
    """Loads a mutant instead of its module."""

    code: CodeType
    used = False

    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        return spec_from_loader(name, self) if name == self.name else None

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002  # the loader's interface
        self.used = True
        return self.code


class _ExamplesFirst:
    """Runs tests of examples before tests of properties, which take longer."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: item.get_closest_marker("hypothesis") is not None)


def trials(
    subject: Subject, mutants: Mapping[Mutant, Callable[[], None]], tests: Sequence[str]
) -> Iterator[tuple[Mutant, bool]]:
    """Runs the tests of a module on mutants of it, on each processor one at a time.

    Args:
        subject: The module.
        mutants: The mutants, each with what makes the tree of the module that of the mutant.
        tests: Paths of the tests.

    Yields:
        A mutant, and whether it was killed.

    Raises:
        TrialFailed: A trial says nothing.
    """
    waiting, running = list(mutants.items()), dict[int, tuple[Mutant, IO[bytes]]]()
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            mutant, change = waiting.pop(0)
            told = TemporaryFile()  # noqa: SIM115  # it is closed when the trial is over
            running[os.fork() or _try(subject, change, tests, told)] = mutant, told
        process, status = os.wait()
        (mutant, output), code = running.pop(process), os.waitstatus_to_exitcode(status)
        with output:
            if code not in _VERDICTS:
                output.seek(0)
                raise TrialFailed(f"The tests of {mutant} end with {code}.\n{output.read().decode()}")
        yield mutant, _VERDICTS[code]


def _try(subject: Subject, change: Callable[[], None], tests: Sequence[str], told: IO[bytes]) -> NoReturn:
    """Ends this process as pytest would end."""
    code = _BROKEN
    try:
        os.dup2(told.fileno(), 1)
        os.dup2(told.fileno(), 2)
        signal.setitimer(signal.ITIMER_PROF, _LIMIT)
        change()
        loader = _Loader(subject.module, str(subject.path))
        loader.code = compile(ast.fix_missing_locations(subject.tree), subject.path, "exec")
        sys.meta_path.insert(0, loader)
        ended = pytest.main([*_OPTIONS, *tests], plugins=[_ExamplesFirst()])
        code = ended if loader.used else _BROKEN
    finally:
        sys.stdout.flush()
        os._exit(code)
