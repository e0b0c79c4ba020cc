"""Replaying journals: what runs that were cut off may have left."""

from sinch_contacts.apply.journal.lines import Answer, Answered, AskedContact, Changing, Creating, Deleting, Ended, Head
from sinch_contacts.apply.journal.replay import replay
from sinch_contacts.core.contact.contact import ContactId


def test_a_call_that_was_refused_left_nothing_and_one_without_an_answer_may_have() -> None:
    asked = [AskedContact(name, "d", "i", "f") for name in ("a", "b", "c")]
    left = replay([
        [
            Head("set", "run", "plan"),
            Creating(1, 10, [asked[0]]),
            Answered(1, Answer.REFUSED),
            Creating(2, 11, [asked[1]]),
            Answered(2, Answer.UNCERTAIN),
            Creating(3, 12, [asked[2]]),
            Deleting(4, 13, [ContactId("x")]),
            Changing(5, ContactId("y")),
            Answered(5, Answer.REFUSED),
        ]
    ], has_state=True)  # fmt: skip
    assert left.asked == {"b": (asked[1], 11), "c": (asked[2], 12)}
    assert left.deleting == {"x": 13}
    assert left.changed == {}
    assert left


def test_a_run_that_was_not_cut_off_leaves_its_pending_contacts_alone_to_settle() -> None:
    asked = [AskedContact(name, "d", "i", "f") for name in ("a", "b")]
    left = replay(
        [[Head("set", "run", "plan"), Creating(1, 10, asked), Answered(1, Answer.ACCEPTED), Ended(["b"])]],
        has_state=True,
    )
    assert left.asked == {"b": (asked[1], 10)}
    assert left.created.keys() == {"a", "b"}
    assert left.seen == {"a": (asked[0], 10)}
    assert not replay([[Creating(1, 10, asked), Answered(1, Answer.REFUSED), Ended([])]], has_state=True)


def test_a_run_that_was_not_cut_off_proves_nothing_of_what_it_saw_where_there_is_no_state() -> None:
    asked = [AskedContact(name, "d", "i", "f") for name in ("a", "b", "c")]
    ended = [Creating(1, 10, asked[:2]), Answered(1, Answer.ACCEPTED), Ended(["b"])]
    left = replay([ended, [Creating(1, 20, asked[2:])]], has_state=False)
    assert left.created == {"b": {(asked[1], 10)}, "c": {(asked[2], 20)}}
    assert left.seen == {"a": (asked[0], 10)}
