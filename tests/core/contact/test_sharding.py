"""Shards: each contact is in one, always in the same, and they are about equally large."""

import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinch_contacts.core.contact.contact import Key
from sinch_contacts.core.contact.desired import DesiredContact, desired_set, pack, pack_shards, unpack, with_prefix
from sinch_contacts.core.contact.sharding import (
    MOST,
    ShardLeftOut,
    ShardsChanged,
    parse_choice,
    parse_shards,
    set_name,
    shard_name,
    shard_names,
    shard_of,
    siblings,
    split,
)
from sinch_contacts.core.errors import SettingError
from strategies import desired_rows, keys

totals = st.integers(1, 50)


@given(desired_rows(30), totals)
def test_each_contact_is_in_exactly_one_shard(rows: list[DesiredContact], shards: int) -> None:
    pieces = split(rows, shards)
    assert len(pieces) == shards
    assert sorted(row.key for piece in pieces for row in piece) == sorted(row.key for row in rows)
    assert all(shard_of(row.key, shards) == number for number, piece in enumerate(pieces) for row in piece)


@given(desired_rows(30), totals, st.data())
def test_a_contact_is_in_the_same_shard_whatever_else_is_declared(
    rows: list[DesiredContact], shards: int, data: st.DataObject
) -> None:
    kept = data.draw(st.lists(st.sampled_from(rows), unique_by=lambda row: row.key) if rows else st.just([]))
    for some, everything in zip(split(kept, shards), split(rows, shards), strict=True):
        assert {row.key for row in some} == {row.key for row in everything} & {row.key for row in kept}


@given(desired_rows(30), totals, totals)
def test_regrouping_there_and_back_gives_the_same_shards(rows: list[DesiredContact], one: int, other: int) -> None:
    there = [row for piece in split(rows, other) for row in piece]
    back = split(there, one)
    assert [set(piece) for piece in back] == [set(piece) for piece in split(rows, one)]


def test_the_shard_of_a_key_is_the_same_for_ever() -> None:
    found = {key: (shard_of(Key(key), 8), shard_of(Key(key), 1000)) for key in ("alice", "SMS:12025550101", "änna", "")}
    assert found == VECTORS


VECTORS = {"alice": (7, 207), "SMS:12025550101": (3, 979), "änna": (0, 824), "": (4, 652)}
"""Another answer would move contacts of every recorded set."""


def test_the_hash_does_not_depend_on_the_process() -> None:
    code = "from sinch_contacts.core.contact.sharding import shard_of; print([shard_of(str(n), 97) for n in range(50)])"
    answers = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert answers == {f"{[shard_of(Key(str(n)), 97) for n in range(50)]}\n".encode()}


@pytest.mark.parametrize("pattern", ["customer-{:07d}", "SMS:1202{:07d}", "{:x}", "ana.{}@example.com"])
@pytest.mark.parametrize("shards", [2, 8, 10, 64])
def test_shards_are_about_equally_large(pattern: str, shards: int) -> None:
    count = 20_000
    sizes = Counter(shard_of(Key(pattern.format(number)), shards) for number in range(count))
    mean = count / shards
    deviation = (mean * (1 - 1 / shards)) ** 0.5
    assert len(sizes) == shards
    assert all(abs(size - mean) < 5 * deviation for size in sizes.values())


@given(desired_rows(12), st.lists(keys, max_size=5, unique=True), totals)
def test_packed_shards_hold_the_whole_set(rows: list[DesiredContact], later: list[Key], shards: int) -> None:
    unknown = [key for key in later if key not in {row.key for row in rows}]
    texts = list(pack_shards(rows, unknown, "qa-", shards))
    assert len(texts) == shards
    found = [unpack(text) for text in texts]
    whole = desired_set((row for one in found for row in one.contacts), (key for one in found for key in one.unknown))
    assert whole == with_prefix(desired_set(rows, unknown), "qa-")
    assert all(shard_of(key, shards) == number for number, one in enumerate(found) for key in one.unknown)
    assert list(pack_shards(rows, unknown, "qa-", 1)) == [pack(whole)]


def test_names_have_as_many_digits_as_the_last_one_needs() -> None:
    assert shard_names("customers", 1) == ("customers",)
    assert shard_names("customers", 3) == ("customers-00", "customers-01", "customers-02")
    assert shard_name("customers", 7, 100) == "customers-07"
    assert shard_name("customers", 7, 101) == "customers-007"


@given(totals, st.sampled_from(["customers", "customers-eu-1"]))
def test_a_shard_knows_its_set_and_the_other_shards(shards: int, name: str) -> None:
    names = shard_names(name, shards)
    for own in names:
        assert set_name(own, shards) == name
        assert siblings(own, shards) == set(names) - {own}


@pytest.mark.parametrize("value", [1, 8, MOST])
def test_a_number_of_shards_is_read(value: int) -> None:
    assert parse_shards(value) == value


@pytest.mark.parametrize("value", [0, -1, MOST + 1, 2.5, "8", True, None])
def test_what_is_no_number_of_shards_is_refused(value: object) -> None:
    with pytest.raises(SettingError, match="from 1 to 1,000"):
        parse_shards(value)


@pytest.mark.parametrize(
    ("value", "chosen"),
    [
        (None, (0, 1, 2, 3)),
        ("", (0, 1, 2, 3)),
        (0, (0,)),
        (3, (3,)),
        ("2", (2,)),
        ("1-3", (1, 2, 3)),
        (" 3, 0 - 1 ,1", (0, 1, 3)),
        ([0, 2], (0, 2)),
        (["0-1", 3], (0, 1, 3)),
    ],
)
def test_a_choice_of_shards_is_read(value: object, chosen: tuple[int, ...]) -> None:
    assert parse_choice(value, 4) == chosen


@pytest.mark.parametrize(
    "value", [4, -1, "0-4", "3-1", "a", "1,", "1--2", [], [None], 1.5, True, "9" * 5000, "0-99999999999"]
)
def test_a_choice_of_shards_that_there_are_not_is_refused(value: object) -> None:
    with pytest.raises(SettingError, match=r"Set it to numbers from 0 to \d+"):
        parse_choice(value, 4)


def test_errors_tell_the_numbers_and_the_next_step() -> None:
    changed = ShardsChanged("customers", 1, 8)
    assert (changed.name, changed.recorded, changed.declared) == ("customers", 1, 8)
    assert str(changed) == (
        "The set 'customers' is recorded with no shards, and the program now says 8 shards; nothing was changed. Go "
        "back to `shards: 1`, or change the state first, with `sinch-contacts reshard STATE --set customers --to 8`."
    )
    left = ShardLeftOut("customers-03", 8)
    assert (left.name, left.shards) == ("customers-03", 8)
    assert "SINCH_SHARD" in left.next_step
