"""The plan as a document: what a reviewer reads, and what a pipeline keeps.

It is stable (equal plans give equal bytes: it tells no time) and masked, unless the set reveals its contacts. The form
is that of `schemas/plan.schema.json`.
"""

from typing import Final

import msgspec

VERSION: Final = 1


class FieldChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """One field of a contact.

    Attributes:
        name: Its name.
        before: What it was, as far as that is known; `None` where it was not set, or is not known.
        after: What it will be; `None` where it is cleared, or the contact is deleted.
    """

    name: str
    before: str | None = None
    after: str | None = None


class Move(msgspec.Struct, frozen=True, omit_defaults=True):
    """An identity that leaves one contact of the set for another.

    Attributes:
        identity: The identity, masked.
        source: The key of the contact that had it.
    """

    identity: str
    source: str


class PlanRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is to be done to one contact.

    Attributes:
        operation: `create`, `patch`, `rename`, `replace`, `make room` (a deletion that comes first), `await`,
            `withdraw` (a deletion of what has not been seen yet), `delete` or `forget`.
        key: The contact's key.
        reason: `Git`, `drift`, `Git and drift` or `pending`.
        cost: The calls that it takes, in words.
        renamed_from: The old key, for a rename.
        id: The contact's id at Sinch; empty where it has none yet.
        origin: `created` or `adopted`; empty where nothing is recorded.
        file: The file that declares it; empty where none does.
        line: The line in that file.
        fields: The fields that change.
        moves: Identities that it takes over from other contacts of the set.
    """

    operation: str
    key: str
    reason: str
    cost: str
    renamed_from: str = ""
    id: str = ""
    origin: str = ""
    file: str = ""
    line: int = 0
    fields: tuple[FieldChange, ...] = ()
    moves: tuple[Move, ...] = ()


class Refusal(msgspec.Struct, frozen=True):
    """A guard that the plan breaks.

    Attributes:
        rule: The setting that says how much it lets through.
        message: What the plan would do, with the numbers.
    """

    rule: str
    message: str


class Costs(msgspec.Struct, frozen=True):
    """What it costs; see `core.plan.cost.Cost`."""

    batch_calls: int
    updates: int
    reads: int
    seconds: int


class Totals(msgspec.Struct, frozen=True):
    """How many contacts there are of each kind.

    Attributes:
        declared: Contacts that the set declares.
        unchanged: Those that stay as they are.
        adopted: Those that were found at Sinch, are as declared, and will be recorded.
        unknown: Those that depend on other resources, and are known once these are made.
    """

    declared: int
    unchanged: int
    create: int
    patch: int
    rename: int
    replace: int
    delete: int
    forget: int
    await_: int = msgspec.field(name="await")
    adopted: int
    unknown: int


class PlanDocument(msgspec.Struct, frozen=True):
    """The plan of one set.

    Attributes:
        version: The version of the form.
        project: The Pulumi project.
        stack: The stack.
        set: The set's name.
        sinch_project: The Sinch project.
        region: Its region.
        digest: Names exactly this plan; `approve` takes it.
        compared: What the plan was made against: `state`, `Sinch`, or `nothing` where looking would have cost more
            calls than a preview may spend.
        verdict: `allowed`, `approved` (it breaks rules, and was let through by its digest) or `refused`.
        refusals: The rules that it breaks.
        revealed: Whether it shows personal data.
        totals: Counts.
        cost: What it costs.
        on_change: How contacts are changed: `patch` or `replace`.
        alternative: What it would cost the other way; `None` where that makes no difference.
        requests_per_second: The rate limit of the estimate.
        rows: All changes, in the order in which they are made.
        interrupted: Whether an earlier run was cut off, so that `pulumi up` has to settle what it left.
        run: What `SINCH_PLAN_RUN` called the run that made it; empty where it called it nothing.
    """

    project: str
    stack: str
    set: str
    sinch_project: str
    region: str
    digest: str
    compared: str
    verdict: str
    refusals: tuple[Refusal, ...]
    revealed: bool
    totals: Totals
    cost: Costs
    on_change: str
    alternative: Costs | None
    requests_per_second: float
    rows: tuple[PlanRow, ...]
    interrupted: bool = False
    run: str = ""
    version: int = VERSION
