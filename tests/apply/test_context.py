"""What a run works with: nothing is judged and nothing kept where nobody is named for it."""

from typing import Any

import pytest

from apply.conftest import Set
from sinch_contacts.apply.context import Addition, Context, NoReview, Proposal
from sinch_contacts.apply.undo import NoUndo
from sinch_contacts.core.plan.plan import plan_of


def context(friends: Set, **more: Any) -> Context:
    whole = friends.ctx()
    needed = ("claims", "settings", "clock", "progress", "urn", "journals", "interruption")
    return Context(whole.target, whole.api, **{name: getattr(whole, name) for name in needed}, **more)


def test_without_a_reviewer_and_an_undo_everything_passes_and_nothing_is_kept(friends: Set) -> None:
    ctx = context(friends)
    assert isinstance(ctx.reviewer, NoReview)
    assert isinstance(ctx.undo, NoUndo)
    assert not ctx.undo.is_on
    ctx.undo.keep([])
    for kind in (Proposal, Addition):
        ctx.reviewer.judge(kind(plan_of([], 0), 0))


@pytest.mark.parametrize(
    ("prefixes", "recorded"),
    [
        ({}, ""),
        ({"prefix": "qa-"}, "qa-"),
        ({"prefix": "qa-", "recorded_prefix": "old-"}, "old-"),
        ({"prefix": "qa-", "recorded_prefix": ""}, ""),
    ],
)
def test_the_recorded_prefix_is_the_sets_own_unless_another_one_or_none_was_recorded(
    friends: Set, prefixes: dict[str, str], recorded: str
) -> None:
    ctx = context(friends, **prefixes)
    assert (ctx.prefix, ctx.recorded_prefix) == (prefixes.get("prefix", ""), recorded)
