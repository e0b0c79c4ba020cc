"""Plan documents for tests: by hand, and any that the schema allows."""

from pathlib import Path
from urllib.parse import quote

import msgspec
from hypothesis import strategies as st

from sinch_contacts.core.contact.contact import FIELDS
from sinch_contacts.core.review.plan_document import Costs, FieldChange, Move, PlanDocument, PlanRow, Refusal, Totals

HOSTILE = (
    "<script>document.title = 'run'</script>",
    "<img src=x onerror=\"document.title='run'\">",
    "</script><script>document.title='run'</script>",
    "<!-- </code> -->",
    "@octocat and @org/team, see #1 or https://example.com, www.example.com, a@example.com",
    "`code` and ``more``",
    "a | b \\| c \\\\| d",
    "| --- | --- |",
    "one\ntwo\r\n\n</details>",
    "[link](https://example.com) ![image](https://example.com/i.png) **bold** ~~gone~~ &lt;b&gt; :smile:",
    "{{ 7 * 7 }} {% raw %}",
    "\u2028\u2029\u202eright to left\x00\x1b[31m",
    "~~~\n```\n# head",
    "\\",
    "`",
    "  ",
)
"""Texts that would like to be more than texts."""

texts = st.sampled_from(HOSTILE) | st.text(st.characters(codec="utf-8"), max_size=40)
names = texts.filter(bool)
counts = st.integers(0, 10**7)
costs = st.builds(Costs, counts, counts, counts, counts)
operations = st.sampled_from(
    ["make room", "create", "patch", "rename", "replace", "await", "withdraw", "delete", "forget"]
)
fields = st.builds(FieldChange, st.sampled_from(FIELDS), st.none() | texts, st.none() | texts)


def rows(names: st.SearchStrategy[str] = names, max_moves: int = 2) -> st.SearchStrategy[PlanRow]:
    return st.builds(
        PlanRow,
        operation=operations,
        key=names,
        reason=st.sampled_from(["Git", "drift", "Git and drift", "pending"]),
        cost=st.sampled_from(["one call", "shares a batch call"]) | texts,
        renamed_from=st.just("") | names,
        id=texts,
        origin=st.sampled_from(["", "created", "adopted"]),
        file=st.just("") | names,
        line=st.integers(0, 10**6),
        fields=st.lists(fields, max_size=3).map(tuple),
        moves=st.lists(st.builds(Move, texts, names), max_size=max_moves).map(tuple),
    )


def documents(max_rows: int = 12) -> st.SearchStrategy[PlanDocument]:
    return st.builds(
        PlanDocument,
        project=texts,
        stack=texts,
        set=names,
        sinch_project=texts,
        region=st.sampled_from(["us", "eu", "br", ""]),
        digest=st.from_regex(r"[a-f][0-9a-f]{32}", fullmatch=True),
        compared=st.sampled_from(["state", "Sinch", "nothing"]),
        verdict=st.sampled_from(["allowed", "approved", "refused"]),
        refusals=st.lists(st.builds(Refusal, st.sampled_from(["max_deletes", "protect"]), texts), max_size=2).map(
            tuple
        ),
        revealed=st.booleans(),
        totals=st.builds(Totals, **dict.fromkeys(Totals.__struct_fields__, counts)),
        cost=costs,
        on_change=st.sampled_from(["patch", "replace"]),
        alternative=st.none() | costs,
        requests_per_second=st.floats(1, 800),
        rows=st.lists(rows(), max_size=max_rows).map(tuple),
        interrupted=st.booleans(),
        version=st.just(1),
    )


def plan(name: str, *rows: PlanRow, **fields: object) -> PlanDocument:
    """A plan whose totals are those of its rows, beside ten contacts that stay as they are."""

    def count(*kinds: str) -> int:
        return sum(row.operation in kinds for row in rows)

    totals = Totals(
        declared=10 + len(rows) - count("delete", "make room", "withdraw", "forget"),
        unchanged=10,
        create=count("create"),
        patch=count("patch"),
        rename=count("rename"),
        replace=count("replace"),
        delete=count("delete", "make room", "withdraw"),
        forget=count("forget"),
        await_=count("await"),
        adopted=0,
        unknown=0,
    )
    document = PlanDocument(
        project="contacts",
        stack="dev",
        set=name,
        sinch_project="6e1b",
        region="eu",
        digest="a123456789abcdef",
        compared="state",
        verdict="allowed",
        refusals=(),
        revealed=False,
        totals=totals,
        cost=Costs(batch_calls=1, updates=count("patch", "rename"), reads=1, seconds=1),
        on_change="patch",
        alternative=None,
        requests_per_second=50.0,
        rows=rows,
    )
    return msgspec.structs.replace(document, **fields)


def row(operation: str, key: str, **fields: object) -> PlanRow:
    return msgspec.structs.replace(PlanRow(operation, key, "Git", "one call"), **fields)


def write(folder: Path, *plans: PlanDocument) -> list[Path]:
    """Writes plans as `pulumi preview` does, and returns the files."""
    folder.mkdir(exist_ok=True)
    files = [folder / f"{quote(plan.stack, safe='')}.{quote(plan.set, safe='')}.plan.json" for plan in plans]
    for file, each in zip(files, plans, strict=True):
        file.write_bytes(msgspec.json.encode(each))
    return files
