"""Plans for a terminal, and for programs."""

import json

from hypothesis import given
from hypothesis import strategies as st

from plan_documents import documents, plan, row
from sinch_contacts.core.review.plan_document import Costs, FieldChange, Move, PlanDocument, Refusal
from sinch_contacts.report.overview import overview
from sinch_contacts.report.plain import json_text, text


def test_a_terminal_shows_all_sets_and_rows() -> None:
    refused = (Refusal("max_deletes", "would delete 1 of 1 contacts"),)
    plans = [
        plan(
            "a",
            row("patch", "anna", file="a.yaml", line=3, fields=(FieldChange("email", "···om", "···rg"),)),
            row("rename", "new", renamed_from="old"),
            row("create", "heir", moves=(Move("SMS:···01", "anna"),)),
            alternative=Costs(2, 0, 1, 9000),
            on_change="replace",
        ),
        plan("b", row("delete", "ben"), verdict="refused", refusals=refused, stack="prod", compared="nothing"),
    ]
    assert text(overview(plans)).splitlines() == [
        "Contact sets, refused: 1 created, 1 changed, 1 renamed, 1 deleted",
        "calls: 2 batch calls, 2 updates, 2 reads; ~2 s",
        "with patch instead: calls: 3 batch calls, 2 reads; ~2.5 h",
        "",
        "dev/a: allowed; 10 unchanged",
        "  moved     heir (Git, one call)",
        "            takes SMS:···01 from anna",
        "  changed   anna (Git, a.yaml:3, one call)",
        "            email: ···om → ···rg",
        "  renamed   old -> new (Git, one call)",
        "",
        "prod/b: refused, not compared with Sinch; 10 unchanged",
        "  would delete 1 of 1 contacts",
        "  approve: a123456789abcdef",
        "  deleted   ben (Git, one call)",
    ]
    assert text(overview([])) == "No plans: no set has written one.\n"


def test_plans_of_several_projects_are_told_apart_and_ways_are_named_where_they_agree() -> None:
    other = Costs(1, 1, 1, 1)
    plans = [plan("a", row("patch", "x"), alternative=other), plan("a", row("patch", "x"), project="q")]
    view = overview([plans[0], *(plan("a", project="q", alternative=other, on_change="replace") for _ in "1")])
    assert [each.title for each in view.sets] == ["contacts/dev/a", "q/dev/a"]
    assert view.stacks == "contacts/dev, q/dev"
    assert "the other way: calls: 2 batch calls, 2 updates, 2 reads; ~2 s" in text(view)
    assert "with replace instead" in text(overview(plans))


def test_an_approved_plan_is_worse_than_an_allowed_one_and_better_than_a_refused_one() -> None:
    verdicts = [plan("a", verdict=verdict) for verdict in ("allowed", "approved", "refused")]
    assert [overview(verdicts[:count]).verdict for count in range(4)] == ["allowed", "allowed", "approved", "refused"]


def test_a_sum_of_nothing_costs_nothing() -> None:
    free = Costs(0, 0, 0, 0)
    assert "calls: none; ~0 s" in text(overview([plan("a", row("forget", "x"), cost=free)]))


@given(st.lists(documents(), max_size=3))
def test_a_terminal_is_sent_nothing_but_lines(plans: list[PlanDocument]) -> None:
    assert all(line.isprintable() for line in text(overview(plans)).split("\n"))


@given(st.lists(documents(), max_size=3))
def test_the_json_has_the_plans_as_they_are_and_their_sums(plans: list[PlanDocument]) -> None:
    report = json.loads(json_text(overview(plans), plans))
    assert list(report) == ["verdict", "totals", "cost", "other_way", "plans"]
    assert report["totals"]["await"] == sum(each.totals.await_ for each in plans)
    assert report["cost"]["seconds"] == sum(each.cost.seconds for each in plans)
    assert [each["set"] for each in report["plans"]] == [each.set for each in plans]
    assert [len(each["rows"]) for each in report["plans"]] == [len(each.rows) for each in plans]
