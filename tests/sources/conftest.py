from collections.abc import Callable
from pathlib import Path

import pytest

from sinch_contacts import sources

Files = dict[str, str | bytes]


@pytest.fixture
def project(tmp_path: Path) -> Callable[[Files], Path]:
    """Writes files into a folder of their own."""

    def write(files: Files) -> Path:
        root = tmp_path / "project"
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return root

    return write


@pytest.fixture
def told(project: Callable[[Files], Path]) -> Callable[[Files], list[str]]:
    """Returns the lines that a user reads about some wrong files."""

    def load(files: Files) -> list[str]:
        with pytest.raises(sources.InvalidContactFiles) as caught:
            sources.load(list(files), project(files))
        return [str(issue) for issue in caught.value.issues]

    return load
