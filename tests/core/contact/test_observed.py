"""What lives at Sinch, compared with what is declared."""

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from sinch_contacts.core.contact.channels import SIM_CHANNELS
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, LiveContact
from sinch_contacts.core.contact.digest import contact_digest
from sinch_contacts.core.contact.observed import observe
from strategies import contacts

ALICE = Contact((ChannelIdentity("SMS", "12025550101"),), "EN_US", display_name="Alice", external_id="alice")


def as_the_server_renders(contact: Contact, *, unified: bool) -> Contact:
    """Returns a contact as Sinch would give it back: all fields there, twins added, the nameless named."""
    identities = list(contact.channel_identities)
    priority = list(contact.channel_priority or ())
    if unified:
        for identity in contact.channel_identities:
            for channel in sorted(SIM_CHANNELS):
                twin = ChannelIdentity(channel, identity.identity)
                if identity.channel in SIM_CHANNELS and twin not in identities:
                    identities.append(twin)
                    if all(mine.channel != channel for mine in contact.channel_identities) and channel not in priority:
                        priority.append(channel)
    return Contact(
        channel_identities=tuple(reversed(identities)),
        language=contact.language,
        channel_priority=tuple(priority),
        display_name=contact.display_name or "Unknown",
        email=contact.email or "",
        external_id=contact.external_id or "",
        metadata=contact.metadata or "",
    )


@given(contacts, st.booleans())
def test_what_the_server_does_by_itself_is_no_difference(contact: Contact, unified: bool) -> None:  # noqa: FBT001
    assume(contact.display_name != "Unknown")
    live = as_the_server_renders(contact, unified=unified)
    assert contact_digest(observe(live, contact)) == contact_digest(contact)


@given(contacts, contacts)
def test_a_real_difference_in_a_named_field_is_seen(contact: Contact, other: Contact) -> None:
    assume(contact.metadata is not None and (other.metadata or "") != contact.metadata)
    live = msgspec.structs.replace(as_the_server_renders(contact, unified=False), metadata=other.metadata or "")
    assert contact_digest(observe(live, contact)) != contact_digest(contact)


def test_a_field_that_is_not_named_is_of_no_interest_unless_it_was_ours() -> None:
    live = msgspec.structs.replace(as_the_server_renders(ALICE, unified=False), email="x@example.com")
    assert observe(live, ALICE) == ALICE
    assert observe(live, ALICE, ("email",)).email == "x@example.com"
    cleared = msgspec.structs.replace(live, email="", channel_priority=())
    assert observe(cleared, ALICE, ("email", "channel_priority")) == ALICE
    named = msgspec.structs.replace(live, channel_priority=("SMS",))
    assert observe(named, ALICE, ("channel_priority",)).channel_priority == ("SMS",)


def test_an_identity_that_somebody_added_is_a_difference() -> None:
    live = msgspec.structs.replace(ALICE, channel_identities=(*ALICE.channel_identities, ChannelIdentity("SMS", "99")))
    assert len(observe(live, ALICE).channel_identities) == 2
    assert LiveContact(ContactId("x"), live).contact is live
