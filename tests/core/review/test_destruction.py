"""May a whole set be destroyed? What the last `pulumi up` said decides."""

import pytest

from core.rows import entry
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, Key
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
    refuse_destroy(doomed(SMALL), 0, "", AllowDestroy.AUTO, NO_GUARDS)
    with pytest.raises(DestroyRefused, match=r"1,001 contacts would be deleted, and 1,000 is the limit") as refused:
        refuse_destroy(doomed(SMALL + 1), 0, "", AllowDestroy.AUTO, NO_GUARDS)
    assert refused.value.contacts == SMALL + 1
    assert "Nothing was changed" in refused.value.message
    assert "`allow_destroy: true`" in refused.value.next_step


def test_any_set_may_be_destroyed_that_says_so() -> None:
    refuse_destroy(doomed(SMALL + 1), 0, "", AllowDestroy.YES, NO_GUARDS)


def test_a_set_that_forbids_it_keeps_even_a_single_contact() -> None:
    refuse_destroy([], 0, "qa-", AllowDestroy.NO, NO_GUARDS)
    with pytest.raises(DestroyRefused, match="its 1 contacts would be deleted, and `allow_destroy` is false"):
        refuse_destroy(doomed(1), 0, "qa-", AllowDestroy.NO, NO_GUARDS)


def test_a_large_set_may_be_destroyed_of_which_everything_was_created_under_a_prefix() -> None:
    refuse_destroy(doomed(SMALL + 1), 0, "qa-", AllowDestroy.AUTO, NO_GUARDS)


@pytest.mark.parametrize("odd", [doomed(1, Origin.ADOPTED), nameless(1)], ids=["adopted", "nameless"])
def test_one_contact_of_it_that_was_not_keeps_them_all(odd: list[RecordedContact]) -> None:
    with pytest.raises(DestroyRefused):
        refuse_destroy([*doomed(SMALL), *odd], 0, "qa-", AllowDestroy.AUTO, NO_GUARDS)


@pytest.mark.parametrize("allow", AllowDestroy)
def test_a_protected_contact_keeps_its_set_whatever_the_set_says(allow: AllowDestroy) -> None:
    guards = Guards(protect=("k1*",))
    with pytest.raises(DestroyRefused, match="it has 2 protected contacts, k1 among them") as refused:
        refuse_destroy(doomed(11), 0, "qa-", allow, guards)
    assert "Take them out of `protect`" in refused.value.next_step


def test_a_key_that_is_a_number_is_masked() -> None:
    with pytest.raises(DestroyRefused, match="···01 among them"):
        refuse_destroy([entry("+12025550101")], 0, "", AllowDestroy.YES, Guards(protect=("*",)))


def test_a_set_that_goes_on_in_another_one_may_lose_what_its_limits_say() -> None:
    """Seen: renaming a set in the same request took 380 of its 400 contacts away, under `max_deletes: 5`."""
    guards = Guards(max_deletes="5")
    refuse_destroy(doomed(5), 395, "", AllowDestroy.AUTO, guards)
    with pytest.raises(DestroyRefused) as refused:
        refuse_destroy(doomed(6), 394, "qa-", AllowDestroy.AUTO, guards)
    assert refused.value.message == (
        "This set is not destroyed: other sets take over 394 of its contacts, and it would delete 6 of 400 contacts, "
        "1.5 %; the limit is 5 contacts (max_deletes). Nothing was changed."
    )
    assert "Declare the others, too" in refused.value.next_step
    refuse_destroy(doomed(6), 394, "", AllowDestroy.YES, guards)
    with pytest.raises(DestroyRefused, match="would take 31 of 100 contacts out of the set"):
        refuse_destroy(doomed(31), 69, "", AllowDestroy.AUTO, Guards(max_deletes="100%", max_shrink="30%"))


def test_a_contact_that_was_protected_under_another_key_keeps_its_set() -> None:
    guards = Guards(protect=("board-*",), protected_as={ContactId("ID-k1"): Key("board-1")})
    refuse_destroy(doomed(1), 0, "", AllowDestroy.YES, guards)
    with pytest.raises(DestroyRefused, match="it has 1 protected contacts, k1 among them"):
        refuse_destroy(doomed(2), 0, "", AllowDestroy.YES, guards)
