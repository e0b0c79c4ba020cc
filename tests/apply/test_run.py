"""A run: what it owns, what it tells, whose it says a contact is, and which journals it leaves behind."""

from collections.abc import Callable, Iterator

import msgspec
import pytest

from apply.conftest import TARGET, Set
from sinch_contacts.api.errors import Throttled
from sinch_contacts.apply.journal.lines import AskedContact
from sinch_contacts.apply.journal.replay import Edited, Recovered
from sinch_contacts.apply.reading.reader import OverBudget
from sinch_contacts.apply.run import Run
from sinch_contacts.core.contact.contact import ChannelIdentity, Contact, ContactId, Key, LiveContact
from sinch_contacts.core.contact.desired import DesiredContact
from sinch_contacts.core.contact.digest import fingerprint_of
from sinch_contacts.core.contact.name import name_of
from sinch_contacts.core.record.problem import Kind, Problem
from sinch_contacts.core.record.recorded import Origin, Record, Status, record_contact
from sinch_contacts.emulator.ids import ulid

ASKED = Contact((ChannelIdentity("SMS", "12020000001"),), "DE", display_name="Ann", external_id="ann")
ANN = DesiredContact(Key("ann"), ASKED, "all.yaml", 3)
AWAITED = record_contact(ANN.key, ASKED, contact_id=ContactId(""), status=Status.CREATING, since=1_799_999_990)
LIVING = record_contact(ANN.key, ASKED, contact_id=ContactId("01ANN"))


def live(contact_id: str = "01ANN", name: str = "Ann", external_id: str = "ann") -> LiveContact:
    contact = Contact(ASKED.channel_identities, "DE", (), name, "", external_id, "")
    return LiveContact(ContactId(contact_id), contact)


MakeRun = Callable[..., Run]


@pytest.fixture
def begin(friends: Set) -> Iterator[MakeRun]:
    begun: list[Run] = []

    def make(record: Record | None = None, last_run: str = "", *, budget: float = float("inf")) -> Run:
        begun.append(Run(friends.ctx(), record or {}, last_run, budget=budget))
        return begun[-1]

    yield make
    for run in begun:
        run.close()


def test_ids_grow_even_where_the_clock_was_set_back(begin: MakeRun, friends: Set) -> None:
    first = begin()
    friends.clock.time -= 3600
    assert begin(last_run=first.id).id > first.id


def test_a_budget_bounds_what_is_read(begin: MakeRun) -> None:
    with pytest.raises(OverBudget):
        begin(budget=0).reader.find({ANN.key: (name_of(ASKED),)})


def test_a_problem_is_told_with_the_place_that_declares_the_contact(begin: MakeRun) -> None:
    run = begin()
    run.tell(Kind.PENDING, ANN, "late")
    assert run.problems == [Problem(Kind.PENDING, ANN.key, "all.yaml", 3, "late")]
    assert run.done == 0


def test_what_was_created_counts_as_done_and_is_kept_from_the_other_sets(begin: MakeRun, friends: Set) -> None:
    run = begin()
    assert run.take(live("01ANN"), 100) is Origin.CREATED
    assert run.done == 1
    assert friends.claims.made_by_others(TARGET, "urn::other", [ContactId("01ANN")]) == {"01ANN"}
    assert friends.claims.made_by_others(TARGET, friends.urn, [ContactId("01ANN")]) == frozenset()
    assert friends.claims.release_for_deletion(TARGET, {ContactId("01ANN"): ""}) == frozenset()


def test_what_is_being_deleted_in_this_run_cannot_be_claimed(begin: MakeRun, friends: Set) -> None:
    friends.claims.release_for_deletion(TARGET, {ContactId("01ANN"): ""})
    assert begin().claim([ContactId("01ANN"), ContactId("02BOB")]) == {"01ANN"}


class TestOrigin:
    def test_of_what_nobody_knows_is_adopted(self, begin: MakeRun) -> None:
        run = begin()
        assert not run.has_prefix(live(external_id=""))
        assert run.origin_of(live()) is Origin.ADOPTED

    @pytest.mark.parametrize(
        ("external_id", "origin"), [("qa-ann", Origin.CREATED), ("ann", Origin.ADOPTED), ("", Origin.ADOPTED)]
    )
    def test_of_what_carries_the_sets_own_prefix_is_created(
        self, begin: MakeRun, friends: Set, external_id: str, origin: Origin
    ) -> None:
        friends.prefix = "qa-"
        assert begin().origin_of(live(external_id=external_id)) is origin

    def test_of_what_another_set_of_the_program_has_created_is_created(self, begin: MakeRun, friends: Set) -> None:
        friends.claims.remember_origins(TARGET, {ANN.key: LIVING})
        assert begin().origin_of(live()) is Origin.CREATED

    @pytest.mark.parametrize(
        ("found", "origin"),
        [
            (live(), Origin.CREATED),
            (live(name="Somebody"), Origin.ADOPTED),
            (live("01CHANGED", name="Edited since"), Origin.CREATED),
            (live("01CHANGED", external_id="other"), Origin.CREATED),
            (live(external_id="other"), Origin.ADOPTED),
        ],
    )
    def test_is_proved_by_a_journal_for_what_is_as_asked_for_or_was_changed_since(
        self, begin: MakeRun, found: LiveContact, origin: Origin
    ) -> None:
        run = begin()
        names = [name_of(ASKED), name_of(msgspec.structs.replace(ASKED, external_id="other"))]
        asked = AskedContact("", *msgspec.structs.astuple(fingerprint_of(ASKED)))
        created = {run.ctx.journals.digest_name(name): frozenset({(asked, 100)}) for name in names}
        run.recovered = Recovered(created=created, changed={ContactId("01CHANGED"): Edited()})
        assert run.origin_of(found) is origin

    @pytest.mark.parametrize(("asked_at", "origin"), [(1_000, Origin.CREATED), (1_001, Origin.ADOPTED)])
    def test_of_what_is_as_asked_for_but_older_than_the_call_is_adopted(
        self, begin: MakeRun, friends: Set, asked_at: int, origin: Origin
    ) -> None:
        found = live(ulid(1_000))
        run = begin()
        assert run.origin_of(found, asked_at) is origin
        asked = AskedContact("", *msgspec.structs.astuple(fingerprint_of(ASKED)))
        name = run.ctx.journals.digest_name(name_of(ASKED))
        run.recovered = Recovered(created={name: frozenset({(asked, asked_at)})})
        assert run.origin_of(found) is origin
        assert (run.call_of(found, {name: (asked, asked_at)}) is None) is (origin is Origin.ADOPTED)
        assert run.take(found, asked_at) is origin
        others = friends.claims.made_by_others(TARGET, "urn::other", [found.id])
        assert others == ({found.id} if origin is Origin.CREATED else frozenset())


class TestTheEnd:
    def test_of_a_run_that_sent_nothing_leaves_no_journal(self, begin: MakeRun, friends: Set) -> None:
        begin({ANN.key: AWAITED}).end()
        assert not friends.journals.exists()

    def test_tells_the_next_run_what_was_not_seen_yet(self, begin: MakeRun, friends: Set) -> None:
        run = begin({ANN.key: AWAITED})
        bob = Contact((ChannelIdentity("SMS", "12020000002"),), "DE", external_id="bob")
        run.api.create_batch([ASKED, bob], [fingerprint_of(ASKED), fingerprint_of(bob)])
        run.end()
        left = friends.ctx().journals.unfinished("")
        digest = run.ctx.journals.digest_name
        assert (left.asked.keys(), left.seen.keys()) == ({digest(name_of(ASKED))}, {digest(name_of(bob))})

    @pytest.mark.parametrize("left", [{}, {"deleting": {ContactId("x"): 1}}, {"changed": {ContactId("x"): Edited()}}])
    @pytest.mark.parametrize("record", [{}, {ANN.key: LIVING}, {ANN.key: AWAITED}])
    @pytest.mark.parametrize("ended_by", [None, Throttled("Sinch said 429.")])
    def test_keeps_older_journals_only_where_what_they_tell_of_pending_contacts_was_not_looked_at(
        self, begin: MakeRun, left: dict[str, object], record: Record, ended_by: Throttled | None
    ) -> None:
        run = begin(record, "000000000000001-old")
        run.recovered = Recovered(**left)  # type: ignore[arg-type]
        keeps = bool(left) and record == {ANN.key: AWAITED} and ended_by
        assert run.journal_watermark("000000000000001-old", ended_by) == ("000000000000001-old" if keeps else run.id)
