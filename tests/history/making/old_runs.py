"""Has the version that is on the path live its lives."""

import sys
from importlib import import_module
from pathlib import Path

from old_life import life
from stories import LIVES

MODULES = ("states", "deaths")


def main(version: str, folder: Path) -> None:
    """Lives all lives of a version, and writes down what they leave."""
    for module in MODULES:
        import_module(module)
    for name, (code, tell) in LIVES.items():
        if code == version:
            with life() as friends:
                friends.make_foreign()
                tell(friends)
                friends.write(folder / name, code, tell.__doc__ or "")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
