"""Nothing lost, nothing doubled: every life of one contact in a small scope, with the real code.

`make test` explores two runs with at most one fault in each, then runs without any; `SINCH_TEST_FAULTS=2,1` allows two
in the first, and every further number stands for a further run.
"""

import time
from collections import Counter

import pytest

from exploration.known_limits import LIMITS
from exploration.scope import Scope, scopes
from exploration.search import Search
from machine.coverage import unmet, watched


@pytest.mark.parametrize("scope", scopes(), ids=lambda scope: scope.name)
def test_every_life_ends_well(scope: Scope, capsys: pytest.CaptureFixture[str]) -> None:
    search, met, started = Search(scope), Counter[int](), time.process_time()
    with watched(met):
        search.explore()
    with capsys.disabled():
        print(  # noqa: T201  # what the search was good for
            f"\nexploration, {scope.name}: {search.states:,} states, {search.runs:,} runs, "
            f"{len(scope.faults)} runs deep, {time.process_time() - started:.0f} s, "
            f"{len(search.violations):,} stand before a known limit; rules not met: {', '.join(unmet(met)) or 'none'}"
        )
    unknown = [each for each in search.violations if not any(limit.explains(each) for limit in LIMITS)]
    assert not unknown, f"{len(unknown):,} violations, of which these are the first:\n\n" + "\n\n".join(
        str(first) for first in {each.wrong: each for each in reversed(unknown)}.values()
    )
    mended = [
        "\n".join((limit.says, *limit.path))
        for limit in LIMITS
        if limit.scope == scope.name and not any(limit.explains(each) for each in search.violations)
    ]
    assert not mended, "no longer a limit, so take it out of the list: " + "\n\n".join(mended)
