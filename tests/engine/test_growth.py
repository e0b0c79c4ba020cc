"""What a set that has not changed costs on the engine, beside a program without any."""

import resource
from collections.abc import Callable

from engine.workspace import Workspace
from outside import Sinch, people

CONTACTS = 20_000
MOST = 4.0
"""Times the CPU that the empty program's preview takes: loading the contacts is a part of it, planning them is not."""


def test_a_preview_of_20_000_contacts_that_have_not_changed_takes_little_more_than_one_of_none(
    make_workspace: Callable[..., Workspace], sinch: Sinch
) -> None:
    ours, empty = make_workspace("ours", SINCH_REQUESTS_PER_SECOND="10000"), make_workspace("empty", "none")
    ours.write(people(CONTACTS))
    ours.up()
    sinch.calls()
    empty.program("import pulumi\n")

    def seconds(workspace: Workspace) -> float:
        before = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
        workspace.run("preview")
        return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - before

    mine, none = zip(*[(seconds(ours), seconds(empty)) for _ in range(3)], strict=True)

    assert min(mine) < MOST * min(none)
    assert sinch.calls() == {}
