"""The port of a run: each write stands in the journal before it is made, and none is made that must not be."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from apply.conftest import TARGET, VirtualClock
from sinch_contacts.api.errors import ApiError, Interrupted, Rejected, Throttled, Uncertain
from sinch_contacts.apply.breaker import BATCHES, SINGLES, Unanswered
from sinch_contacts.apply.clock import Interruption
from sinch_contacts.apply.journal.folder import JournalFolder
from sinch_contacts.apply.journal.lines import (
    Answer,
    Answered,
    AskedContact,
    Changing,
    Creating,
    Deleting,
    Line,
    read_lines,
)
from sinch_contacts.apply.journal.port import JournaledApi
from sinch_contacts.apply.journal.writer import Unwritable
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId
from sinch_contacts.core.contact.digest import fingerprint_of
from sinch_contacts.core.contact.name import name_of

ANN = Contact((ChannelIdentity("SMS", "12020000001"),), "DE", external_id="ann")
ASKED = fingerprint_of(ANN)
ID = ContactId("01ANN")

WRITES: Final[dict[str, Callable[[JournaledApi], object]]] = {
    "create_batch": lambda api: api.create_batch([ANN], [ASKED]),
    "create": lambda api: api.create(ANN, ASKED),
    "delete_batch": lambda api: api.delete_batch([ID]),
    "delete": lambda api: api.delete(ID),
    "update": lambda api: api.update(ID, ANN, ["email"], "asked-as"),
}
READS: Final[dict[str, Callable[[JournaledApi], object]]] = {
    "get": lambda api: api.get(ID),
    "find_by_external_id": lambda api: api.find_by_external_id("ann"),
    "find_by_identity": lambda api: api.find_by_identity(ANN.channel_identities[0]),
    "list_page": lambda api: api.list_page("next"),
}


class Outside:
    """A port that notes which calls reach it, and what the journal holds then.

    Attributes:
        answer: What it answers; an error is raised.
        calls: The calls that were made.
        written: The lines of the journal at the last of them.
    """

    def __init__(self, folder: Path) -> None:
        self.answer: object = "answer"
        self.calls: list[str] = []
        self.written: list[Line] = []
        self._folder = folder

    def __getattr__(self, name: str) -> Callable[..., object]:
        def call(*_: Any) -> object:
            self.calls.append(name)
            self.written = self.lines()
            if isinstance(self.answer, BaseException):
                raise self.answer
            return self.answer

        return call

    def lines(self) -> list[Line]:
        """Returns what the journal holds, but for its head."""
        return [line for path in self._folder.rglob("*.jsonl") for line in read_lines(path.read_bytes())[1:]]


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    return Outside(tmp_path / "journals")


@pytest.fixture
def interruption() -> Interruption:
    return Interruption()


@pytest.fixture
def journals(tmp_path: Path) -> JournalFolder:
    return JournalFolder(tmp_path / "journals", "urn", TARGET, origin="", secret=b"k", tell=lambda _: None)


@pytest.fixture
def api(outside: Outside, journals: JournalFolder, clock: VirtualClock, interruption: Interruption) -> JournaledApi:
    _, journal = journals.open(clock.now(), "")
    return JournaledApi(outside, journals, journal, lambda: int(clock.now()), interruption)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", WRITES)
def test_a_write_is_written_down_before_it_is_made_and_its_answer_afterwards(
    api: JournaledApi, outside: Outside, journals: JournalFolder, name: str
) -> None:
    asked = [AskedContact(journals.digest_name(name_of(ANN)), ASKED.digest, ASKED.identities, ASKED.fields)]
    described = {
        "create": Creating(1, 1_800_000_000, asked),
        "delete": Deleting(1, 1_800_000_000, [ID]),
        "update": Changing(1, ID, "asked-as", ("email",)),
    }[name.removesuffix("_batch")]
    WRITES[name](api)
    assert (outside.calls, outside.written) == ([name], [described])
    assert outside.lines() == [described, Answered(1, Answer.ACCEPTED)]


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (Uncertain("No answer."), Answer.UNCERTAIN),
        (Rejected("No."), Answer.REFUSED),
        (Throttled("Later."), Answer.REFUSED),
    ],
)
@pytest.mark.parametrize("name", WRITES)
def test_an_error_is_written_down_by_what_it_means_and_raised(
    api: JournaledApi, outside: Outside, name: str, error: ApiError, answer: Answer
) -> None:
    outside.answer = error
    with pytest.raises(type(error)):
        WRITES[name](api)
    assert outside.lines()[1:] == [Answered(1, answer)]


def test_a_death_in_the_call_leaves_it_without_an_answer(api: JournaledApi, outside: Outside) -> None:
    outside.answer = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        WRITES["delete"](api)
    assert outside.lines() == [Deleting(1, 1_800_000_000, [ID])]


@pytest.mark.parametrize("name", READS)
def test_a_read_leaves_no_trace(api: JournaledApi, outside: Outside, name: str) -> None:
    assert READS[name](api) == "answer"
    assert (outside.calls, outside.lines()) == ([name], [])


@pytest.mark.parametrize("name", [*WRITES, *READS])
def test_once_the_run_is_to_stop_no_call_is_made(
    api: JournaledApi, outside: Outside, interruption: Interruption, name: str
) -> None:
    interruption.ask()
    with pytest.raises(Interrupted):
        (WRITES | READS)[name](api)
    assert (outside.calls, outside.lines()) == ([], [])


@pytest.mark.parametrize("name", WRITES)
def test_what_cannot_be_written_down_is_not_sent(
    api: JournaledApi, outside: Outside, tmp_path: Path, name: str
) -> None:
    (tmp_path / "journals").write_text("a file where the folder should be")
    with pytest.raises(Unwritable):
        WRITES[name](api)
    assert outside.calls == []


@pytest.mark.parametrize("name", WRITES)
def test_after_too_many_calls_without_an_answer_no_write_is_made_and_reads_still_are(
    api: JournaledApi, outside: Outside, name: str
) -> None:
    most = BATCHES if name.endswith("_batch") else SINGLES
    outside.answer = Uncertain("No answer.")
    for _ in range(most):
        with pytest.raises(Uncertain):
            WRITES[name](api)
    written = outside.lines()
    for write in WRITES.values():
        with pytest.raises(Unanswered):
            write(api)
    assert (outside.calls, outside.lines()) == ([name] * most, written)
    outside.answer = "answer"
    assert READS["get"](api) == "answer"


def test_a_refusal_in_between_counts_as_an_answer(api: JournaledApi, outside: Outside) -> None:
    for error in [Uncertain("No answer."), Rejected("No."), Uncertain("No answer."), Rejected("No.")]:
        outside.answer = error
        with pytest.raises(type(error)):
            WRITES["create_batch"](api)
    assert len(outside.calls) == 4
