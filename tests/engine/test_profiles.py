"""The profiles of the emulator: whatever world a pipeline lives in, what it ends with is what Git says."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from engine.workspace import Workspace
from outside import Sinch, people, person
from sinch_contacts.emulator.profiles import PROFILES
from sinch_contacts.emulator.server import running
from sinch_contacts.emulator.settings import EmulatorSettings

RUNS = 3
"""So often a pipeline may have to run until a world lets it through."""


def until_it_is_through(run: Callable[[], object]) -> None:
    """Runs a command again until it ends well."""
    for _ in range(1, RUNS):
        with suppress(AssertionError):
            run()
            return
    run()


def numbers(sinch: Sinch) -> list[str]:
    return sorted(contact["channel_identities"][0]["identity"] for contact in sinch.contacts())


@pytest.mark.parametrize("profile", PROFILES)
def test_a_set_comes_changes_and_goes(profile: str, make_workspace: Callable[..., Workspace]) -> None:
    world = PROFILES[profile]
    knobs: dict[str, Any] = {"lag": 0.1, **world.knobs}
    with running(EmulatorSettings(**knobs), faults=json.dumps(world.faults).encode()) as url:
        sinch = Sinch(url)
        sinch.unify()
        strangers = [person(9_000_000 + number, external_id=f"stranger-{number}") for number in range(30)]
        sinch.seed(strangers)
        before = sinch.contacts()
        workspace = make_workspace(SINCH_EMULATOR_URL=url, SINCH_SETTLE_TIME="3", SINCH_CONFIRM_TIMEOUT="10")
        declared = people(60)
        workspace.write(declared)

        until_it_is_through(workspace.up)
        assert len(numbers(sinch)) == len(set(numbers(sinch))) == 90

        for number, key in enumerate(sorted(declared)):
            if number < 6:
                declared[key]["email"] = f"new-{number}@example.org"
            elif number < 12:
                del declared[key]
        workspace.write(declared)
        until_it_is_through(workspace.up)
        found = sinch.by_external_id()
        assert found.keys() == declared.keys() | {contact["external_id"] for contact in before}
        assert [found[key]["email"] for key in sorted(declared)[:6]] == [f"new-{n}@example.org" for n in range(6)]

        until_it_is_through(workspace.destroy)
        assert sinch.contacts() == before
