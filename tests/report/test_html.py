"""The page, as it is written; `tests/browser` opens it."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from plan_documents import HOSTILE, documents, plan, row
from sinch_contacts.core.contact.showing import shown_text
from sinch_contacts.core.review.plan_document import FieldChange, PlanDocument, Refusal
from sinch_contacts.report.html import html
from sinch_contacts.report.overview import overview


class Page(HTMLParser):
    """The elements of a page, and the texts within scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.texts: list[str] = []
        self.inner: dict[str, str] = {}
        self.policy = ""
        self._within = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self.tags.append((tag, tuple(names)))
        if names.get("http-equiv") == "Content-Security-Policy":
            self.policy = names["content"] or ""
        self._within = f"{tag}{names.get('id', '')}" if tag in {"script", "style"} else ""

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  # the signature is the parser's
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within:
            self.inner[self._within] = self.inner.get(self._within, "") + data
        else:
            self.texts.append(data)


def page(*plans: PlanDocument) -> Page:
    return Page(html(overview(plans)))


def hostile(text: str) -> PlanDocument:
    fields = (FieldChange("display_name", text, None),)
    rows = (
        row("create", text, file=text, line=1, cost=text, id=text, fields=fields),
        row("rename", text, renamed_from=text),
    )
    refused = (Refusal("max_deletes", text),)
    return plan(text, *rows, verdict="refused", refusals=refused, stack=text, project=text)


def test_the_policy_lets_the_pages_own_script_and_style_run_and_nothing_load() -> None:
    made = page(plan("a", row("create", "x")))
    digests = {
        name: base64.b64encode(hashlib.sha256(made.inner[name].encode()).digest()).decode()
        for name in ("script", "style")
    }
    assert made.policy == (
        f"default-src 'none'; script-src 'sha256-{digests['script']}'; style-src 'sha256-{digests['style']}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_the_page_names_no_resource_and_no_handler() -> None:
    made = page(plan("a", row("create", "x")), plan("b"))
    attributes = {name for _, names in made.tags for name in names}
    assert not attributes & {"src", "srcset", "action", "style", "data-src"}
    assert not [name for name in attributes if name.startswith("on")]
    assert "://" not in made.inner["style"] + made.inner["script"]
    assert "url(" not in made.inner["style"]


def test_no_text_changes_what_the_page_is_made_of() -> None:
    plain = page(hostile("x"))
    for text in HOSTILE:
        made = page(hostile(text))
        assert made.tags == plain.tags
        assert made.inner["script"] == plain.inner["script"]
        assert made.policy == plain.policy
        assert shown_text(text) in "".join(made.texts)


def test_the_data_holds_nothing_that_html_or_a_script_would_read() -> None:
    data = page(*map(hostile, HOSTILE)).inner["scriptdata"]
    assert not re.search("[<>&\u2028\u2029]", data)
    keys = {line[2] for line in json.loads(data)["rows"]}
    assert keys == set(map(shown_text, HOSTILE))


def test_the_most_dangerous_rows_come_first_over_all_sets() -> None:
    made = page(plan("a", row("create", "x"), row("delete", "y")), plan("b", row("delete", "z"), row("patch", "w")))
    assert [line[2] for line in json.loads(made.inner["scriptdata"])["rows"]] == ["y", "z", "w", "x"]


def test_pages_without_rows_say_so() -> None:
    for made, told in (
        (page(), "No plans: no set has written one."),
        (page(plan("a")), "No changes to 10 contacts in 1 set."),
    ):
        assert told in "".join(made.texts)
        assert json.loads(made.inner["scriptdata"])["rows"] == []


@given(st.lists(documents(), max_size=3))
def test_any_plan_makes_a_page_that_holds_all_its_rows(plans: list[PlanDocument]) -> None:
    made = page(*plans)
    assert html(overview(plans)) == html(overview(plans))
    lines = json.loads(made.inner["scriptdata"])["rows"]
    assert sorted(line[2] for line in lines) == sorted(shown_text(row.key) for each in plans for row in each.rows)
    emptied = page(*(msgspec.structs.replace(each, rows=()) for each in plans))
    assert {tag for tag, _ in made.tags} >= {tag for tag, _ in emptied.tags}
    assert not {"img", "iframe", "link", "base", "object"} & {tag for tag, _ in made.tags}
