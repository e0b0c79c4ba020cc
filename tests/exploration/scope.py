"""What is explored: one contact of ours in two forms, one of somebody else, and the rules of a set."""

import os
from typing import Final

import msgspec

from sinch_contacts.apply.settings import ApplySettings
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, Key
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.normalize import identity_key
from sinch_contacts.core.plan.policy import OnChange, OnConflict, Policy
from sinch_contacts.core.target import Region, Target

TARGET: Final = Target("project", Region.EU)
URN: Final = "urn:pulumi:test::scratch::sinch:ContactSet::friends"

QUICK: Final = 5.0
"""Seconds after which accepted work is visible as a rule."""

SLOW: Final = 30.0
"""Likewise when Sinch takes its time: longer than a run waits, shorter than the settling time."""

LAG: Final = 10.0
"""Seconds that a read lags behind where it does: longer than the pauses between the looks of a run."""

PATIENCE: Final = ApplySettings(
    confirm_timeout=20, settle_time=60, quiet_time=4, first_poll=2, longest_poll=10, concurrency=1
)
RESTART: Final = 1.0
"""Seconds between the end of a run and the beginning of the next."""

ANOTHER_MACHINE: Final = 3.0
"""Likewise where the journal is lost, hence on another machine; ADR 9 says that less is too little."""

NOTHING: Final = ""
"""Stands for no contact, where `plain` and `edited` stand for its two forms."""

TAKEN: Final = "taken"
"""Stands for the deletion of our contact by somebody else."""

LATE: Final = "late"
"""Stands for a batch of somebody else: an equal contact that is accepted, and visible only later."""

_NUMBER: Final = ChannelIdentity("SMS", "12020000001")
_NAME: Final = "anna"


class Scope(msgspec.Struct, frozen=True):
    """One of the worlds that are explored.

    Attributes:
        name: Says which.
        prefix: The set's prefix.
        has_external_id: Whether our contact has one.
        batches: Whether the project may use batches.
        on_change: See `Policy`.
        others: What somebody else may do: make a namesake of one of four kinds, or delete what is there.
        delete_adopted: Whether what was merely found is deleted when it leaves.
        faults: How many faults each of the runs may meet, in their order; there are so many runs.
    """

    name: str
    prefix: str = ""
    has_external_id: bool = True
    batches: bool = True
    on_change: OnChange = OnChange.PATCH
    others: tuple[str, ...] = ()
    delete_adopted: bool = True
    faults: tuple[int, ...] = (1, 1)

    @property
    def policy(self) -> Policy:
        return Policy(OnConflict.ADOPT, self.on_change, delete_adopted=self.delete_adopted)

    @property
    def key(self) -> Key:
        return Key(_NAME) if self.has_external_id else identity_key(_NUMBER)

    def contact(self, form: str) -> Contact:
        """Returns our contact in one of its forms; the edited one has a field more."""
        return Contact(
            (_NUMBER,),
            "EN",
            display_name="Anna" if form == "plain" else "Anna B.",
            external_id=self.prefix + _NAME if self.has_external_id else None,
            metadata=None if form == "plain" else "gold",
        )

    def rows(self, form: str) -> tuple[DesiredContact, ...]:
        return () if form == NOTHING else (DesiredContact(self.key, self.contact(form), "friends.yaml", 1),)

    def namesake(self, kind: str) -> Contact:
        """Returns what somebody else makes: equal, different in a field, or one that merely has the same number."""
        if kind in {"equal", LATE}:
            return self.contact("plain")
        if kind == "different":
            return msgspec.structs.replace(self.contact("plain"), display_name="Theirs")
        return msgspec.structs.replace(self.contact("plain"), external_id="theirs")


_NAMESAKES: Final = ("equal", "different")

_SCOPES: Final = (
    Scope("batches", others=_NAMESAKES),
    Scope("single calls", batches=False, others=(*_NAMESAKES, "bystander")),
    Scope("replacing", on_change=OnChange.REPLACE, others=("equal",)),
    Scope("a prefix", prefix="qa-"),
    Scope(
        "a prefix, replacing, single calls",
        prefix="qa-",
        batches=False,
        on_change=OnChange.REPLACE,
        others=("bystander",),
    ),
    Scope("no external id", has_external_id=False),
    Scope("deleted by others", others=(TAKEN,)),
    Scope("late batches of others", others=(LATE,), delete_adopted=False),
)


def scopes() -> tuple[Scope, ...]:
    """Returns what is to be explored; `SINCH_TEST_FAULTS`, such as `2,1`, goes deeper, with more of what others do."""
    told = os.environ.get("SINCH_TEST_FAULTS")
    if not told:
        return _SCOPES
    faults = tuple(map(int, told.split(",")))
    return tuple(
        msgspec.structs.replace(scope, faults=faults, others=scope.others if scope.prefix else _all(scope))
        for scope in _SCOPES
    )


def _all(scope: Scope) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*_NAMESAKES, *scope.others]))
