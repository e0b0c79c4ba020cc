"""Whatever a contact file holds: contacts, or problems that anybody may read."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sinch_contacts import sources
from sinch_contacts.cli.main import main

ENDINGS = ["yaml", "yml", "json", "jsonl", "ndjson", "csv"]
PERSONAL = ("1529017", "zaphod.b@", "U4af4980629", "7746490198")
"""Parts of the numbers, addresses and ids in `CONTACTS`, which are masked wherever they end up."""

NAMES = ("Zaphod B", "Trillian M")
"""Parts of the names in `CONTACTS`; one that ends up as a contact's key cannot be told from a key, and is shown."""

CONTACTS: list[dict[str, Any]] = [
    {
        "external_id": "first",
        "channel_identities": [
            {"channel": "SMS", "identity": "+491529017345"},
            {"channel": "LINE", "identity": "U4af4980629aa", "app_id": "01APP"},
        ],
        "channel_priority": ["LINE", "SMS"],
        "language": "EN_US",
        "display_name": "Zaphod B. Eeblebrox",
        "email": "zaphod.b@example.com",
        "metadata": '{"note": "Zaphod B."}',
    },
    {
        "external_id": "second",
        "channel_identities": [{"channel": "MESSENGER", "identity": "7746490198930851", "app_id": "01APP"}],
        "language": "DE",
        "display_name": "Trillian M. éæ𝄞",
    },
]
YAML = """\
defaults: { language: EN_US, metadata: { tier: gold } }
contacts:
  first:
    display_name: Zaphod B. Eeblebrox
    email: zaphod.b@example.com
    channel_identities:
      - channel: SMS
        identity: "+491529017345"
      - { channel: LINE, identity: U4af4980629aa, app_id: '01APP' }
    channel_priority: [LINE, SMS]
    metadata: |
      Zaphod B.
  second:
    display_name: "Trillian M. éæ𝄞"
    channel_identities: [{ channel: MESSENGER, identity: "7746490198930851", app_id: "01APP" }]
"""
CSV = """\
external_id,language,display_name,email,metadata,channel_priority,SMS,LINE:01APP,MESSENGER:01APP
first,EN_US,Zaphod B. Eeblebrox,zaphod.b@example.com,"{""note"":\r\n""Zaphod B.""}",LINE,+491529017345,U4af4980629aa,
second,DE,"Trillian M. éæ𝄞",,,,,,7746490198930851
"""
LINES = "".join(json.dumps(contact, ensure_ascii=False) + "\n" for contact in CONTACTS)
VALID = {
    "yaml": YAML.encode(),
    "json": json.dumps({"contacts": CONTACTS, "defaults": {"language": "FR"}}, indent=1).encode(),
    "jsonl": LINES.encode(),
    "csv": CSV.encode(),
}


def flipped(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]


def shortened(content: bytes, chance: random.Random) -> bytes:
    start, end = part(content, chance)
    return content[:start] + content[end:]


def repeated(content: bytes, chance: random.Random) -> bytes:
    start, end = part(content, chance)
    return content[:end] + content[start:end] * chance.choice([1, 1, 2, 40]) + content[end:]


def moved(content: bytes, chance: random.Random) -> bytes:
    (start, end), at = part(content, chance), chance.randrange(len(content))
    return content[:at] + content[start:end] + content[at:]


def filled(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + chance.choice(TOKENS) * chance.choice([1, 1, 1, 2, 33, 3000]) + content[at:]


def replaced(content: bytes, chance: random.Random) -> bytes:
    return content.replace(chance.choice(OLD), chance.choice([*OLD, *TOKENS]), chance.choice([-1, 1]))


def part(content: bytes, chance: random.Random) -> tuple[int, int]:
    if chance.random() < 0.5:  # whole lines
        starts = [0, *(at + 1 for at, byte in enumerate(content) if byte == 10), len(content)]
        first = chance.randrange(len(starts) - 1)
        return starts[first], starts[chance.randrange(first, len(starts))]
    start = chance.randrange(len(content))
    return start, chance.randrange(start, min(start + 60, len(content)))


MUTATIONS: list[Callable[[bytes, random.Random], bytes]] = [flipped, shortened, repeated, moved, filled, replaced]
TOKENS = [
    *(bytes([byte]) for byte in b"\0\t\n\r\x1b\x85\xa0\xff \"#%&'*+,-:;<>?@[]`{|}~0aE\\"),
    b'{"a":', b'"a":1,', b"? ", b"- ", b"---\n", b"...", b"<<: ", b"&a ", b"*a", b"!!x ", b'""', b"null", b"NaN",
    b"1e999", b"-1", b"0.1", b"NO", b"2024-01-01", b"\\ud800", b"\\u0000", b"\\u202e",
    "\ufeff".encode(), "\u2028".encode(),
    "\u202e".encode(), b"\xed\xa0\x80", b"\xf0\x9f", b"\x1b[31m", b"]]>", b"%YAML 9.9\n", b'\n  "', b"[1,",
]  # fmt: skip
OLD = [
    b"channel_identities", b"channel", b"identity", b"contacts", b"defaults", b"language", b"EN_US", b"SMS", b"LINE",
    b"01APP", b"external_id", b"first", b"second", b"metadata", b"+491529017345", b"zaphod.b@example.com",
    b'"', b",", b":",
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, content: bytes) -> bytes:
    chance = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311  # it makes test data
    for mutation in draw(st.lists(st.sampled_from(MUTATIONS), min_size=1, max_size=6)):
        content = mutation(content or b"\n", chance)[:200_000]
    return content


def issues_of(name: str, content: bytes) -> tuple[sources.Issue, ...]:
    """Reads one file; whatever is wrong is told in lines that hold no control character."""
    with TemporaryDirectory() as folder:
        Path(folder, name).write_bytes(content)
        try:
            sources.load([name], Path(folder))
        except sources.InvalidContactFiles as error:
            found = error.issues
        else:
            return ()
    assert found
    for issue in found:
        assert issue.file == name
        assert issue.message
        assert str(issue).isprintable()
        assert len(issue.message) <= 400
    return found


@pytest.mark.parametrize("ending", ENDINGS)
@given(st.binary(max_size=300) | st.text(max_size=150).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_judged(ending: str, content: bytes) -> None:
    issues_of(f"a.{ending}", content)


@pytest.mark.parametrize("ending", VALID)
@given(data=st.data())
def test_a_damaged_file_is_judged_without_a_word_of_what_is_personal_in_it(ending: str, data: st.DataObject) -> None:
    content = data.draw(mutated(VALID[ending]))
    for issue in issues_of(f"a.{ending}", content):
        assert not [text for text in PERSONAL if text in str(issue)]


@pytest.mark.parametrize("ending", VALID)
@given(st.randoms(use_true_random=False), st.integers(1, 3))
def test_a_wrong_letter_does_not_show_a_name(ending: str, chance: random.Random, letters: int) -> None:
    content = VALID[ending]
    for _ in range(letters):
        content = flipped(content, chance)
    for issue in issues_of(f"a.{ending}", content):
        assert not [text for text in PERSONAL + NAMES if text in str(issue)]


@pytest.mark.parametrize("ending", VALID)
@given(data=st.data(), read_as=st.sampled_from(ENDINGS))
def test_a_file_with_the_ending_of_another_format_is_judged(ending: str, data: st.DataObject, read_as: str) -> None:
    for issue in issues_of(f"a.{read_as}", data.draw(st.just(VALID[ending]) | mutated(VALID[ending]))):
        assert not [text for text in PERSONAL if text in str(issue)]


@pytest.mark.parametrize("ending", VALID)
@given(data=st.data())
def test_the_command_line_says_the_same(ending: str, data: st.DataObject) -> None:
    content = data.draw(mutated(VALID[ending]))
    with TemporaryDirectory() as folder:
        path = Path(folder, f"a.{ending}")
        path.write_bytes(content)
        result = CliRunner().invoke(main, ["validate", str(path)], catch_exceptions=False)
    found = len(issues_of(path.name, content))
    lines = result.stdout.split("\n")
    assert (result.exit_code, len(lines) - 1) == (1, found) if found else (0, 1)
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize("ending", VALID)
def test_the_files_that_are_damaged_are_well_before(ending: str) -> None:
    assert issues_of(f"a.{ending}", VALID[ending]) == ()
