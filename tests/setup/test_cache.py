import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from pulumi_cli.cache import home, kept
from pulumi_cli.commands import Step
from pulumi_cli.programs import Unavailable


def filled(folder: Path) -> bool:
    return (folder / "done").exists()


def fill(folder: Path) -> None:
    (folder / "done").touch()


def quiet(_: str) -> None:
    pass


def test_an_interrupted_build_leaves_nothing(tmp_path: Path) -> None:
    def interrupted(folder: Path) -> None:
        (folder / "half").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kept(tmp_path / "entry", filled, interrupted, quiet)
    assert [path.name for path in tmp_path.iterdir()] == ["entry.lock"]


def test_what_a_killed_build_left_is_swept_away_by_the_next(tmp_path: Path, root: Path) -> None:
    code = (
        "import os, pathlib, signal, sys\nfrom pulumi_cli.cache import kept\n"
        "kept(pathlib.Path(sys.argv[1]), lambda _: False, lambda _: os.kill(os.getpid(), signal.SIGKILL), print)"
    )
    environment = {**os.environ, "PYTHONPATH": str(root / "scripts")}
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "entry"], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(list(tmp_path.iterdir())) == 2

    kept(tmp_path / "entry", filled, fill, quiet)

    assert {path.name for path in tmp_path.iterdir()} == {"entry", "entry.lock"}


def test_two_set_ups_at_once_build_once_and_the_second_says_that_it_waits(tmp_path: Path) -> None:
    begun, waiting = threading.Event(), threading.Event()
    made: list[str] = []
    said: list[str] = []

    def slowly(folder: Path) -> None:
        begun.set()
        assert waiting.wait(10)
        made.append("first")
        fill(folder)

    def waits(text: str) -> None:
        said.append(text)
        waiting.set()

    first = threading.Thread(target=kept, args=(tmp_path / "entry", filled, slowly, quiet))
    first.start()
    assert begun.wait(10)
    kept(tmp_path / "entry", filled, lambda _: made.append("second"), waits)
    first.join()

    assert made == ["first"]
    assert said == ["engine: another set-up is making entry: waiting for it"]


def test_the_cache_is_where_the_user_has_caches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home({"XDG_CACHE_HOME": "/elsewhere"}) == Path("/elsewhere/pulumi-sinch-contacts")
    assert home({}) == home({"XDG_CACHE_HOME": "relative"}) == tmp_path / ".cache/pulumi-sinch-contacts"


class TestLongCommands:
    def step(self, code: str, tmp_path: Path, limit: float | None = None) -> Step:
        return Step("building", [sys.executable, "-c", code], tmp_path, os.environ, limit, every=0.05)

    def test_progress_shows_the_latest_line(self, tmp_path: Path) -> None:
        shown = tmp_path / "shown"
        code = (
            "import pathlib, time\nprint('module 7', flush=True)\n"
            "while not pathlib.Path('shown').exists(): time.sleep(0.01)"
        )
        said: list[str] = []

        def say(text: str) -> None:
            said.append(text)
            if "module 7" in text:
                shown.touch()

        self.step(code, tmp_path).run(say)
        assert said[-1] == "engine: building, 0 s so far: module 7"

    def test_a_failure_tells_the_end_of_the_output(self, tmp_path: Path) -> None:
        with pytest.raises(Unavailable, match=r"building failed with exit status 3:\nno such module$"):
            self.step("import sys; print('no such module'); sys.exit(3)", tmp_path).run(quiet)

    def test_one_that_takes_too_long_is_ended_with_all_that_it_started(self, tmp_path: Path) -> None:
        code = (
            "import subprocess, sys, time\n"
            "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
            "open('child', 'w').write(str(child.pid))\ntime.sleep(60)"
        )
        with pytest.raises(Unavailable, match="building did not end within 1 s"):
            self.step(code, tmp_path, limit=1.0).run(quiet)
        status = Path(f"/proc/{(tmp_path / 'child').read_text()}/stat")
        deadline = time.monotonic() + 10  # a signal takes its time on a busy machine
        while status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z":
            assert time.monotonic() < deadline, "the child lives on"
            time.sleep(0.01)

    def test_one_that_cannot_start_says_so(self, tmp_path: Path) -> None:
        with pytest.raises(Unavailable, match="building could not start"):
            Step("building", [str(tmp_path / "nothing")], tmp_path, os.environ).run(quiet)
