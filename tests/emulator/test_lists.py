import pytest

from emulator.client import CONTACTS, Clock, Emulator, error, people, person
from sinch_contacts.emulator.server import running
from sinch_contacts.emulator.settings import EmulatorSettings


def test_a_list_of_2001_contacts_is_read_page_by_page_each_once(emulator: Emulator) -> None:
    ids = emulator.seed(people(2001))

    pages = list(emulator.pages(page_size=20))

    assert [len(page) for page in pages] == [20] * 100 + [1]
    found = [contact["id"] for page in pages for contact in page]
    assert sorted(found) == sorted(ids)
    assert found != ids
    assert found != sorted(ids)


def test_a_full_page_names_a_next_one_which_may_be_empty(emulator: Emulator) -> None:
    emulator.seed(people(20))

    assert [len(page) for page in emulator.pages(page_size=20)] == [20, 0]


def test_an_empty_project_has_one_empty_page(emulator: Emulator) -> None:
    assert emulator.page().json() == {"contacts": [], "next_page_token": ""}


@pytest.mark.parametrize(("asked", "got"), [("", 10), ("3", 3), ("20", 20), ("21", 20), ("0", 10)])
def test_pages_have_10_contacts_by_default_and_20_at_most(emulator: Emulator, asked: str, got: int) -> None:
    emulator.seed(people(25))

    assert len(emulator.page(page_size=asked).json()["contacts"]) == got


@pytest.mark.parametrize("asked", ["-1", "ten", "1e1", " 5", "\u0665", "2147483648", "9" * 5000])
def test_a_page_size_that_is_none_is_refused(emulator: Emulator, asked: str) -> None:
    assert error(emulator.page(page_size=asked))[:2] == (400, "INVALID_ARGUMENT")


def test_a_page_token_is_good_for_its_own_list_and_for_an_hour(emulator: Emulator) -> None:
    emulator.seed(people(25))
    token = emulator.page(page_size=20).json()["next_page_token"]

    assert len(emulator.page(page_size=10, page_token=token).json()["contacts"]) == 5
    filtered = emulator.page(page_token=token, external_id="p1")
    assert error(filtered) == (400, "INVALID_ARGUMENT", "page_token belongs to another list")
    elsewhere = emulator.call("GET", "/v1/projects/other/contacts", params={"page_token": token})
    assert error(elsewhere)[2] == "page_token belongs to another list"
    emulator.clock.pass_by(3601)
    assert error(emulator.page(page_token=token))[2] == "page_token has expired"


def test_larger_pages_may_be_refused() -> None:
    with running(EmulatorSettings(large_pages="refuse")) as url:
        emulator = Emulator(url, Clock())
        assert emulator.page(page_size=20).status_code == 200
        assert error(emulator.page(page_size=21))[:2] == (400, "INVALID_ARGUMENT")


def test_page_tokens_stay_good_while_contacts_come_and_go(emulator: Emulator) -> None:
    before = emulator.seed(people(60))
    first = emulator.page(page_size=20).json()

    emulator.seed(people(100))
    for contact in first["contacts"]:
        emulator.call("DELETE", f"{CONTACTS}/{contact['id']}")
    rest = [contact["id"] for page in emulator.pages(page_size=20) for contact in page if contact["id"] in before]
    onward, token = [], first["next_page_token"]
    while token:
        page = emulator.page(page_size=20, page_token=token).json()
        onward += [contact["id"] for contact in page["contacts"] if contact["id"] in before]
        token = page["next_page_token"]

    assert onward == rest
    assert sorted([contact["id"] for contact in first["contacts"]] + onward) == sorted(before)


def test_contacts_are_found_by_external_id(emulator: Emulator) -> None:
    emulator.seed([person(1, external_id="a"), person(2, external_id="a"), person(3, external_id="A")])

    assert emulator.find(external_id="a") == ["a", "a"]
    assert emulator.find(external_id="a", page_size=1) == ["a", "a"]
    assert emulator.find(external_id="b") == []


@pytest.mark.parametrize("query", ["12020000001", "%2B12020000001", "+12020000001", "%2012020000001"])
def test_a_phone_number_is_found_with_its_plus_encoded_raw_or_left_out(emulator: Emulator, query: str) -> None:
    emulator.seed([person(1, external_id="a"), person(2, external_id="b")])

    answer = emulator.call("GET", f"{CONTACTS}?channel=SMS&identity={query}")

    assert [contact["external_id"] for contact in answer.json()["contacts"]] == ["a"]


def test_other_identities_are_found_as_they_are(emulator: Emulator) -> None:
    emulator.create(channel_identities=[{"channel": "TELEGRAM", "identity": "+marty"}], external_id="a")

    assert emulator.find(channel="TELEGRAM", identity="+marty") == ["a"]
    assert emulator.find(channel="TELEGRAM", identity="marty") == []
    assert emulator.find(channel="SMS", identity="+marty") == []


@pytest.mark.parametrize(
    "query",
    [
        {"external_id": "a", "channel": "SMS", "identity": "1"},
        {"channel": "SMS"},
        {"identity": "1"},
        {"channel": "FAX", "identity": "1"},
        {"page_size": "many"},
        {"page_token": "§"},
        {"page_token": "abc"},
        {"page_token": "/w=="},
    ],
)
def test_questions_that_make_no_sense_are_refused(emulator: Emulator, query: dict[str, str]) -> None:
    assert error(emulator.page(**query))[:2] == (400, "INVALID_ARGUMENT")
