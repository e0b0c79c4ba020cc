"""Whose a live contact is: by its name, its identities and all its fields, and by when it was made."""

from typing import Any

import msgspec
import pytest

from sinch_contacts.apply.journal.lines import AskedContact
from sinch_contacts.apply.matching import (
    Namesakes,
    find_call,
    is_as_asked,
    is_kept_of,
    is_made_of,
    split_namesakes,
)
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, LiveContact
from sinch_contacts.core.contact.digest import Fingerprint, fingerprint_of
from sinch_contacts.core.contact.name import Name
from sinch_contacts.core.contact.ulid import made_at

NUMBER = ChannelIdentity("SMS", "12025550001")
TWINS = (NUMBER, ChannelIdentity("MMS", "12025550001"), ChannelIdentity("RCS", "12025550001"))
OTHER = ChannelIdentity("SMS", "12025550002")
ALICE = Contact((NUMBER,), "EN_US", display_name="Alice", external_id="alice")
NAMELESS = Contact((NUMBER,), "EN_US")
OLD, NEW = ContactId("01K5R8ZZZZ0000000000000000"), ContactId("01K5S00000000000000000000Z")


def live(contact: Contact = ALICE, contact_id: str = NEW, **fields: Any) -> LiveContact:
    """Returns a contact as Sinch renders it: unset texts are empty, and the nameless are called Unknown."""
    unset = {name: "" for name in ("email", "external_id", "metadata") if getattr(contact, name) is None}
    named = {"display_name": contact.display_name or "Unknown", "channel_priority": contact.channel_priority or ()}
    return LiveContact(ContactId(contact_id), msgspec.structs.replace(contact, **{**unset, **named, **fields}))


class TestIsKeptOf:
    @pytest.mark.parametrize("fields", [{}, {"display_name": "ALICE"}, {"channel_identities": TWINS}])
    def test_what_a_server_may_make_of_a_contact_is(self, fields: dict[str, Any]) -> None:
        assert is_kept_of(ALICE, live(**fields))

    @pytest.mark.parametrize(
        "fields", [{"display_name": "Bob"}, {"channel_identities": (OTHER,)}, {"metadata": "gold"}]
    )
    def test_what_only_somebody_else_can_have_made_is_not(self, fields: dict[str, Any]) -> None:
        assert not is_kept_of(ALICE, live(**fields))


class TestIsMadeOf:
    @pytest.mark.parametrize("wanted", [ALICE, NAMELESS])
    def test_a_contact_just_as_declared_is(self, wanted: Contact) -> None:
        assert is_made_of(wanted, live(wanted))

    def test_what_unified_contact_id_adds_is_no_difference(self) -> None:
        assert is_made_of(ALICE, live(channel_identities=TWINS))

    @pytest.mark.parametrize(
        "fields",
        [
            {"display_name": "Bob"},
            {"language": "DE"},
            {"channel_identities": (OTHER,)},
            {"channel_identities": (NUMBER, OTHER)},
            {"email": "alice@example.com"},
            {"metadata": "gold"},
            {"external_id": "other"},
        ],
    )
    def test_a_contact_that_differs_in_any_way_is_not(self, fields: dict[str, Any]) -> None:
        assert not is_made_of(ALICE, live(**fields))

    def test_a_nameless_contact_that_somebody_has_named_is_not(self) -> None:
        assert not is_made_of(NAMELESS, live(NAMELESS, external_id="theirs"))


class TestIsAsAsked:
    @pytest.mark.parametrize("like", [None, ALICE, msgspec.structs.replace(ALICE, display_name="Edited since")])
    @pytest.mark.parametrize("identities", [(NUMBER,), TWINS])
    def test_what_was_asked_for_is_known_by_its_fingerprint_whatever_is_declared_now(
        self, like: Contact | None, identities: tuple[ChannelIdentity, ...]
    ) -> None:
        assert is_as_asked(fingerprint_of(ALICE), like, live(channel_identities=identities))

    @pytest.mark.parametrize(
        "fields",
        [
            {"display_name": "Bob"},
            {"language": "DE"},
            {"channel_identities": (OTHER,)},
            {"channel_identities": (NUMBER, OTHER)},
            {"email": "alice@example.com"},
            {"metadata": "gold"},
            {"external_id": "other"},
        ],
    )
    @pytest.mark.parametrize("like", [None, ALICE])
    def test_a_namesake_that_differs_in_any_way_is_somebody_elses(
        self, like: Contact | None, fields: dict[str, Any]
    ) -> None:
        assert not is_as_asked(fingerprint_of(ALICE), like, live(**fields))

    def test_a_field_that_was_asked_to_be_empty_is_compared_as_empty(self) -> None:
        asked = msgspec.structs.replace(ALICE, metadata="", email="", channel_priority=())
        assert is_as_asked(fingerprint_of(asked), None, live(metadata="", email=""))
        assert not is_as_asked(fingerprint_of(asked), None, live(metadata="gold", email=""))

    @pytest.mark.parametrize("like", [None, NAMELESS])
    def test_a_contact_that_was_asked_for_without_a_name_is_known_though_sinch_calls_it_unknown(
        self, like: Contact | None
    ) -> None:
        assert is_as_asked(fingerprint_of(NAMELESS), like, live(NAMELESS))
        unnamed = msgspec.structs.replace(NAMELESS, display_name="")
        assert is_as_asked(fingerprint_of(unnamed), like, live(NAMELESS))

    def test_priorities_that_sinch_adds_for_twins_are_no_difference(self) -> None:
        asked = msgspec.structs.replace(ALICE, channel_priority=("SMS",))
        found = live(asked, channel_identities=TWINS, channel_priority=("SMS", "MMS"))
        for like in (asked, ALICE):
            assert is_as_asked(fingerprint_of(asked), like, found)

    def test_a_fingerprint_of_nothing_but_an_identity_asks_for_that_alone(self) -> None:
        asked = Fingerprint("", fingerprint_of(ALICE).identities, "")
        assert is_as_asked(asked, None, live(external_id=""))
        assert not is_as_asked(asked, None, live(external_id="theirs"))


class TestSplitNamesakes:
    def test_ours_come_with_the_one_that_was_made_first_in_front(self) -> None:
        found = [live(contact_id=NEW), live(contact_id=OLD), live(contact_id="01ZZ", display_name="Bob")]
        split = split_namesakes(lambda one: is_made_of(ALICE, one), found)
        assert split == Namesakes((found[1], found[0]), (found[2],))

    def test_what_an_interrupted_run_has_changed_is_ours_and_stays_rather_than_a_copy(self) -> None:
        edited = live(contact_id=NEW, display_name="Edited")
        split = split_namesakes(lambda one: is_made_of(ALICE, one), [live(contact_id=OLD), edited], {NEW})
        assert split == Namesakes((edited, live(contact_id=OLD)), ())

    def test_all_are_older_only_where_each_certainly_is(self) -> None:
        split = Namesakes((live(contact_id=OLD), live(contact_id=NEW)), ())
        made = made_at(NEW)
        assert split.all_older(made + 1)
        assert not split.all_older(made), "the second was made just then"
        assert not Namesakes((live(contact_id="no ulid"),), ()).all_older(made), "nobody knows when it was made"


class TestFindCall:
    CALL = (AskedContact("digest of =alice", *msgspec.structs.astuple(fingerprint_of(ALICE))), 17)

    def digest(self, name: Name) -> str:
        return f"digest of {name}"

    def test_a_contact_comes_from_the_call_that_asked_for_its_name_and_its_content(self) -> None:
        calls = {"digest of =alice": self.CALL}
        assert find_call(live(), calls, self.digest, ()) == ("=alice", self.CALL)

    def test_a_namesake_comes_from_none(self) -> None:
        calls = {"digest of =alice": self.CALL}
        assert find_call(live(display_name="Bob"), calls, self.digest, ()) is None

    def test_what_an_interrupted_run_has_changed_need_not_look_as_it_was_asked_for(self) -> None:
        calls = {"digest of =alice": self.CALL}
        assert find_call(live(display_name="Bob"), calls, self.digest, {NEW}) == ("=alice", self.CALL)

    def test_a_contact_with_an_external_id_was_not_asked_for_under_a_number(self) -> None:
        by_number = {"digest of SMS:12025550001": self.CALL}
        assert find_call(live(), by_number, self.digest, {NEW}) is None

    def test_a_nameless_one_may_have_been_asked_for_under_any_of_its_numbers(self) -> None:
        asked = AskedContact("digest of MMS:12025550001", *msgspec.structs.astuple(fingerprint_of(NAMELESS)))
        found = find_call(live(NAMELESS, channel_identities=TWINS), {asked.name: (asked, 3)}, self.digest, ())
        assert found == ("MMS:12025550001", (asked, 3))

    def test_without_calls_no_name_is_digested(self) -> None:
        def never(_: Name) -> str:
            raise AssertionError

        assert find_call(live(), {}, never, ()) is None
