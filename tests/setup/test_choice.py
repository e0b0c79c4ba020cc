import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from pulumi_cli.build import parse_go_version
from pulumi_cli.find import Source, find, on_path
from pulumi_cli.install import Installer
from pulumi_cli.link import link
from pulumi_cli.programs import Say, Unavailable, check, parse_version

EngineIn = Callable[..., Path]


class Fake:
    """A way to an engine that works, or says why not."""

    def __init__(self, name: str, fill: Callable[[Path], object]) -> None:
        self.name = name
        self.asked = 0
        self._fill = fill

    def fill(self, target: Path, say: Say) -> None:  # noqa: ARG002 - the port has it
        self.asked += 1
        self._fill(target)


def closed(name: str) -> Fake:
    def fill(target: Path) -> None:
        (target / "half").write_text("")
        raise Unavailable(f"{name} is closed")

    return Fake(name, fill)


def nothing_there() -> Path:
    raise Unavailable("there is no pulumi on PATH")


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v3.259.0\n", (3, 259, 0)),
        ("3.9.10", (3, 9, 10)),
        ("v3.260.0-alpha.1", (3, 260, 0)),
        ("pulumi", None),
        ("", None),
        ("3.9", None),
    ],
)
def test_versions_are_read_as_pulumi_prints_them(text: str, version: tuple[int, ...] | None) -> None:
    assert parse_version(text) == version


@pytest.mark.parametrize(("text", "version"), [("go version go1.26.8 linux/amd64", (1, 26)), ("no such thing", None)])
def test_go_versions_are_read_as_go_prints_them(text: str, version: tuple[int, int] | None) -> None:
    assert parse_go_version(text) == version


class TestOnPath:
    def test_one_that_is_complete_and_new_enough_is_taken_through_its_link(
        self, tmp_path: Path, engine_in: EngineIn
    ) -> None:
        real = engine_in(tmp_path / "real", "v3.230.0")
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin/pulumi").symlink_to(real / "pulumi")
        assert on_path(f"{tmp_path}/nowhere{os.pathsep}{tmp_path}/bin") == real

    def test_an_older_one_is_refused_with_both_versions(self, tmp_path: Path, engine_in: EngineIn) -> None:
        with pytest.raises(Unavailable, match=r"is v3\.229\.9, and 3\.230\.0 is needed"):
            on_path(str(engine_in(tmp_path, "v3.229.9")))

    def test_one_without_its_python_plugin_is_refused_by_name(self, tmp_path: Path, engine_in: EngineIn) -> None:
        with pytest.raises(Unavailable, match="lacks pulumi-language-python-exec"):
            on_path(str(engine_in(tmp_path, without="pulumi-language-python-exec")))

    def test_one_that_does_not_run_is_refused(self, tmp_path: Path, engine_in: EngineIn) -> None:
        (engine_in(tmp_path) / "pulumi").write_text("#!/bin/sh\nexit 3\n")
        with pytest.raises(Unavailable, match="does not run"):
            on_path(str(tmp_path))

    def test_one_in_a_virtual_environment_is_passed_over(self, tmp_path: Path, engine_in: EngineIn) -> None:
        engine_in(tmp_path / "bin")
        (tmp_path / "pyvenv.cfg").touch()
        with pytest.raises(Unavailable, match="no pulumi on PATH"):
            on_path(str(tmp_path / "bin"))


class TestOrder:
    def test_path_comes_first_and_nothing_else_is_asked(self, tmp_path: Path, engine_in: EngineIn) -> None:
        other = closed("installer")
        mine = engine_in(tmp_path / "mine")
        assert find(lambda: mine, tmp_path / "cache/entry", [other], lambda _: None) == mine
        assert other.asked == 0
        assert not (tmp_path / "cache").exists()

    def test_then_the_installer_then_the_build_each_saying_why(self, tmp_path: Path, engine_in: EngineIn) -> None:
        said: list[str] = []
        entry = tmp_path / "cache/entry"
        sources: list[Source] = [closed("the installer"), Fake("the build", engine_in)]
        assert find(nothing_there, entry, sources, said.append) == entry
        assert said == [
            f"engine: there is no pulumi on PATH; looking at {entry}",
            "engine: trying the installer",
            "engine: the installer is closed",
            "engine: trying the build",
        ]
        check(entry)
        assert not (entry / "half").exists()

    def test_what_was_made_is_kept(self, tmp_path: Path, engine_in: EngineIn) -> None:
        source = Fake("the build", engine_in)
        for _ in range(2):
            find(nothing_there, tmp_path / "entry", [source], lambda _: None)
        assert source.asked == 1

    def test_what_was_kept_and_is_broken_is_made_again(self, tmp_path: Path, engine_in: EngineIn) -> None:
        source = Fake("the build", engine_in)
        entry = find(nothing_there, tmp_path / "entry", [source], lambda _: None)
        (entry / "pulumi").unlink()
        find(nothing_there, entry, [source], lambda _: None)
        check(entry)
        assert source.asked == 2

    def test_a_source_that_brings_a_broken_engine_is_no_source(self, tmp_path: Path, engine_in: EngineIn) -> None:
        broken = Fake("broken", lambda target: engine_in(target, "v1.0.0"))
        good = Fake("good", engine_in)
        find(nothing_there, tmp_path / "entry", [broken, good], lambda _: None)
        assert (broken.asked, good.asked) == (1, 1)

    def test_with_all_ways_closed_nothing_is_left(self, tmp_path: Path) -> None:
        with pytest.raises(Unavailable, match="no way to an engine is open"):
            find(nothing_there, tmp_path / "cache/entry", [closed("one"), closed("two")], lambda _: None)
        assert [path.name for path in (tmp_path / "cache").iterdir()] == ["entry.lock"]


def test_an_installer_that_cannot_be_reached_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"the installer cannot be reached: .*refused"):
        Installer("http://127.0.0.1:1/install.sh").fill(tmp_path, lambda _: None)


def test_the_venvs_pulumi_runs_with_the_venv_first_on_path(tmp_path: Path, engine_in: EngineIn) -> None:
    engine = engine_in(tmp_path / "an engine")
    (engine / "pulumi").write_text('#!/bin/sh\ncommand -v python3\nprintf "%s\\n" "$@"\n')
    programs = tmp_path / "it's a venv"
    programs.mkdir()
    (programs / "python3").symlink_to(shutil.which("true") or "/bin/true")
    for _ in range(2):
        link(programs, engine)
    done = subprocess.run([programs / "pulumi", "a b", "c"], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"{programs}/python3", "a b", "c"]
    assert (programs / "pulumi-language-python").resolve() == engine / "pulumi-language-python"
