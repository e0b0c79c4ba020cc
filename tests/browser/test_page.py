"""The HTML report in a real browser, opened from a file."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select

from plan_documents import HOSTILE, plan, row, write
from sinch_contacts.cli.main import main
from sinch_contacts.core.contact.showing import shown_text
from sinch_contacts.core.review.plan_document import Costs, FieldChange, Move, PlanDocument, Refusal

Keep = Callable[[str], None]


def customers() -> PlanDocument:
    fields = (FieldChange("display_name", "···ob", "···oe"), FieldChange("email", None, "···om"))
    rows = [
        row("make room", "bob", id="01BOB", origin="created"),
        row("create", "anna", file="contacts/new.yaml", line=12, moves=(Move("SMS:···01", "bob"),)),
        row("rename", "carla-new", renamed_from="carla-old", file="contacts/new.yaml", line=40),
    ]
    rows += [
        row(
            "patch",
            f"customer-{number:04}",
            reason="Git" if number % 4 else "drift",
            file="contacts/customers.csv",
            line=number + 2,
            id=f"01CUSTOMER{number:04}",
            origin="created",
            fields=fields,
        )
        for number in range(1000)
    ]
    return plan("customers", *rows, alternative=Costs(2, 1, 50, 2))


def friends() -> PlanDocument:
    refused = (Refusal("max_deletes", "would delete 20 of 30 contacts, 66.7 %; the limit for this size is 50 %"),)
    return plan(
        "friends", *(row("delete", f"friend-{number:02}") for number in range(20)), verdict="refused", refusals=refused
    )


def hostile() -> PlanDocument:
    rows = [
        row("create", f"h{number:02}", file="h.yaml", line=1, fields=(FieldChange("display_name", None, text),))
        for number, text in enumerate(HOSTILE)
    ]
    return plan(HOSTILE[0], *rows, row("rename", HOSTILE[1], renamed_from=HOSTILE[2]), stack=HOSTILE[3])


class Report:
    """The page as its reader sees and uses it."""

    def __init__(self, browser: Chrome, folder: Path) -> None:
        self._browser = browser
        self._folder = folder

    def open(self, *plans: PlanDocument) -> None:
        page = self._folder / "plan.html"
        for number, each in enumerate(plans):
            write(self._folder / f"{number}", each)
        folders = [str(self._folder / f"{number}") for number in range(len(plans))]
        result = CliRunner().invoke(main, ["report", *folders, "--format", "html", "--output", str(page)])
        assert result.exit_code == 0, result.output
        self._browser.get(page.as_uri())

    def all(self, selector: str) -> list[WebElement]:
        return self._browser.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        return self._browser.find_element(By.CSS_SELECTOR, selector)

    def search(self, text: str) -> None:
        box = self.one("#search")
        box.send_keys(Keys.CONTROL, "a")
        box.send_keys(text or Keys.DELETE)

    def toggle(self, kind: str) -> None:
        self.one(f"input[value={kind}]").click()

    def choose(self, name: str, text: str) -> None:
        Select(self.one(f"#{name}")).select_by_visible_text(text)

    @property
    def count(self) -> str:
        return self.one("#count").text

    @property
    def names(self) -> list[str]:
        return [element.text for element in self.all("#rows .name > code:last-of-type")]

    @property
    def focused(self) -> WebElement:
        return self._browser.switch_to.active_element

    def press(self, *keys: str) -> None:
        self.focused.send_keys(*keys)

    def resize(self, width: int, height: int, scheme: str = "light") -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        self._browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)

    def run(self, script: str) -> object:
        return self._browser.execute_script(script)

    def requests(self) -> list[str]:
        """What was asked for since the last look, but for what the page's own policy stopped."""
        messages = [json.loads(entry["message"])["message"] for entry in self._browser.get_log("performance")]
        seen = [(message["method"], message["params"]) for message in messages]
        stopped = {about["requestId"] for _, about in seen if about.get("blockedReason") == "csp"}
        return [
            about["request"]["url"]
            for method, about in seen
            if method == "Network.requestWillBeSent" and about["requestId"] not in stopped
        ]

    def complaints(self) -> list[str]:
        return [entry["message"] for entry in self._browser.get_log("browser")]


@pytest.fixture
def report(browser: Chrome, tmp_path: Path) -> Iterator[Report]:
    made = Report(browser, tmp_path)
    made.resize(1280, 1600)
    made.complaints()
    made.requests()
    yield made
    assert made.complaints() == []
    assert [address for address in made.requests() if not address.startswith("file:///")] == []


def test_the_head_tells_totals_verdict_and_costs(report: Report, keep: Keep) -> None:
    report.open(customers(), friends())
    assert report.one(".verdict").text.split() == ["✕", "refused"]
    tiles = dict(tile.text.split("\n") for tile in report.all(".tile"))
    assert tiles["changed"] == "1,000"
    assert tiles["deleted"] == "21"
    told = report.one("main").text
    assert "would delete 20 of 30 contacts" in told
    assert "approve: a123456789abcdef" in told
    assert "With replace instead" in told
    keep("plan-wide-light")
    report.resize(390, 1600, "dark")
    assert report.run("return document.documentElement.scrollWidth") == 390
    keep("plan-phone-dark")


def test_a_thousand_rows_are_shown_in_pages_the_most_dangerous_first(report: Report) -> None:
    report.open(customers(), friends())
    assert report.count == "1,023 of 1,023 changes, 1 to 100 shown"
    assert report.names[:20] == [f"friend-{number:02}" for number in range(20)]
    assert len(report.all("#rows > li")) == 100
    assert not report.one("#previous").is_enabled()
    report.one("#next").click()
    assert report.count == "1,023 of 1,023 changes, 101 to 200 shown"
    assert report.focused.get_attribute("id") == "changes"
    for _ in range(9):
        report.one("#next").click()
    assert report.one("#page").text == "Page 11 of 11"
    assert report.names[-1] == "carla-new"
    assert not report.one("#next").is_enabled()
    report.one("#previous").click()
    assert report.one("#page").text == "Page 10 of 11"


def test_a_hundred_thousand_rows_can_be_searched_and_paged(report: Report) -> None:
    report.open(plan("large", *(row("create", f"contact-{number:06}") for number in range(100_000))))
    assert report.count == "100,000 of 100,000 changes, 1 to 100 shown"
    report.one("#next").click()
    assert report.names[0] == "contact-000100"
    report.search("contact-09999")
    assert report.names == [f"contact-{number:06}" for number in range(99_990, 100_000)]


def test_search_looks_at_keys_files_fields_and_ids(report: Report) -> None:
    report.open(customers(), friends())
    for text, found in {
        "CUSTOMER-0007": ["customer-0007"],
        "01customer0123": ["customer-0123"],
        "customers.csv:1001": ["customer-0999"],
        "carla-old": ["carla-new"],
        "sms:···01": ["anna"],
        "customer-099 9.csv": [],
    }.items():
        report.search(text)
        assert report.names == found
    assert report.count == "No change is like that."
    report.search("display_name 0042")
    assert report.names == ["customer-0042"]
    assert report.count == "1 of 1,023 changes"
    report.search("")
    assert report.count == "1,023 of 1,023 changes, 1 to 100 shown"


def test_filters_by_kind_set_and_reason_work_together(report: Report) -> None:
    report.open(customers(), friends())
    report.toggle("deleted")
    assert report.count == "1,003 of 1,023 changes, 1 to 100 shown"
    assert report.names[:2] == ["anna", "bob"]
    report.toggle("changed")
    assert report.names == ["anna", "bob", "carla-new"]
    report.toggle("changed")
    report.choose("reason", "drift at Sinch")
    assert report.count == "250 of 1,023 changes, 1 to 100 shown"
    report.search("customer-000")
    assert report.names == ["customer-0000", "customer-0004", "customer-0008"]
    report.choose("set", "friends")
    assert report.count == "No change is like that."
    report.search("")
    report.choose("reason", "all reasons")
    report.toggle("deleted")
    assert report.count == "20 of 1,023 changes"


def test_a_row_opens_to_its_fields_before_and_after(report: Report) -> None:
    report.open(customers())
    report.search("customer-0004")
    report.one("#rows summary").click()
    lines = [[cell.text for cell in line.find_elements(By.CSS_SELECTOR, "th, td")] for line in report.all(".fields tr")]
    assert lines == [["Field", "Before", "After"], ["display_name", "···ob", "···oe"], ["email", "—", "···om"]]
    facts = report.one(".facts").text.split("\n")
    assert dict(zip(facts[::2], facts[1::2], strict=True)) == {
        "Set": "customers",
        "Reason": "drift at Sinch",
        "Declared in": "contacts/customers.csv:6",
        "Id": "01CUSTOMER0004",
        "Origin": "created",
        "Cost": "one call",
    }
    report.search("")
    report.one("#expand").click()
    assert len(report.all("#rows details[open]")) == 100


def test_renames_and_moves_read_as_such(report: Report) -> None:
    report.open(customers())
    report.toggle("changed")
    texts = [element.text.split("\n") for element in report.all("#rows .name")]
    assert texts[0] == ["anna", "takes “SMS:···01” from “bob”"]
    assert texts[1] == ["bob", "is deleted first: its identity moves to “anna”"]
    assert texts[2][0].startswith("carla-old →")


def test_hostile_texts_are_shown_as_texts_and_nothing_of_them_runs(report: Report, keep: Keep) -> None:
    report.open(hostile())
    report.one("#expand").click()
    title = report.run("return document.title")
    assert title == "Plan of contact sets, allowed"
    shown = [str(element.get_property("textContent")) for element in report.all(".fields td:last-child")]
    assert shown == list(map(shown_text, HOSTILE))
    (renamed,) = (element for element in report.all("#rows .renamed .name"))
    assert [str(code.get_property("textContent")) for code in renamed.find_elements(By.TAG_NAME, "code")] == [
        HOSTILE[2],
        HOSTILE[1],
    ]
    assert len(report.all("script")) == 2
    assert report.all("img, iframe, main a, main script") == []
    keep("plan-hostile")


def test_what_gets_into_the_page_all_the_same_does_not_run(report: Report) -> None:
    report.open(customers())
    report.run("""
        const made = document.createElement("script");
        made.textContent = "document.title = 'run'";
        document.body.append(made);
        const image = `<img src="http://127.0.0.1:9/" onerror="document.title = 'run'">`;
        document.body.insertAdjacentHTML("beforeend", image);
    """)
    assert report.run("return document.title") == "Plan of contact sets, allowed"
    refused = report.complaints()
    assert refused
    assert all("Content Security Policy" in message for message in refused)


def test_the_keyboard_reaches_and_works_everything(report: Report) -> None:
    report.open(customers(), friends())
    report.press(Keys.TAB)
    assert report.focused.text == "Skip to the changes"
    report.press(Keys.ENTER)
    reached = []
    for _ in range(12):
        report.press(Keys.TAB)
        focused = report.focused
        reached.append(focused.get_attribute("id") or focused.get_attribute("value") or focused.tag_name)
        if focused.tag_name == "summary":
            break
    assert reached == ["search", "set", "reason", "deleted", "moved", "changed", "renamed", "expand", "summary"]
    assert report.run("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    report.press(Keys.ENTER)
    assert report.one("#rows details").get_attribute("open")
    assert report.run("return document.querySelector('#rows .facts').checkVisibility()")


def test_everything_that_is_worked_with_has_a_name(report: Report) -> None:
    report.open(customers(), friends())
    for element in report.all("input, select, button, nav, #rows, form, [role=region], pre"):
        assert element.accessible_name, element.get_attribute("outerHTML")
    assert report.one("#count").aria_role == "status"
    assert report.one("#rows summary .badge").text.endswith("deleted")


def test_a_page_without_changes_says_so(report: Report) -> None:
    report.open(plan("quiet"))
    assert "No changes to 10 contacts in 1 set." in report.one("main").text
    assert report.all("#search, #rows") == []
