"""What goes wrong in a life: faults of the API, and runs that end early."""

from typing import Any

from hypothesis import strategies as st

from machine.people import SLOTS
from sinch_contacts.emulator.profiles import PROFILES

matches = st.sampled_from(["", *(f"1202000000{slot}" for slot in range(SLOTS))])
operations = st.sampled_from(["", "batch_create", "batch_delete", "update", "get", "find", "list"])
times = st.integers(1, 3)


def _calls(kinds: list[str], operations: st.SearchStrategy[str], **more: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Returns faults of calls, which strike some time after the first."""
    kind = st.sampled_from(kinds)
    when = {"after": st.integers(0, 4), "times": times}
    return st.fixed_dictionaries({"kind": kind, "operation": operations, **when, **more})


_LEFT_OUT = {"latency", "keep_differently"}
"""The one takes real time; after the other, what lives is rightly not what is declared (`tests/apply/test_kept.py`)."""

worlds = st.builds(
    lambda profile, earlier: [
        {**fault, "after": max(0, fault["after"] - earlier)}
        for fault in profile.faults
        if fault["kind"] not in _LEFT_OUT
    ],
    st.sampled_from([PROFILES[name] for name in ("gateway", "hostile", "busy")]),
    st.sampled_from([0, 2, 5, 50]),
)
"""Profiles of the emulator, whose faults would strike a set of six contacts late.

Not `replicas`: where all views lag at all times, one life in a thousand ends at a limit that ADR 9 states.
"""

drawn = st.lists(
    st.one_of(
        _calls(
            ["lose_response", "error_before", "error_after", "throttle", "html_error", "empty_error", "expire_token"],
            operations,
        ),
        st.fixed_dictionaries({
            "kind": st.sampled_from(["reject_item", "drop_item"]),
            "operation": st.sampled_from(["batch_create", "batch_delete"]),
            "match": matches,
            "times": times,
        }),
        st.fixed_dictionaries({
            "kind": st.just("delay"),
            "operation": st.sampled_from(["batch_create", "batch_delete"]),
            "match": matches,
            "times": times,
            "seconds": st.sampled_from([10.0, 100.0, 400.0]),
        }),
        _calls(["stale"], st.sampled_from(["get", "find", "list"]), seconds=st.sampled_from([5.0, 20.0, 100.0])),
        _calls(["mixed_up"], st.sampled_from(["get", "update", "create"])),
        _calls(["no_page"], st.sampled_from(["find", "list"])),
        _calls(["cut_off"], st.just("list")),
    ),
    max_size=3,
)  # fmt: skip
faults = drawn | worlds
ends = st.one_of(
    st.none(),
    st.tuples(st.sampled_from(["killed", "stopped", "unrecorded"]), st.integers(0, 14), st.booleans()),
)
