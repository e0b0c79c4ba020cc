"""One form for what Sinch treats as the same."""

from hypothesis import given
from hypothesis import strategies as st

from sinch_contacts.core.contact.channels import Channel
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact
from sinch_contacts.core.contact.normalize import identity_key, normalize_contact, normalize_identity, normalize_key
from strategies import channels, contacts


@given(contacts)
def test_normalising_twice_is_normalising_once(contact: Contact) -> None:
    assert normalize_contact(contact) == contact
    for identity in contact.channel_identities:
        assert normalize_identity(identity) == identity


def test_phone_numbers_lose_their_plus_and_others_keep_it() -> None:
    assert normalize_identity(ChannelIdentity("SMS", " +1202 ")) == ChannelIdentity("SMS", "1202")
    assert normalize_identity(ChannelIdentity("SMS", "+ +1202")) == ChannelIdentity("SMS", "1202")
    assert normalize_identity(ChannelIdentity("MESSENGER", "+1202", "app")).identity == "+1202"


@given(channels, st.text("+ \t\u20001", max_size=6))
def test_normalising_twice_is_normalising_once_whatever_the_text(channel: Channel, text: str) -> None:
    once = normalize_identity(ChannelIdentity(channel, text, text))
    assert normalize_identity(once) == once
    assert normalize_key(" e\u0301 ") == "é"
    assert identity_key(ChannelIdentity("WHATSAPP", "+1202")) == "WHATSAPP:1202"
    assert identity_key(ChannelIdentity("LINE", "u1", "APP")) == "LINE:APP:u1"
