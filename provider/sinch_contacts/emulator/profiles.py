"""Profiles: worlds that a pipeline has to live in, each a few knobs and faults that come back for ever.

Nothing in them is a known fault of Sinch. Each is what its documents leave open, or what stands between any API and its
callers; `docs/emulator.md` says of each what a pipeline is to make of it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

Fault = Mapping[str, Any]


class Profile(NamedTuple):
    """One world.

    Attributes:
        summary: What it is like, in a few words.
        knobs: Settings of the emulator that differ from its own.
        faults: What goes wrong in it, again and again.
    """

    summary: str
    knobs: Mapping[str, Any]
    faults: tuple[Fault, ...]


def _always(kind: str, operation: str, every: int, **more: Any) -> Fault:
    """Returns a fault that strikes each so manieth call, the first of them not at once."""
    return {"kind": kind, "operation": operation, "after": every - 1, "every": every, "times": None, **more}


PROFILES: Final[Mapping[str, Profile]] = MappingProxyType(
    {
        "replicas": Profile(
            "lists, look-ups and reads by id lag behind, each on its own",
            {"lag": 2.0},
            (
                _always("stale", "list", 2, seconds=3.0),
                _always("stale", "find", 3, seconds=8.0),
                _always("stale", "get", 2, seconds=5.0),
            ),
        ),
        "gateway": Profile(
            "something in between answers, loses answers, and hides its errors",
            {"errors": "problem"},
            (
                _always("html_error", "get", 7, status=404),
                _always("no_page", "list", 11),
                _always("no_page", "find", 7),
                _always("lose_response", "batch_create", 3),
                _always("lose_response", "batch_delete", 3),
                _always("error_after", "update", 5, status=502),
                _always("html_error", "", 23, status=502),
            ),
        ),
        "hostile": Profile(
            "answers are of others, items vanish, lists end early, and contents are kept in another form",
            {},
            (
                _always("mixed_up", "get", 6),
                _always("mixed_up", "update", 4),
                _always("mixed_up", "create", 4),
                _always("cut_off", "list", 5),
                _always("drop_item", "batch_create", 40),
                _always("drop_item", "batch_delete", 40),
                _always("keep_differently", "update", 3),
            ),
        ),
        "busy": Profile(
            "calls are throttled and slow, tokens end early, and some contacts come late",
            {"lag": 1.0, "requests_per_second": 50.0},
            (
                _always("expire_token", "", 40),
                _always("throttle", "", 9, retry_after=1),
                _always("throttle", "", 31),
                _always("delay", "batch_create", 10, seconds=4.0),
                _always("delay", "batch_delete", 10, seconds=4.0),
                _always("latency", "", 2, seconds=0.02),
            ),
        ),
        "strict": Profile(
            "whatever the documents leave open is refused, and a number may be there once",
            {
                "batch_answer": "nothing",
                "duplicates": "refuse",
                "errors": "flat",
                "large_pages": "refuse",
                "metadata_unit": "bytes",
                "page_token_lifetime": 30.0,
                "unknown_fields": "refuse",
            },
            (),
        ),
    }
)
