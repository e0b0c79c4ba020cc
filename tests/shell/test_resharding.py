"""Resharding: the same contacts, records and ids in other resources, or a refusal that says why not."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports import STACK, a_set, export, other, urn_of
from ordinary import ordinary_contacts, ordinary_record
from sinch_contacts.core.contact.contact import ContactId, Key
from sinch_contacts.core.contact.desired import DesiredContact, unpack
from sinch_contacts.core.contact.sharding import shard_names, shard_of
from sinch_contacts.core.errors import ContactsError
from sinch_contacts.core.record.record_text import decode_record
from sinch_contacts.core.record.recorded import RecordedContact, Status, record_contact
from sinch_contacts.core.review.manifest import make_manifest
from sinch_contacts.shell.inputs import is_settled, parse_inputs
from sinch_contacts.shell.paths import CONTACT_SET_TYPE
from sinch_contacts.shell.resharding import reshard
from sinch_contacts.shell.stack_export import UnusableExport, opened, read_export, resources_of, sets_of
from strategies import desired_rows

ROWS = tuple(ordinary_contacts(40))
ENTRIES = tuple(ordinary_record(40).values())
totals = st.integers(1, 12)


def customers(**changes: Any) -> dict[str, Any]:
    return {**a_set("customers", ROWS, ENTRIES), **changes}


def sharded(shards: int) -> dict[str, Any]:
    return reshard(export(customers()), "customers", shards).document


def changed(document: dict[str, Any], name: str, **changes: Any) -> dict[str, Any]:
    """Returns a state in which one resource has other attributes."""
    found = copy.deepcopy(document)
    sets_of(found)[name].update(changes)
    return found


def refused(document: dict[str, Any], shards: int = 4) -> str:
    before = copy.deepcopy(document)
    with pytest.raises(UnusableExport) as error:
        reshard(document, "customers", shards)
    assert document == before
    assert error.value.next_step
    return str(error.value)


@given(desired_rows(20), totals, totals)
def test_there_and_back_is_the_state_that_was(rows: list[DesiredContact], one: int, two: int) -> None:
    entries = [record_contact(row.key, row.contact, contact_id=ContactId(f"ID-{row.key}")) for row in rows]
    plain = export(a_set("customers", rows, entries), other("x", dependencies=[urn_of("customers")]))
    first = reshard(plain, "customers", one).document
    second = reshard(first, "customers", two)
    assert (second.before, len(second.contacts), sum(second.contacts)) == (one, two, len(rows))
    for shards, before in ((1, reshard(plain, "customers", 1).document), (one, first)):
        assert without_keys(reshard(second.document, "customers", shards).document) == without_keys(before)


def without_keys(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The resources without what is made with a shard's own secret: the first shard's comes from another one."""
    found = copy.deepcopy(list(resources_of(document)))
    for resource in found:
        for name in ("manifest", "manifest_key"):
            resource.get("inputs", {}).pop(name, None)
    return found


@given(desired_rows(20), totals)
def test_each_shard_holds_what_the_program_declares_for_it(rows: list[DesiredContact], shards: int) -> None:
    entries = [record_contact(row.key, row.contact, contact_id=ContactId(f"ID-{row.key}")) for row in rows]
    document = reshard(export(a_set("customers", rows, entries)), "customers", shards).document
    sets = sets_of(document)
    assert tuple(sets) == shard_names("customers", shards)
    for number, (name, resource) in enumerate(sets.items()):
        inputs, outputs = opened(resource["inputs"]), opened(resource["outputs"])
        own = [row for row in rows if shard_of(row.key, shards) == number]
        wanted = unpack(inputs["contacts"])
        record = decode_record(outputs["recorded"])
        assert {row.key for row in wanted.contacts} == {row.key for row in own} == set(record)
        assert set(wanted.contacts) == set(own)
        assert inputs["manifest"] == make_manifest(wanted, bytes.fromhex(inputs["manifest_key"]))
        assert outputs["summary"]["contacts"] == len(own)
        assert is_settled(outputs, parse_inputs(inputs))
        assert (resource["urn"], resource["id"]) == (urn_of(name), f"eu:project:{name}")
        assert inputs.get("shards", 1) == outputs.get("shards", 1) == shards


def test_no_two_shards_have_the_same_manifest_key_and_none_can_be_found_from_names() -> None:
    keys = [opened(resource["inputs"])["manifest_key"] for resource in sets_of(sharded(8)).values()]
    assert len(set(keys)) == 8
    assert all(len(bytes.fromhex(key)) == 32 for key in keys)


def test_the_last_run_of_all_is_the_run_of_each_and_the_first_confirmation_counts() -> None:
    document = sharded(2)
    later = sets_of(document)["customers-01"]
    later["outputs"]["run"] = "3"
    later["outputs"]["summary"]["confirmed_at"] = "2020-01-01T00:00:00+00:00"
    for resource in sets_of(reshard(document, "customers", 3).document).values():
        assert resource["outputs"]["run"] == "3"
        assert resource["outputs"]["summary"]["confirmed_at"] == "2020-01-01T00:00:00+00:00"


def test_other_resources_and_the_order_stay_and_what_depends_on_all_shards_goes_on_to_do_so() -> None:
    before, after = other("before"), other("after", dependencies=[urn_of("before", "a:b:C"), urn_of("customers")])
    after["propertyDependencies"] = {"v": [urn_of("customers")], "w": None}
    own = customers(dependencies=[urn_of("before", "a:b:C")])
    document = reshard(
        export(before, own, other("between", dependencies=[urn_of("before", "a:b:C")]), after), "customers", 2
    ).document
    names = [resource["urn"].rpartition("::")[2] for resource in resources_of(document)]
    assert names == ["shop-dev", "before", "customers-00", "customers-01", "between", "after"]
    shards = [urn_of("customers-00"), urn_of("customers-01")]
    assert resources_of(document)[-1]["dependencies"] == [urn_of("before", "a:b:C"), *shards]
    assert resources_of(document)[-1]["propertyDependencies"] == {"v": shards, "w": None}
    assert resources_of(document)[2]["dependencies"] == [urn_of("before", "a:b:C")]
    back = reshard(document, "customers", 1).document
    assert resources_of(back)[-1]["propertyDependencies"] == {"v": [urn_of("customers")], "w": None}


def test_another_set_of_the_stack_is_left_alone() -> None:
    friends = a_set("friends", ROWS[:3], ENTRIES[:3])
    assert sets_of(reshard(export(friends, customers()), "customers", 4).document)["friends"] == friends


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "This is not the state of a stack."),
        ("[]", "This is not the state of a stack."),
        ('{"version": 3}', "This is not the state of a stack."),
        (json.dumps({**export(), "version": 4}), "This export has version 4, and 3 is known."),
        (json.dumps(export(pending_operations=[{}])), "1 operations are pending"),
    ],
)
def test_what_is_no_settled_state_is_refused(text: str, told: str) -> None:
    with pytest.raises(UnusableExport, match=told):
        read_export(text)


def test_what_a_killed_first_run_left_pending_is_told_with_what_ends_it() -> None:
    with pytest.raises(UnusableExport) as refused:
        read_export(json.dumps(export(pending_operations=[{"type": "creating"}])))
    assert "pulumi refresh --clear-pending-creates" in refused.value.next_step


def test_a_set_that_is_not_there_is_told_with_those_that_are() -> None:
    assert "nor shards of it such as 'customers-00'. It has: friends." in refused(export(a_set("friends", (), ())))
    assert "It has: none." in refused({"version": 3, "deployment": {}})


@pytest.mark.parametrize(
    "changes",
    [
        {"outputs": {}},
        {"outputs": None},
        {"inputs": None},
        {"inputs": {"shards": "many"}},
        {"inputs": {"contacts": {**customers()["inputs"]["contacts"], "plaintext": "{"}}},
        {"urn": None},
    ],
)
def test_a_damaged_state_is_refused_and_no_crash(changes: dict[str, Any]) -> None:
    assert "is not as Pulumi writes it" in refused(export(customers(**changes)))


def test_a_part_of_the_shards_is_refused() -> None:
    document = sharded(4)
    document["deployment"]["resources"].pop()
    assert "This state has 3 of the 4 shards of 'customers'." in refused(document)


def test_a_set_that_is_there_twice_is_refused() -> None:
    assert "more than once" in refused(export(customers(), customers(delete=True)))


def test_encrypted_secrets_are_refused() -> None:
    text = json.dumps(export(customers())).replace('"plaintext"', '"ciphertext"')
    assert "`pulumi stack export --show-secrets`" in refused(json.loads(text))


@pytest.mark.parametrize("attribute", ["initErrors", "pendingReplacement", "taint", "aliases", "external"])
def test_a_resource_that_no_whole_run_left_is_refused(attribute: str) -> None:
    assert f"({attribute})" in refused(export(customers(**{attribute: ["x"]})))


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.LIVE])
def test_contacts_that_are_not_settled_are_refused(status: Status) -> None:
    first, *others = ENTRIES
    odd = RecordedContact(*(status if name == "status" else getattr(first, name) for name in first.__struct_fields__))
    told = refused(export(a_set("customers", ROWS, [odd, *others])))
    assert "1 contacts of 'customers' are pending, changed or gone at Sinch." in told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"protect": True}, "differ in protect"),
        ({"parent": urn_of("y", "a:b:C")}, "differ in parent"),
    ],
)
def test_shards_that_are_not_alike_are_refused(changes: dict[str, Any], told: str) -> None:
    assert told in refused(changed(sharded(2), "customers-01", **changes))


def test_shards_with_other_options_are_refused() -> None:
    document = sharded(2)
    sets_of(document)["customers-00"]["inputs"]["reveal"] = True
    assert "differ in reveal" in refused(document)


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ({"dependencies": [urn_of("customers-00")]}, "'x' depends on some shards of this set, and not on all"),
        ({"propertyDependencies": {"v": [urn_of("customers-01")]}}, "'x' depends on some shards"),
        ({"parent": urn_of("customers-00")}, "'x' is a child of this set, or names it otherwise"),
        ({"deletedWith": urn_of("customers-00")}, "'x' is a child of this set, or names it otherwise"),
    ],
)
def test_ties_that_cannot_be_carried_over_are_refused(attributes: dict[str, Any], told: str) -> None:
    document = sharded(2)
    document["deployment"]["resources"].append(other("x", **attributes))
    assert told in refused(document)


def test_a_set_in_a_component_stays_there() -> None:
    kind = f"my:own:Group${CONTACT_SET_TYPE}"
    document = reshard(export(customers(urn=urn_of("customers", kind))), "customers", 2).document
    assert [resource["urn"] for resource in sets_of(document).values()] == [
        urn_of("customers-00", kind),
        urn_of("customers-01", kind),
    ]
    assert all(resource["parent"] == STACK for resource in sets_of(document).values())


def test_a_shard_that_would_be_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise ContactsError("too large")

    monkeypatch.setattr("sinch_contacts.shell.resharding.refuse_too_large", never)
    with pytest.raises(ContactsError, match="too large"):
        sharded(2)


def test_keys_of_the_document_keep_their_order_and_unknown_ones_stay() -> None:
    document = export(customers(), metadata={"a": 1})
    document["deployment"]["secrets_providers"] = {"type": "passphrase"}
    done = reshard(document, "customers", 2).document
    assert list(done) == list(document)
    assert list(done["deployment"]) == list(document["deployment"])
    assert Key("customer-000000") in {row.key for row in ROWS}
