"""The official Node SDK, unchanged, against the emulator. `make clients` installs and runs it."""

from pathlib import Path

import pytest

from clients.checks import CHECKS, INSTALLED, outcomes

PROGRAM = Path(__file__).parent / "node/main.js"
MODULES = INSTALLED / "node/node_modules"
NODE_CHECKS = {*CHECKS, "updates with a mask", "checks an event that was parsed before"}


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    assert MODULES.is_dir(), "the Node SDK is not installed; run `make clients`"
    return outcomes(["node", PROGRAM], tmp_path_factory.mktemp("node"), {"NODE_PATH": MODULES})


@pytest.mark.parametrize("check", sorted(NODE_CHECKS))
def test_the_node_sdk(check: str, ended: dict[str, str | None]) -> None:
    assert ended[check] is None, ended[check]


def test_no_check_is_unnamed(ended: dict[str, str | None]) -> None:
    assert ended.keys() == NODE_CHECKS
