"""What stands in the way of a run: each refusal says how many, which, and what to do, and shows no numbers."""

import pytest

from apply.conftest import TARGET
from sinch_contacts.apply.conflicts import Conflict, Doubled, NameTaken, PrefixUnsettled
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, Key
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.plan.plan import Change, Operation, Reason

ANN = DesiredContact(Key("ann"), Contact((ChannelIdentity("SMS", "12025550101"),), "DE"), "all.yaml", 3)
NAMELESS = DesiredContact(Key("SMS:12025550101"), ANN.contact, "all.yaml", 4)


def change(row: DesiredContact, *fields: str) -> Change:
    return Change(Operation.PATCH, row.key, Reason.GIT, row, None, fields)


def test_a_conflict_names_the_fields_that_differ_and_all_ways_out() -> None:
    error = Conflict([change(ANN, "email", "language"), change(NAMELESS, "display_name")], TARGET)
    assert [one.key for one in error.changes] == [ANN.key, NAMELESS.key]
    assert error.message.startswith(
        f"2 contacts of this set are already in {TARGET}, are not in the record of this run"
    )
    assert error.message.endswith("they were left alone.")
    first, ann, nameless = error.next_step.splitlines()
    assert "on_conflict to `adopt`" in first
    assert "external_id_prefix" in first
    assert "(`--replace`), they are its own: run `pulumi up` without it" in first
    assert ann == "  all.yaml:3: ann: differs in email, language"
    assert nameless.startswith("  all.yaml:4: SMS:")
    assert nameless.endswith("differs in display_name")


def test_a_taken_name_and_a_double_name_the_contacts_at_sinch_in_order() -> None:
    pairs = [(ANN, ("02B", "01A"))]
    for error in (NameTaken(pairs, TARGET), Doubled(pairs, TARGET)):
        assert error.keys == ("ann",)
        assert error.next_step.splitlines()[1:] == ["  all.yaml:3: ann: contacts 01A, 02B"]
    assert "would get another external id" not in Doubled(pairs, TARGET).message
    assert "nothing was changed" in NameTaken(pairs, TARGET).message
    assert "left alone" in Doubled(pairs, TARGET).message


@pytest.mark.parametrize(("pending", "told"), [(1, "1 contact that"), (1200, "1,200 contacts that")])
def test_a_prefix_that_is_unsettled_names_the_old_one(pending: int, told: str) -> None:
    error = PrefixUnsettled(pending, "old-")
    assert (error.pending, error.prefix) == (pending, "old-")
    assert told in error.message
    assert "('old-')" in error.message
    assert "Set the old prefix" in error.next_step


@pytest.mark.parametrize(
    "error",
    [
        Conflict([change(NAMELESS, "email")], TARGET),
        NameTaken([(NAMELESS, ("01A",))], TARGET),
        Doubled([(NAMELESS, ("01A", "02B"))], TARGET),
    ],
)
def test_a_key_that_is_a_number_is_masked(error: ContactsError) -> None:
    assert "2025550101" not in str(error)


def test_of_many_contacts_twenty_are_shown() -> None:
    error = Conflict([change(ANN, "email")] * 1234, TARGET)
    assert len(error.next_step.splitlines()) == 1 + 20 + 1
    assert error.next_step.endswith("and 1,214 more")
    assert error.message.startswith("1,234 contacts")
