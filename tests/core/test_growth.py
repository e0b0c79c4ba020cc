"""Time grows as the number of contacts does: what one of 20,000 takes is about what one of 2,000 takes."""

import time
from collections.abc import Callable

import msgspec
import pytest

from ordinary import ordinary_contacts, ordinary_record
from sinch_contacts.core.contact.desired import desired_set, pack, unpack
from sinch_contacts.core.plan.planner import make_plan
from sinch_contacts.core.plan.policy import Policy
from sinch_contacts.core.record.record_text import decode_record, encode_record
from sinch_contacts.core.review.manifest import make_manifest

FEW, MANY = 2_000, 20_000
MOST = 2.5
"""A quadratic step would take ten times as long for each contact; caches and other processes may take some."""

Work = Callable[[], object]


def planning(count: int) -> Work:
    contacts, record = list(ordinary_contacts(count)), ordinary_record(count)
    return lambda: make_plan(contacts, record, Policy())


def planning_changes(count: int) -> Work:
    record = ordinary_record(count)
    contacts = [
        msgspec.structs.replace(row, contact=msgspec.structs.replace(row.contact, language="IT"))
        for row in ordinary_contacts(count)
    ]
    return lambda: make_plan(contacts, record, Policy())


def planning_renames(count: int) -> Work:
    record = ordinary_record(count)
    contacts = [msgspec.structs.replace(row, key=type(row.key)(f"new-{row.key}")) for row in ordinary_contacts(count)]
    return lambda: make_plan(contacts, record, Policy())


def packing(count: int) -> Work:
    wanted = desired_set(ordinary_contacts(count))
    return lambda: unpack(pack(wanted))


def recording(count: int) -> Work:
    record = ordinary_record(count)
    return lambda: decode_record(encode_record(record))


def showing(count: int) -> Work:
    wanted = desired_set(ordinary_contacts(count))
    return lambda: make_manifest(wanted, b"key")


@pytest.mark.parametrize("ready", [planning, planning_changes, planning_renames, packing, recording, showing])
def test_the_time_for_a_contact_stays_the_same(ready: Callable[[int], Work]) -> None:
    def seconds(work: Work) -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    few, many = ready(FEW), ready(MANY)
    rounds = [(seconds(few), seconds(many)) for _ in range(5)]
    each_of_few, each_of_many = (
        min(times) / count for times, count in zip(zip(*rounds, strict=True), (FEW, MANY), strict=True)
    )
    assert each_of_many < MOST * each_of_few
