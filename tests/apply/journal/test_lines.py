"""Lines of a journal: each is sealed, so that damage is never read as something else."""

from hypothesis import given
from hypothesis import strategies as st

from sinch_contacts.apply.journal.lines import (
    Answer,
    Answered,
    AskedContact,
    Changing,
    Creating,
    Damaged,
    Deleting,
    Ended,
    Head,
    Line,
    read_lines,
    seal,
)
from sinch_contacts.core.contact.contact import ContactId

names = st.text("abcdef0123456789", min_size=4, max_size=8)


lines = st.one_of(
    st.builds(Head, names, names, names),
    st.builds(Creating, st.integers(1, 9), st.integers(1, 2**40), st.lists(st.builds(AskedContact, *[names] * 4))),
    st.builds(Deleting, st.integers(1, 9), st.integers(1, 2**40), st.lists(names.map(ContactId))),
    st.builds(Changing, st.integers(1, 9), names.map(ContactId)),
    st.builds(Answered, st.integers(1, 9), st.sampled_from(Answer)),
    st.builds(Ended, st.lists(names)),
)


@given(st.lists(lines, max_size=8), st.data())
def test_a_torn_last_line_is_left_out_and_any_other_damage_is_refused(written: list[Line], data: st.DataObject) -> None:
    content = b"".join(map(seal, written))
    assert read_lines(content) == written
    cut = data.draw(st.integers(0, len(content)))
    assert read_lines(content[:cut]) == written[: content[:cut].count(b"\n")]
    if content:
        at = data.draw(st.integers(0, len(content) - 1))
        wrong = content[:at] + bytes([content[at] ^ data.draw(st.integers(1, 255))]) + content[at + 1 :]
        try:
            read = read_lines(wrong)
        except Damaged:
            return
        assert read == written[: len(read)], "damage is never read as something else"
