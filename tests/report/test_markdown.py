"""The comment on a pull request."""

import re
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from plan_documents import HOSTILE, documents, plan, row, texts
from sinch_contacts.core.contact.showing import shown_text
from sinch_contacts.core.review.plan_document import Costs, FieldChange, Move, PlanDocument, Refusal
from sinch_contacts.report.markdown import LEAST_LIMIT, MARKER, markdown
from sinch_contacts.report.overview import Kind, overview

OURS = re.compile(r"[\w .,;:()~→>-]*")
"""What we write in a cell beside code: words, numbers and a few signs."""

CALLS = (
    "1 batch call, 1 update, 1 read | ~1 s | 2 batch calls, 3 reads, ~3 min",
    "1 batch call, 1 read | ~1 s | the same",
    "**2 batch calls, 1 update, 2 reads** | **~2 s** | **3 batch calls, 4 reads, ~3 min**",
)
COLUMNS = 4
GITHUB = MarkdownIt("gfm-like")


def render(*plans: PlanDocument, limit: int = 65_000) -> str:
    return markdown(overview(plans), limit)


def tables(text: str) -> Iterator[list[list[Token]]]:
    """The tables of rows, as GitHub would read them: of each row below the head the inline token of each cell."""
    lines: list[list[Token]] = []
    for token in GITHUB.parse(text):
        match token.type:
            case "table_open":
                lines = []
            case "tr_open":
                lines.append([])
            case "inline" if token.level > 3:
                lines[-1].append(token)
            case "table_close" if len(lines[0]) == COLUMNS:
                yield lines[1:]


def cells(text: str) -> list[list[str]]:
    return [[cell.content for cell in line] for table in tables(text) for line in table]


def assert_sound(text: str) -> None:
    """Nothing but our own tables, headings and folds is there, and every text from a plan is code."""
    for token in GITHUB.parse(text):
        if token.type == "html_block":
            for line in token.content.splitlines():
                assert line in {MARKER, "</details>"} or re.fullmatch(
                    r"<details><summary><code>[^<>]*</code>: [\d,]+ \w+(, [\d,]+ of them shown)?</summary>", line
                )
        if token.type == "heading_open":
            assert token.tag == "h3"
        for child in token.children or ():
            assert child.type in {"text", "code_inline", "strong_open", "strong_close", "softbreak", "html_inline"}
            if child.type == "html_inline":
                assert child.content == "<br>"
            if child.type == "text":
                assert OURS.fullmatch(child.content.replace("_", "")), child.content
    assert text.count("<details>") == len(re.findall("^</details>$", text, re.MULTILINE))


def codes(token: Token) -> list[str]:
    return [child.content for child in token.children or () if child.type == "code_inline"]


def cut(text: str) -> str:
    shown = shown_text(text)
    return shown if len(shown) <= 160 else shown[:159] + "…"


def test_totals_come_first_in_one_table_over_all_sets() -> None:
    text = render(
        plan("a", row("create", "x"), row("patch", "y"), alternative=Costs(2, 0, 3, 200)),
        plan("b", row("delete", "z"), compared="nothing", revealed=True),
    )
    costs = "Calls | Time | With replace instead"
    assert text.split("\n\n")[:2] == [
        f"{MARKER}\n### Contact sets, allowed: 1 created, 1 changed, 1 deleted",
        f"""\
| Set | Verdict | Created | Changed | Renamed | Deleted | Forgotten | Awaiting | Unchanged | {costs} |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| `a` | allowed | 1 | 1 | 0 | 0 | 0 | 0 | 10 | {CALLS[0]} |
| `b` | allowed, not compared with Sinch, shows personal data | 0 | 0 | 0 | 1 | 0 | 0 | 10 | {CALLS[1]} |
| **All sets** | **allowed** | **1** | **1** | **0** | **1** | **0** | **0** | **20** | {CALLS[2]} |""",
    ]


def test_a_row_tells_what_why_fields_and_cost() -> None:
    fields = (
        FieldChange("email", "···om", "···rg"),
        FieldChange("metadata", "···42"),
        FieldChange("language", None, "EN_US"),
        FieldChange("display_name"),
    )
    text = render(
        plan(
            "a",
            row("patch", "anna", reason="Git and drift", file="a.yaml", line=7, fields=fields),
            row("delete", "ben", fields=(FieldChange("email", "···om"),)),
            row("await", "cleo", reason="pending", cost="calls that look"),
            row("create", "dora", reason="drift", file="made in Python"),
        )
    )
    assert cells(text) == [
        ["`ben`", "email: `···om`", "Git", "one call"],
        [
            "`anna`",
            "email: `···om` → `···rg`<br>metadata: `···42` → cleared<br>language: `EN_US`<br>display_name: changes",
            "Git and drift, `a.yaml:7`",
            "one call",
        ],
        ["`dora`", "", "drift at Sinch, `made in Python`", "one call"],
        ["`cleo`", "", "an earlier run", "calls that look"],
    ]


def test_renames_and_identity_moves_are_shown_as_such() -> None:
    text = render(
        plan(
            "a",
            row("make room", "old-holder"),
            row("create", "heir", moves=(Move("SMS:···01", "old-holder"),)),
            row("patch", "other", moves=(Move("SMS:···02", "third"),)),
            row("rename", "new", renamed_from="old"),
        )
    )
    assert "Identities move between contacts: of the deletions, 1 makes room for them." in text
    assert "<code>a</code>: 3 moved</summary>" in text
    assert [line[0] for line in cells(text)] == [
        "`heir`<br>takes `SMS:···01` from `old-holder`",
        "`old-holder`<br>is deleted first: its identity moves to `heir`",
        "`other`<br>takes `SMS:···02` from `third`",
        "`old` -> `new`",
    ]
    assert "another contact" in render(plan("a", row("make room", "b")))


def test_a_refused_plan_tells_why_and_what_would_let_it_through() -> None:
    broken = (Refusal("max_deletes", "would delete 60 of 90 contacts"), Refusal("max_shrink", "would lose 60"))
    text = render(plan("our friends", row("delete", "x"), verdict="refused", refusals=broken))
    assert (
        "**The plan of** `our friends` **is refused.**\n\n- `would delete 60 of 90 contacts`\n- `would lose 60`\n\n"
        "If it is right, this in `Pulumi.dev.yaml` lets exactly this plan through:\n\n```yaml\nconfig:\n"
        '  sinch-contacts:sets:\n    "our friends":\n      approve: a123456789abcdef\n```\n'
    ) in text


def test_no_approval_is_offered_where_none_helps_or_it_was_given() -> None:
    protected = (Refusal("protect", "would delete 1 protected contacts (x)"),)
    assert "approve:" not in render(plan("a", row("delete", "x"), verdict="refused", refusals=protected))
    approved = render(plan("a", row("delete", "x"), verdict="approved", refusals=(Refusal("max_deletes", "many"),)))
    assert "**breaks rules, and was approved by its digest.**\n\n- `many`" in approved
    assert "approve:" not in approved


def test_nothing_to_do_is_one_line_below_the_marker() -> None:
    assert render() == f"{MARKER}\nNo plans: no set has written one.\n"
    assert render(plan("a")) == f"{MARKER}\nNo changes to 10 contacts in 1 set.\n"
    one = plan("a")
    found = plan("b", totals=replace_totals(one, adopted=5))
    assert render(one, found) == f"{MARKER}\nNo changes to 25 contacts in 2 sets; 5 found at Sinch will be recorded.\n"
    unknown = render(plan("c", totals=replace_totals(one, unknown=3)))
    assert unknown.startswith(f"{MARKER}\n### Contact sets, allowed: 3 not known yet\n")


def replace_totals(document: PlanDocument, **counts: int) -> object:
    values = {name: getattr(document.totals, name) for name in document.totals.__struct_fields__}
    return type(document.totals)(**values | counts)


def test_what_is_too_long_loses_its_least_dangerous_rows() -> None:
    kinds = ["create", "patch", "delete"]
    plans = [plan(name, *(row(kind, f"{kind}-{n:03}") for kind in kinds for n in range(200))) for name in "ab"]
    text = render(*plans, limit=25_000)
    assert 24_900 < len(text) <= 25_000
    shown = [line[0].strip("`").split("-")[0] for line in cells(text)]
    assert shown.count("delete") == 400
    assert 0 < shown.count("patch") < 400
    assert "create" not in shown
    assert f"**Left out for length: {1200 - len(shown):,} rows**, the least dangerous ones." in text
    assert re.search(r"<code>[ab]</code>: 200 changed, [\d,]+ of them shown</summary>", text)
    assert "Left out" not in render(*plans, limit=200_000)


def test_where_not_even_the_sets_have_room_they_are_counted() -> None:
    refused = (Refusal("max_deletes", "x" * 500),)
    plans = [plan(f"set-{n}", row("delete", "x"), verdict="refused", refusals=refused) for n in range(30)]
    text = render(*plans, limit=LEAST_LIMIT)
    assert len(text) <= LEAST_LIMIT
    assert re.search(r"\*\*Left out for length: 2\d refusals, 30 sets, 30 rows\*\*", text)
    assert "| **All sets** | **refused** |" in text


def test_hostile_texts_are_nothing_but_texts() -> None:
    hostile = [
        row("create", text, file=text, line=1, cost=text, fields=(FieldChange("display_name", text, text),))
        for text in HOSTILE
    ]
    text = render(*(plan(name, *hostile, verdict="refused", refusals=(Refusal(name, name),)) for name in HOSTILE))
    assert_sound(text)
    assert len(cells(text)) == sum(1 for line in text.splitlines() if line.endswith((" |", "|")) and "Git" in line)


@given(texts.filter(bool), texts)
def test_any_text_is_told_as_it_is_and_breaks_no_cell(key: str, value: str) -> None:
    text = render(plan("a", row("create", key, fields=(FieldChange("metadata", None, value),)), row("await", "last")))
    assert_sound(text)
    (first,), (last,) = tables(text)
    assert len(first) == COLUMNS
    assert codes(first[0]) == [cut(key)]
    assert codes(first[1]) == ([cut(value)] if value else [])
    assert codes(last[0]) == ["last"]


@given(st.lists(documents(), max_size=4), st.integers(LEAST_LIMIT, 9_000))
def test_no_cut_is_too_long_or_breaks_anything(plans: list[PlanDocument], limit: int) -> None:
    view = overview(plans)
    text = markdown(view, limit)
    assert text == markdown(overview(plans), limit)
    assert text.startswith(MARKER)
    assert len(text) <= limit
    assert_sound(text)
    wanted = [kind for kind in Kind for each in view.sets for row in each.rows if row.kind is kind]
    shown = [
        kind
        for size, kind, some in re.findall(
            r"^<details><summary>.*: ([\d,]+) (\w+)(?:, ([\d,]+) of them shown)?</summary>$", text, re.MULTILINE
        )
        for _ in range(int(some or size))
    ]
    assert len(cells(text)) == len(shown)
    assert sorted(shown, key=list(Kind).index) == wanted[: len(shown)]
    if len(shown) < len(wanted):
        assert f"{len(wanted) - len(shown):,} row" in text
