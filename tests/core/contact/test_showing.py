"""What people and logs see of a contact, and what is masked."""

import pytest

from sinch_contacts.core.contact.contact import Key
from sinch_contacts.core.contact.showing import mask, mask_key, mask_text, shown_lines, shown_text


def test_masking_keeps_two_characters_at_most() -> None:
    assert (mask("12025550101"), mask("12345")) == ("···01", "···")
    assert mask_key(Key("alice")) == "alice"
    assert mask_key(Key("alice@example.com")) == "···om"
    assert mask_key(Key("SMS:12025550101")) == "SMS:···01"
    assert mask_key(Key("k" * 64)) == "k" * 64
    assert mask_key(Key("k" * 65)) == "k" * 63 + "…"
    assert mask_text('number "+1 202 555 0101" of alice@example.com, row 12') == 'number "···01" of ···om, row 12'


@pytest.mark.parametrize(
    "number",
    ["+1 (202) 555-0101", "1/202/555.0101", "+49 - 171 - 5550101", "1\u2013202\u2013555\u20110101", "١٢٠٢٥٥٥٠١٠١"],
)
def test_a_number_is_masked_however_it_is_written(number: str) -> None:
    assert mask_text(f"no {number} here") == f"no ···{number[-2:]} here"
    assert mask_key(Key(number)) == f"···{number[-2:]}"


def test_only_the_name_of_a_channel_is_shown_before_a_masked_identity() -> None:
    assert mask_key(Key("12025550101A:B")) == "···:B"
    assert mask_key(Key("ALICE.DOE:alice@example.com")) == "···om"
    assert mask_key(Key("MESSENGER:01APP:m-alice")) == "MESSENGER:···ce"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Anna Berg: ok", "Anna Berg: ok"),
        ("\x1b[2Jgone", r"\x1b[2Jgone"),
        ("\u202egnp.exe\u2066", r"\u202egnp.exe\u2066"),
        ("a\nb", r"a\nb"),
        ("::add-mask::x", r"\x3a:add-mask::x"),
        ("  ::error file=a::x", r"  \x3a:error file=a::x"),
        ("a::b", "a::b"),
        ("x ##[add-mask]y", r"x \x23#[add-mask]y"),
        ("##vso[task.setvariable]y", r"\x23#vso[task.setvariable]y"),
        ("## a heading", "## a heading"),
    ],
)
def test_what_a_screen_or_a_forge_would_obey_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert shown_text(text) == shown


def test_lines_stay_lines_and_no_other_line_end_makes_one() -> None:
    assert shown_lines("first:\n  ::stop-commands::x\rsecond\u2028third") == (
        "first:\n  \\x3a:stop-commands::x\\rsecond\\u2028third"
    )
