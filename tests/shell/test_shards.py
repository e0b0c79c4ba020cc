"""A shard's own rules: the number of shards is fixed, and a shard that is left out by mistake is not deleted."""

import pytest

from machine.inside import Inside
from outside import people
from shell.conftest import Stack
from sinch_contacts.core.contact.sharding import ShardLeftOut, ShardsChanged


@pytest.mark.parametrize(("one", "other"), [(2, 4), (4, 2), (1, 2), (2, 1)])
def test_another_number_of_shards_is_refused_before_anything_is_called(
    stack: Stack, sinch: Inside, one: int, other: int
) -> None:
    stack.up(people(3), "customers-00", shards=one)
    before = sinch.contacts()
    with pytest.raises(ShardsChanged) as refused:
        stack.preview(people(3), "customers-00", shards=other)
    assert (refused.value.name, refused.value.recorded, refused.value.declared) == ("customers", one, other)
    with pytest.raises(ShardsChanged):
        stack.up(people(2), "customers-00", shards=other)
    assert sinch.contacts() == before


def test_a_shard_is_not_deleted_while_the_program_declares_another_of_its_set(stack: Stack, sinch: Inside) -> None:
    stack.up(people(2), "customers-00", shards=2)
    stack.up(people(2, 10), "customers-01", shards=2)
    stack.begin()
    stack.plan(people(2, 10), "customers-01", shards=2)
    with pytest.raises(ShardLeftOut) as refused:
        stack.drop("customers-00")
    assert (refused.value.name, refused.value.shards) == ("customers-00", 2)
    assert len(sinch.contacts()) == 4


def test_a_whole_set_of_shards_is_deleted_where_it_falls_out_of_the_program(stack: Stack, sinch: Inside) -> None:
    stack.up(people(2), "customers-00", shards=2)
    stack.up(people(2, 10), "customers-01", shards=2)
    stack.up(people(2, 20), "customers-02")
    stack.begin()
    stack.plan(people(2, 20), "customers-02")
    stack.drop("customers-00")
    stack.drop("customers-01")
    assert len(sinch.contacts()) == 2
    stack.destroy("customers-02")
    assert sinch.contacts() == []
