"""The official Java SDK, unchanged, against the emulator. `make clients` installs and runs it."""

import pytest

from clients.checks import CHECKS, INSTALLED, outcomes

BUILT = INSTALLED / "java"


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    jars = BUILT / "classpath"
    assert jars.is_file(), "the Java SDK is not installed; run `make clients`"
    classpath = f"{BUILT / 'classes'}:{jars.read_text().strip()}"
    return outcomes(["java", "-classpath", classpath, "clients.Main"], tmp_path_factory.mktemp("java"))


@pytest.mark.parametrize("check", CHECKS)
def test_the_java_sdk(check: str, ended: dict[str, str | None]) -> None:
    assert ended[check] is None, ended[check]


def test_no_check_is_unnamed(ended: dict[str, str | None]) -> None:
    assert ended.keys() == set(CHECKS)
