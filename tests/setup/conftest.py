import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))


@pytest.fixture
def root() -> Path:
    return ROOT


@pytest.fixture
def engine_in() -> Callable[..., Path]:
    """Puts an engine that only knows its version into a folder."""
    from pulumi_cli.programs import PROGRAMS  # noqa: PLC0415 - its folder is on the path only now

    def make(folder: Path, version: str = "v3.259.0", without: str = "") -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name in set(PROGRAMS) - {without}:
            (folder / name).write_text(f"#!/bin/sh\necho {version}\n")
            (folder / name).chmod(0o755)
        return folder

    return make
