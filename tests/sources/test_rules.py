"""Each rule of a contact, with the place and the words that a user gets."""

from collections.abc import Callable

import pytest

Told = Callable[[dict[str, str | bytes]], list[str]]

SMS = '{"channel": "SMS", "identity": "+12025550123"}'
PHONE = "write it with country code and digits only, like +12025550123"


@pytest.mark.parametrize(
    ("fields", "issue"),
    [
        (
            f'"channel_identities": [{SMS}]',
            "this lacks language; add it",
        ),
        ('"language": "EN"', "this lacks channel_identities; add it"),
        ("", "this lacks channel_identities and language; add them"),
        (
            f'"channel_identities": [{SMS}], "language": "EN", →"langage": "EN"',
            'langage: there is no field "langage"; did you mean language?',
        ),
        (
            f'"channel_identities": [{SMS}], "language": "EN", →"+12025550177": "EN"',
            (
                "···77: there is no field; known are channel_identities, language, channel_priority, display_name,"
                " email, external_id and metadata"
            ),
        ),
        (
            f'"channel_identities": [{SMS}], "language": →"EN_AUS"',
            'language: there is no language "EN_AUS"; did you mean EN_US?',
        ),
        (
            f'"channel_identities": [{SMS}], "language": →"Anna Smith"',
            "language: there is no language; use a code such as EN or EN_US",
        ),
        (
            '"language": "EN", "channel_identities": [{"channel": →"WHATSAP", "identity": "x"}]',
            'channel_identities[0].channel: there is no channel "WHATSAP"; did you mean WHATSAPP?',
        ),
        (
            '"language": "EN", "channel_identities": [→{"identity": "x"}]',
            "channel_identities[0]: this lacks channel; add it",
        ),
        (
            '"language": "EN", "channel_identities": [→{"channel": "LINE", "identity": "x"}]',
            "channel_identities[0]: LINE identities belong to an app; add its app_id",
        ),
        (
            '"language": "EN", "channel_identities": [{"channel": "LINE", "identity": "x", "app_id": →""}]',
            "channel_identities[0].app_id: this is empty; fill it in, or leave out what it belongs to",
        ),
        (
            '"language": "EN", "channel_identities": [{"channel": "LINE", "identity": "x", "app_id": →" "}]',
            "channel_identities[0].app_id: this is only space; write the id of the app",
        ),
        (
            '"language": "EN", "channel_identities": →[]',
            "channel_identities: this is empty; fill it in, or leave out what it belongs to",
        ),
        (
            '"language": "EN", "channel_identities": [{"channel": "TELEGRAM", "identity": →"  "}]',
            "channel_identities[0].identity: this is only space; write the identity",
        ),
        (
            '"language": "EN", "channel_identities": [{"channel": "SMS", "identity": →""}]',
            "channel_identities[0].identity: this is empty; fill it in, or leave out what it belongs to",
        ),
        (
            '"language": "EN", "channel_identities": [{"channel": "TELEGRAM", "identity": →"a\\u0007"}]',
            "channel_identities[0].identity: this holds a control character or a line break; take it out",
        ),
        (
            f'"channel_identities": [{SMS}], "language": →null',
            'language: this is null; leave it out, or write "" for an empty text',
        ),
        (
            f'"channel_identities": [{SMS}], "language": "EN", "metadata": →null',
            'metadata: this field is null; leave it out, or write "" to make it empty',
        ),
        (
            f'"channel_identities": [{SMS}], "language": "EN", "email": →5',
            "email: this is a number, and a text is wanted; put it in quotes",
        ),
        (
            f'"channel_identities": [{SMS}], "language": "EN", "email": →false',
            "email: this is true or false, and a text is wanted; put it in quotes",
        ),
        (
            f'"channel_identities": [{SMS}], "language": "EN", "metadata": →["a"]',
            "metadata: this is a list, and a text or a mapping is wanted",
        ),
        (
            '"language": "EN", "channel_identities": →"SMS"',
            "channel_identities: this is a text, and a list is wanted",
        ),
        (
            '"language": "EN", "channel_identities": [→"SMS"]',
            "channel_identities[0]: this is a text, and a mapping is wanted",
        ),
        (
            f'"channel_identities": [{SMS}], "language": "EN", "email": →{{}}',
            "email: this is a mapping, and a text is wanted",
        ),
        (
            f'"channel_identities": [{SMS}], "language": "EN", "metadata": →"{"x" * 1025}"',
            "metadata: this has 1,025 characters, and 1,024 are allowed; shorten it",
        ),
        (
            f'"channel_identities": [{SMS}], "language": "EN", "metadata": →{{"key": "{"é" * 1015}"}}',
            "metadata: this has 1,025 characters as compact JSON, and 1,024 are allowed; shorten it",
        ),
        (
            f'"channel_identities": [{SMS}], "language": "EN", "display_name": "\\ud800"',
            "this holds half a character (a lone surrogate such as \\ud800); take it out",
        ),
        (
            f'"channel_identities": [{SMS}], "language": "EN", "external_id": "\\ud800"',
            "this holds half a character (a lone surrogate such as \\ud800); take it out",
        ),
    ],
)
def test_a_wrong_contact_is_told_with_line_column_and_remedy(told: Told, fields: str, issue: str) -> None:
    line = "{" + fields + "}"
    column = line.find("→") + 1 or 1
    assert told({"a.jsonl": "\n" + line.replace("→", "")}) == [f"a.jsonl:2:{column}: {issue}"]


@pytest.mark.parametrize("channel", ["SMS", "MMS", "RCS", "WHATSAPP", "VIBERBM"])
@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("0202555", "it begins with 0"),
        ("+0202555", "it begins with 0"),
        ("+120255", "it has 6 digits, and 7 to 15 are wanted"),
        ("1", "it has 1 digit, and 7 to 15 are wanted"),
        ("+1202555012345678", "it has 16 digits, and 7 to 15 are wanted"),
        ("+1 202 555 0123", "character 3 is a space"),
        ("1202-555-0123", "character 5 is something else than a digit"),
        ("++12025550123", "character 2 is something else than a digit"),
        ("\u0661\u0662025550123", "character 1 is something else than a digit"),
    ],
)
def test_a_wrong_phone_number_is_described_and_not_shown(told: Told, channel: str, number: str, message: str) -> None:
    line = f'{{"language": "EN", "channel_identities": [{{"channel": "{channel}", "identity": "{number}"}}]}}'
    column = line.index(number)
    assert told({"a.jsonl": line}) == [
        f"a.jsonl:1:{column}: channel_identities[0].identity: this is not a phone number: {message}; {PHONE}",
    ]


def test_no_message_shows_personal_data(told: Told) -> None:
    lines = told(
        {
            "a.yaml": """\
contacts:
  "+13035550123": {channel_identities: [{channel: SMS, identity: "+13 03 55"}], language: anna@example.com}
  bob@example.com: {channel_identities: [{channel: SMS, identity: "13035550144"}], language: EN, "13035550155": x}
  carl: {channel_identities: [{channel: SMS, identity: "+13035550144"}, {channel: RCS, identity: "13035550144"}]}
  "+1 (303) 555-0166": {language: EN}
""",
            "b.csv": "external_id,language,SMS,13035550188\n",
        },
    )
    text = "\n".join(lines)
    assert len(lines) == 6
    for secret in ("3035550", "anna", "bob", "13 03", "555-0166"):
        assert secret not in text
