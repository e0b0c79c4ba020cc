"""Makes the history anew: has old versions, as Git keeps them, live the lives of `states.py` and `deaths.py`.

    .venv/bin/python tests/history/making

What comes out is the same each time, byte by byte.
"""

import io
import json
import os
import subprocess
import sys
import tarfile
import textwrap
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
WIDTH = 100
VERSIONS = ("c621058", "c871690", "6759d4a")


def main() -> None:
    """Makes it."""
    for version in VERSIONS:
        archive = ("git", "archive", version, "provider", "tests", "schemas")
        content = subprocess.run(archive, cwd=HERE.parents[2], check=True, capture_output=True).stdout
        with TemporaryDirectory() as folder:
            with tarfile.open(fileobj=io.BytesIO(content)) as tar:
                tar.extractall(folder, filter="data")
            path = os.pathsep.join(f"{folder}/{name}" for name in ("provider", "tests"))
            command = (sys.executable, HERE / "old_runs.py", version, HERE.parent / "written")
            subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=True)
    (HERE.parent / "written" / "README.md").write_text(table_of_contents())


def table_of_contents() -> str:
    """Tells what happened in each life."""
    lives = {path.parent.name: json.loads(path.read_text()) for path in HERE.parent.glob("written/*/life.json")}
    lines = ["# What runs of old versions left", "", "Written by `tests/history/making`.", ""]
    for name, told in sorted(lives.items()):
        lines += textwrap.wrap(f"- `{name}` ({told['code']}): {told['story']}", WIDTH, subsequent_indent="  ")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
