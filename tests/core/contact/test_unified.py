"""Which identities were asked for, where Sinch adds some by itself."""

from hypothesis import given
from hypothesis import strategies as st

from sinch_contacts.core.contact.channels import SIM_CHANNELS
from sinch_contacts.core.contact.contact import ChannelIdentity
from sinch_contacts.core.contact.digest import identities_digest
from sinch_contacts.core.contact.unified import asked_identities

NUMBERS = ["12020000001", "12020000002", "12020000003"]
numbers = st.builds(ChannelIdentity, st.sampled_from(sorted(SIM_CHANNELS)), st.sampled_from(NUMBERS))
others = st.builds(ChannelIdentity, st.sampled_from(["WHATSAPP", "VIBER"]), st.sampled_from(NUMBERS))
asked = st.lists(numbers | others, min_size=1, max_size=6, unique=True).map(tuple)


def unified(identities: tuple[ChannelIdentity, ...]) -> tuple[ChannelIdentity, ...]:
    """Returns what Sinch makes of identities where the setting is on."""
    held = dict.fromkeys(item.identity for item in identities if item.channel in SIM_CHANNELS)
    twins = [ChannelIdentity(channel, number) for number in held for channel in sorted(SIM_CHANNELS)]
    return tuple(dict.fromkeys((*identities, *twins)))


@given(asked)
def test_what_was_asked_for_is_found_among_what_is_there(identities: tuple[ChannelIdentity, ...]) -> None:
    found = asked_identities(unified(identities), identities_digest(identities))
    assert found is not None
    assert sorted(found) == sorted(identities)


@given(asked, asked)
def test_nothing_else_is(identities: tuple[ChannelIdentity, ...], there: tuple[ChannelIdentity, ...]) -> None:
    found = asked_identities(there, identities_digest(identities))
    possible = set(identities) <= set(there) <= set(unified(identities))
    assert (found is not None) == possible


def test_of_many_numbers_only_the_whole_is_looked_at() -> None:
    many = tuple(ChannelIdentity(channel, f"1202000000{n}") for n in range(5) for channel in ("SMS", "MMS"))
    assert asked_identities(many, identities_digest(many)) == many
    assert asked_identities(many, identities_digest(many[:-1])) is None
