"""May a whole set be destroyed? What the last `pulumi up` said decides."""

import pytest

from core.rows import entry
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, Key
from sinch_contacts.core.record.recorded import Origin, RecordedContact, record_contact
from sinch_contacts.core.review.destruction import SMALL, AllowDestroy, DestroyRefused, refuse_destroy
from sinch_contacts.core.review.guards import Guards

NO_GUARDS = Guards()


def doomed(count: int, origin: Origin = Origin.CREATED) -> list[RecordedContact]:
    return [entry(f"k{number}", number, origin=origin) for number in range(count)]


def nameless(count: int) -> list[RecordedContact]:
    contacts = [Contact((ChannelIdentity("SMS", str(number)),), "EN") for number in range(count)]
    return [record_contact(Key(f"SMS:{number}"), contact) for number, contact in enumerate(contacts)]


def test_a_small_set_may_be_destroyed_and_one_contact_more_is_too_many() -> None:
    refuse_destroy(doomed(SMALL), "", AllowDestroy.AUTO, NO_GUARDS)
    with pytest.raises(DestroyRefused, match=r"1,001 contacts would be deleted, and 1,000 is the limit") as refused:
        refuse_destroy(doomed(SMALL + 1), "", AllowDestroy.AUTO, NO_GUARDS)
    assert refused.value.contacts == SMALL + 1
    assert "Nothing was changed" in refused.value.message
    assert "`allow_destroy: true`" in refused.value.next_step


def test_any_set_may_be_destroyed_that_says_so() -> None:
    refuse_destroy(doomed(SMALL + 1), "", AllowDestroy.YES, NO_GUARDS)


def test_a_set_that_forbids_it_keeps_even_a_single_contact() -> None:
    refuse_destroy([], "qa-", AllowDestroy.NO, NO_GUARDS)
    with pytest.raises(DestroyRefused, match="its 1 contacts would be deleted, and `allow_destroy` is false"):
        refuse_destroy(doomed(1), "qa-", AllowDestroy.NO, NO_GUARDS)


def test_a_large_set_may_be_destroyed_of_which_everything_was_created_under_a_prefix() -> None:
    refuse_destroy(doomed(SMALL + 1), "qa-", AllowDestroy.AUTO, NO_GUARDS)


@pytest.mark.parametrize("odd", [doomed(1, Origin.ADOPTED), nameless(1)], ids=["adopted", "nameless"])
def test_one_contact_of_it_that_was_not_keeps_them_all(odd: list[RecordedContact]) -> None:
    with pytest.raises(DestroyRefused):
        refuse_destroy([*doomed(SMALL), *odd], "qa-", AllowDestroy.AUTO, NO_GUARDS)


@pytest.mark.parametrize("allow", AllowDestroy)
def test_a_protected_contact_keeps_its_set_whatever_the_set_says(allow: AllowDestroy) -> None:
    guards = Guards(protect=("k1*",))
    with pytest.raises(DestroyRefused, match="it has 2 protected contacts, k1 among them") as refused:
        refuse_destroy(doomed(11), "qa-", allow, guards)
    assert "Take them out of `protect`" in refused.value.next_step


def test_a_key_that_is_a_number_is_masked() -> None:
    with pytest.raises(DestroyRefused, match="···01 among them"):
        refuse_destroy([entry("+12025550101")], "", AllowDestroy.YES, Guards(protect=("*",)))
