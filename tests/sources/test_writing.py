"""Writing files that declare what lives at Sinch, and reading them back."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sinch_contacts import sources
from sinch_contacts.core.contact.channels import APP_SCOPED_CHANNELS, LANGUAGES, PHONE_CHANNELS, Channel
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, LiveContact
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.digest import contact_digest
from sinch_contacts.core.contact.observed import observe
from sinch_contacts.sources.dump import writing
from sinch_contacts.sources.dump.writing import ENDINGS, Selection, Written, write
from sinch_contacts.sources.formats.registry import FORMATS

HOSTILE = [
    "NO", "null", "~", "yes", "0123", "1e3", "+12025550123", "=1+1", "@cmd", "-", "- a", "a: b", "# no", "*a", "&a",
    "!!x", "<<", '"', "'", "''", '"a"', "\\", "\\u0041", "a\nb", "a\r\nb", "\r", "\n", "\t", " a", "a ", " ", "", "a,b",
    ";", "\0", "\x07", "\x7f", "\x85", "\u2028", "\ufeff", "\ufeffa", "\ufffe", "😀", "é", "e\u0301", "日本", "\u202e",
    "{", "[", "%", "?", "2024-01-01", "Unknown", "---", "...", '{"a":"b"}', "x" * 2000,
]  # fmt: skip
TEXTS = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
CHANNELS = st.sampled_from([*Channel, "VIBER"]) | st.sampled_from(["SMS", "LINE"])


@st.composite
def lives(draw: st.DrawFn) -> list[LiveContact]:
    found = []
    for number in range(draw(st.integers(0, 4))):
        identities = []
        for _ in range(draw(st.integers(0, 3))):
            channel = str(draw(CHANNELS))
            phone = st.integers(0, 99).map(lambda end: f"120255500{end:02}")
            address = draw(phone if channel in PHONE_CHANNELS else TEXTS)
            app = draw(st.sampled_from(["A", "B:1", '"', "a,b"])) if channel in APP_SCOPED_CHANNELS else ""
            identities.append(ChannelIdentity(channel, address, app))
        contact = Contact(
            tuple(identities),
            draw(st.sampled_from([*sorted(LANGUAGES), "UNSPECIFIED"])),
            tuple(draw(st.lists(CHANNELS.map(str), max_size=3))),
            draw(TEXTS),
            draw(TEXTS),
            draw(st.just(f"key{number}") | TEXTS),
            draw(TEXTS),
        )
        found.append(LiveContact(ContactId(f"ID{number}"), contact))
    return found


def plain(number: int, **fields: object) -> LiveContact:
    """Returns a contact as Sinch renders one of which nothing is set."""
    values: dict[str, object] = {
        "channel_priority": (), "display_name": "Unknown", "email": "", "external_id": f"key{number}", "metadata": "",
    }  # fmt: skip
    identity = ChannelIdentity("SMS", f"1202555{number:04}")
    given = {"channel_identities": (identity,), "language": "EN", **values, **fields}
    return LiveContact(ContactId(f"ID{number}"), Contact(**given))  # type: ignore[arg-type]  # fields by name


def read_back(written: Written, ending: str) -> tuple[DesiredContact, ...]:
    with TemporaryDirectory() as folder:
        (Path(folder) / f"a{ending}").write_bytes(written.content)
        return sources.load([f"a{ending}"], Path(folder))


def same(live: Contact, declared: Contact) -> bool:
    return contact_digest(observe(live, declared)) == contact_digest(declared)


@settings(max_examples=150)
@pytest.mark.parametrize("ending", ENDINGS)
@given(lives())
def test_what_is_written_is_read_back_equal_to_what_lives(ending: str, project: list[LiveContact]) -> None:
    written = write(project, ending)
    rows = read_back(written, ending)
    assert len(rows) == written.contacts == len(project) - len(written.left_out)
    left_out = {one.live.id for one in written.left_out}
    written_of = [live.contact for live in project if live.id not in left_out]
    for row in rows:
        name = row.contact.external_id or ""
        matches = [live for live in written_of if live.external_id == name and same(live, row.contact)]
        assert matches
        live = matches[0]
        assert (row.contact.email or "", row.contact.metadata or "") == (live.email, live.metadata)
        assert (row.contact.display_name or "Unknown") == (live.display_name or "Unknown")


@given(lives(), st.randoms(use_true_random=False))
def test_the_order_of_the_pages_leaves_no_trace(project: list[LiveContact], random: object) -> None:
    shuffled = list(project)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis's own
    for ending in ENDINGS:
        assert write(shuffled, ending) == write(project, ending)


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_yaml_says_the_same_to_other_programs(texts: Sequence[str]) -> None:
    project = [plain(number, metadata=text, email=text) for number, text in enumerate(texts)]
    document = yaml.safe_load(write(project, ".yaml").content)
    for key, fields in document["contacts"].items():
        text = texts[int(key.removeprefix("key"))]
        assert (fields.get("metadata", ""), fields.get("email", "")) == (text, text)


def test_files_are_written_as_people_would() -> None:
    identities = (ChannelIdentity("MESSENGER", "7", "APP"), ChannelIdentity("SMS", "12025550001"))
    full = plain(
        1,
        channel_identities=identities,
        channel_priority=("SMS",),
        display_name="O'Neil",
        email="a@b",
        metadata='{"a":1}',
    )
    assert (
        write([plain(2), full], ".yaml").content.decode()
        == """\
contacts:
  key1:
    display_name: "O'Neil"
    language: EN
    email: "a@b"
    channel_identities:
      - { channel: MESSENGER, identity: "7", app_id: "APP" }
      - { channel: SMS, identity: "12025550001" }
    channel_priority: [SMS]
    metadata: '{"a":1}'
  key2:
    language: EN
    channel_identities:
      - { channel: SMS, identity: "12025550002" }
"""
    )
    assert (
        write([plain(2, external_id="no"), plain(3, external_id="")], ".yaml").content.decode()
        == """\
contacts:
  - language: EN
    channel_identities:
      - { channel: SMS, identity: "12025550003" }
  - external_id: "no"
    language: EN
    channel_identities:
      - { channel: SMS, identity: "12025550002" }
"""
    )
    assert write([plain(2), full], ".csv").content.decode() == (
        "external_id,language,display_name,email,metadata,SMS,MESSENGER:APP,channel_priority\n"
        'key1,EN,O\'Neil,a@b,"{""a"":1}",12025550001,7,SMS\n'
        "key2,EN,,,,12025550002,,\n"
    )
    assert write([plain(2)], ".jsonl").content.decode() == (
        '{"external_id":"key2","language":"EN","channel_identities":[{"channel":"SMS","identity":"12025550002"}]}\n'
    )


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_empty_project_is_a_file_too(ending: str) -> None:
    if ending in {".jsonl", ".ndjson"}:
        assert write([], ending).content == b""
    assert read_back(write([], ending), ending) == ()


def test_what_cannot_be_declared_is_left_out_with_the_reason() -> None:
    shared = (ChannelIdentity("SMS", "12025550003"),)
    project = [
        plain(1, language="UNSPECIFIED"),
        plain(2, channel_identities=(ChannelIdentity("VIBER", "x"),)),
        plain(3),
        plain(4, channel_identities=shared),
        plain(5, external_id="twice"),
        plain(6, external_id="twice", language="UNSPECIFIED"),
        plain(7, external_id="e\u0301"),
        plain(8, channel_identities=()),
        plain(9, external_id=""),
        plain(10, language="UNSPECIFIED", channel_identities=(ChannelIdentity("SMS", "12025550009"),)),
        plain(11, external_id="SMS:+12025550012"),
        plain(12, external_id=""),
        plain(13),
    ]
    written = write(project, ".yaml")
    told = {one.live.id: one.reason for one in written.left_out}
    language = 'language: there is no language "UNSPECIFIED"; use a code such as EN or EN_US'
    same_identity = "another contact has one of its identities, too; merge the two, or delete one"
    assert told == {
        "ID1": language,
        "ID2": 'channel_identities[0].channel: there is no channel "VIBER"; did you mean VIBERBM?',
        "ID3": same_identity,
        "ID4": same_identity,
        "ID5": "another contact has the same external id; delete one, or give it another",
        "ID6": language,
        "ID7": "its external id has space around it, or is not in Unicode normal form C; correct it at Sinch",
        "ID8": "channel_identities: this is empty; fill it in, or leave out what it belongs to",
        "ID9": same_identity,
        "ID10": language,
        "ID12": same_identity,
    }
    assert written.contacts == 2


def test_what_a_table_cannot_hold_is_left_out_of_csv_alone() -> None:
    project = [plain(1, display_name=" \n"), plain(2, email="x" * 200_000), plain(3)]
    assert write(project, ".jsonl").contacts == 3
    written = write(project, ".csv")
    assert written.contacts == 1
    assert [one.reason.split(";")[0] for one in written.left_out] == [
        "display_name: this is only space, and a CSV file takes that for nothing",
        "this is too long for a CSV file, whose cells have 131,072 characters",
    ]
    assert write([plain(1, email="x" * (1 << 21))], ".jsonl").contacts == 0


def test_a_file_that_nobody_could_read_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    small = FORMATS[".yaml"].__class__(FORMATS[".yaml"].open, 10)
    monkeypatch.setattr(writing, "FORMATS", {".yaml": small})
    with pytest.raises(writing.TooLarge, match=r"a \.yaml file may have"):
        write([plain(1)], ".yaml")


@pytest.mark.parametrize(
    ("selection", "found"),
    [
        (Selection(), 3),
        (Selection(external_id_prefix="crm-"), 1),
        (Selection(channels=frozenset({"LINE", "RCS"})), 1),
        (Selection(languages=frozenset({"DE", "EN"}), channels=frozenset({"SMS"})), 2),
    ],
)
def test_a_selection_is_written_alone(selection: Selection, found: int) -> None:
    line = (ChannelIdentity("LINE", "x", "A"),)
    project = [plain(1, external_id="crm-1"), plain(2, language="DE"), plain(3, channel_identities=line, language="FR")]
    assert write(project, ".yaml", selection).contacts == found
