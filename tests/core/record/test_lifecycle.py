"""The drawing of the table, which people read, says what the table says."""

import runpy
from pathlib import Path

SCRIPT = Path(__file__).parents[3] / "scripts" / "lifecycle.py"


def test_the_drawing_is_up_to_date() -> None:
    drawn = runpy.run_path(str(SCRIPT))
    assert drawn["PATH"].read_text() == drawn["text"](), "run `make docs`"
