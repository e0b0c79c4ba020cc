from collections.abc import Callable
from pathlib import Path

import pytest

from sinch_contacts import sources
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, Key
from sinch_contacts.core.contact.desired import DesiredContact

Told = Callable[[dict[str, str | bytes]], list[str]]
Project = Callable[[dict[str, str | bytes]], Path]


def test_columns_become_fields_and_identities_and_empty_cells_name_nothing(project: Project) -> None:
    text = (
        "\ufeffexternal_id,language,display_name,SMS,SMS,MESSENGER:01APP,channel_priority,metadata,email\r\n"
        'bob,EN_US,"Bob ""B""\r\nSmith", +12025550123 ,12025550124,m1,SMS;MESSENGER  WHATSAPP,'
        '"{""a"":1}",b@example.com\r\n'
        "\r\n"
        ",,,,,,,,\r\n"
        ",DE,,12025550125,,,,,\r\n"
    )
    loaded = sources.load(["a.csv"], project({"a.csv": text}))
    assert loaded == (
        DesiredContact(Key("SMS:12025550125"), Contact((ChannelIdentity("SMS", "12025550125"),), "DE"), "a.csv", 6),
        DesiredContact(
            Key("bob"),
            Contact(
                (
                    ChannelIdentity("SMS", "12025550123"),
                    ChannelIdentity("SMS", "12025550124"),
                    ChannelIdentity("MESSENGER", "m1", "01APP"),
                ),
                "EN_US",
                ("SMS", "MESSENGER", "WHATSAPP"),
                'Bob "B"\r\nSmith',
                "b@example.com",
                "bob",
                '{"a":1}',
            ),
            "a.csv",
            2,
        ),
    )


@pytest.mark.parametrize(
    ("text", "issues"),
    [
        ("", ['1:1: the file is empty; begin with a header row such as "external_id,language,SMS"']),
        ("language;SMS\n", ["1:1: the cells are separated by semicolons; save the table with commas"]),
        ("language,SMS,language\n", ["1:14: language: this column is here a second time; keep one"]),
        (
            "language,SMX,SMS\n",
            [
                (
                    '1:10: SMX: there is no column "SMX"; use external_id, language, display_name, email, metadata,'
                    " channel_priority or a channel such as SMS"
                ),
            ],
        ),
        (
            "language,LINE\n",
            ["1:10: LINE: LINE identities belong to an app; write the header as LINE:APP_ID"],
        ),
        (
            "email\nx\n",
            [
                "1:1: email: the header has no column for a channel, such as SMS; add one",
                "1:1: email: the header has no column language; add it",
            ],
        ),
        ("language,SMS\nEN\n", ["2:1: this row has 1 cells, and the header has 2; make them equal"]),
        ('language,SMS\nEN,"a"b\n', ["2:1: this row is not valid CSV: ',' expected after '\"'"]),
        ('language,SMS\nEN,"a\n', ["2:1: this row is not valid CSV: unexpected end of data"]),
        ("language,SMS\nEN,\n", ["2:1: this lacks channel_identities; add it"]),
        (
            'display_name,language,email,SMS\n"a, ""b""\nc",EN,,x2025550123\n',
            [
                (
                    "3:8: SMS: this is not a phone number: character 1 is something else than a digit;"
                    " write it with country code and digits only, like +12025550123"
                ),
            ],
        ),
        (
            "language,email,SMS\nXX,a,+12025550123\n",
            ['2:1: language: there is no language "XX"; use a code such as EN or EN_US'],
        ),
    ],
)
def test_a_broken_table_is_told_with_line_column_and_header(told: Told, text: str, issues: list[str]) -> None:
    assert told({"a.csv": text}) == [f"a.csv:{issue}" for issue in issues]
