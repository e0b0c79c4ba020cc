"""Entries of the record, and records as a whole."""

from hypothesis import given

from sinch_contacts.core.contact.contact import Contact, Key, named_fields
from sinch_contacts.core.contact.digest import parse_field_digests
from sinch_contacts.core.record.recorded import record_contact
from strategies import contacts


@given(contacts)
def test_a_record_holds_digests_of_just_the_named_fields(contact: Contact) -> None:
    entry = record_contact(Key("a"), contact)
    assert set(entry.owned) == set(named_fields(contact))
    assert set(parse_field_digests(entry.fields)) == set(named_fields(contact)) - {"channel_identities"}
