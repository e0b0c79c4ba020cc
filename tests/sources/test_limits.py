"""Files that are too much, that never end, or that lead astray: told at once, with little memory and no wait."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sinch_contacts import sources
from sinch_contacts.sources.document import MOST_ROWS
from sinch_contacts.sources.issues import MOST_ISSUES
from sinch_contacts.sources.loading import files

Told = Callable[[dict[str, str | bytes]], list[str]]
Project = Callable[[dict[str, str | bytes]], Path]

GOOD = '{"channel_identities": [{"channel": "SMS", "identity": "12025550123"}], "language": "EN"}\n'
OUTSIDE = "the file is outside the project's folder; move it there, or set allow_outside"
MANY = f"{MOST_ISSUES:,} problems are told; mend them to see whether there are more"


def told_of(root: Path, *patterns: str) -> list[str]:
    with pytest.raises(sources.InvalidContactFiles) as caught:
        sources.load(patterns, root)
    return [str(issue) for issue in caught.value.issues]


class TestFolders:
    def test_any_depth_means_neither_links_nor_hidden_folders(self, project: Project) -> None:
        root = project({"a.jsonl": GOOD, "b/c/d.jsonl": "", "b/.e/f.jsonl": "5", "b/.g.jsonl": "5", "h/i.txt": "5"})
        for number in range(5):  # two that point at their own folder are walked 2 to the power of 40 times
            (root / f"circle{number}").symlink_to(".")
            (root / f"b/disk{number}").symlink_to("/")
        for pattern, found in {
            "**/*.jsonl": ("a.jsonl", "b/c/d.jsonl"),
            "b/**/*.jsonl": ("b/c/d.jsonl",),
            "**/**/c/*.jsonl": ("b/c/d.jsonl",),
            "b*/**/**": ("b", "b/c"),
            f"{root}/**/d.jsonl": ("b/c/d.jsonl",),
        }.items():
            seen = files.find_files([pattern], root, allow_outside=False)
            assert [one.name if isinstance(one, files.FoundFile) else one.file for one in seen] == [*found]

    @pytest.mark.parametrize("pattern", ["/**/*.yaml", "../**/*.yaml", "a/../../**", "*/../../*", "/dev/zero", "../x"])
    def test_what_leads_outside_is_refused_without_a_look(
        self, project: Project, monkeypatch: pytest.MonkeyPatch, pattern: str
    ) -> None:
        root = project({"a.jsonl": GOOD})
        monkeypatch.setattr("sinch_contacts.sources.loading.files.matches", None)
        (issue,) = told_of(root, pattern)
        assert issue.endswith(OUTSIDE)

    def test_a_folder_behind_a_link_is_outside_where_it_is(self, project: Project, tmp_path: Path) -> None:
        root = project({"a.jsonl": GOOD})
        (tmp_path / "else").mkdir()
        (tmp_path / "else" / "b.jsonl").write_text(GOOD)
        (root / "shared").symlink_to("../else")
        assert told_of(root, "shared/*.jsonl") == [f"shared/b.jsonl: {OUTSIDE}"]
        assert [found.file for found in sources.load(["shared/*.jsonl"], root, allow_outside=True)] == [
            "shared/b.jsonl"
        ]

    def test_the_root_may_be_behind_a_link(self, project: Project, tmp_path: Path) -> None:
        root = project({"a.jsonl": GOOD})
        (tmp_path / "link").symlink_to(root)
        for pattern in ("a.jsonl", str(root / "a.jsonl"), str(tmp_path / "link" / "a.jsonl")):
            assert len(sources.load([pattern], tmp_path / "link")) == 1

    @pytest.mark.parametrize("target", ["/dev/zero", "/dev/stdin", "/proc/self/mem", "/dev/full"])
    def test_a_device_is_no_file(self, project: Project, target: str) -> None:
        root = project({"a.jsonl": GOOD})
        (root / "b.yaml").symlink_to(target)
        assert told_of(root, "b.yaml") == [f"b.yaml: {OUTSIDE}"]
        with pytest.raises(sources.InvalidContactFiles):
            sources.load(["b.yaml"], root, allow_outside=True)

    def test_a_file_that_becomes_a_pipe_does_not_hang(self, project: Project) -> None:
        root = project({"a.jsonl": GOOD})
        (found,) = files.find_files(["a.jsonl"], root, allow_outside=False)
        assert isinstance(found, files.FoundFile)
        found.path.unlink()
        os.mkfifo(found.path)
        assert str(files.open_document(found)) == "a.jsonl: this is no ordinary file; correct the path"


class TestSizes:
    @pytest.mark.parametrize("ending", ["yaml", "json", "jsonl", "csv"])
    def test_a_file_that_is_too_large_is_not_read(self, project: Project, ending: str) -> None:
        root = project({f"a.{ending}": ""})
        os.truncate(root / f"a.{ending}", 1 << 40)
        (issue,) = told_of(root, f"a.{ending}")
        assert "the file has 1,048,576 MiB, and" in issue

    def test_a_line_without_end_is_told(self, told: Told) -> None:
        long = "1" * (1 << 21)
        assert told({"a.jsonl": f"5\n{long}", "b.csv": f"language,SMS\n{long}", "c.csv": "," * (1 << 21)}) == [
            "a.jsonl:1:1: this is a number, and a mapping is wanted",
            "a.jsonl:2:1: this line has more than 1,048,576 characters; give each contact a line of its own",
            "b.csv:2:1: this line has more than 1,048,576 characters; give each contact a line of its own",
            "c.csv:1:1: this line has more than 1,048,576 characters; give each contact a line of its own",
        ]

    def test_a_row_without_end_is_told(self, told: Told) -> None:
        (issue,) = told({"a.csv": 'language,SMS\n"' + 'a\n","' * 999_999})
        assert issue.startswith("a.csv:2:1: this row is not valid CSV: it has more than 1,048,576 characters; is a")

    def test_a_cell_without_end_is_told(self, told: Told) -> None:
        (issue,) = told({"a.csv": 'language,SMS\n"' + "a\n" * 200_000})
        assert issue.startswith("a.csv:2:1: this row is not valid CSV: field larger than field limit")

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("a.jsonl", "{}\n" * 20_000),
            ("a.jsonl", "{\n" * 20_000),
            ("a.csv", "language,SMS\n" + "EN\n" * 20_000),
            ("a.csv", "language,SMS\n" + "EN,1\n" * 20_000),
            ("a.json", '{"contacts": [' + "{}," * 20_000 + "{}]}"),
            ("a.json", '{"contacts": {"a": {"metadata": {' + '"a": 1,' * 20_000 + '"a": 1}}}}'),
            ("a.yaml", "contacts:\n" + "- {}\n" * 20_000),
            ("a.yaml", "contacts:\n" + "- &a 5\n" * 20_000),
            ("a.yaml", "contacts:\n" + "- *a\n" * 20_000),
        ],
    )
    def test_problems_end_some_time(self, told: Told, name: str, text: str) -> None:
        issues = told({name: text})
        assert MOST_ISSUES <= len(issues) <= MOST_ISSUES + 1
        assert issues[-1] == f"{name}: {MANY}"

    def test_contacts_of_a_whole_document_end_some_time(self, told: Told) -> None:
        (issue,) = told({"a.json": '{"contacts":[' + "{}," * MOST_ROWS + "{}]}"})
        assert issue == f"a.json:1:1: the file has more than {MOST_ROWS:,} contacts; split it, or use JSON Lines"


class TestBombs:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\ncontacts: {}", "anchors are not read"),
            ("contacts: &a [*a]", "aliases are not read"),
            ("contacts: {a: {<<: {language: EN}}}", "this key is not read as a text by every YAML program"),
            ("contacts: " + "[" * 100_000, "this is nested deeper than 32 levels"),
            ("contacts: " + "{a: " * 100_000, "this is nested deeper than 32 levels"),
            ("contacts:\n" + "- " * 10_000, "this is nested deeper than 32 levels"),
            ("? " * 10_000, "this is nested deeper than 32 levels"),
        ],
    )
    def test_of_yaml_do_not_go_off(self, told: Told, text: str, message: str) -> None:
        assert any(message in issue for issue in told({"a.yaml": text}))

    @pytest.mark.parametrize("opening", ["[", '{"a":'])
    @pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
    def test_of_json_do_not_go_off(self, told: Told, name: str, opening: str) -> None:
        (issue,) = told({name: '{"contacts": ' + opening * 100_000})
        assert issue.endswith("this is nested too deeply; make it flatter")

    @pytest.mark.parametrize("number", ["9" * 100_000, "1e999999", "-Infinity", "NaN", "1" + "0" * 400 + ".5"])
    def test_of_numbers_do_not_go_off(self, told: Told, number: str) -> None:
        assert (
            "this number is none that JSON knows or is too large" in told({"a.jsonl": f'{{"metadata": {number}}}'})[1]
        )

    def test_a_null_character_is_told(self, told: Told) -> None:
        (issue,) = told({"a.csv": "language,SMS,external_id\nEN,12025550123,a\0b\n"})
        assert "control character" in issue


def test_a_table_without_a_header_shows_nothing_of_its_first_row(told: Told) -> None:
    assert told({"a.csv": "Zaphod,EN,12025550123\n"}) == [
        'a.csv:1:1: this row is not a header; begin with one such as "external_id,language,SMS"'
    ]
