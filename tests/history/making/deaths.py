"""Lives in which a run was killed, or the engine died before it had written the state."""

from old_endings import torn
from old_life import Life, body, delay
from stories import EDITED, FEWER, FIRST, LATEST, MANY, MORE, NAMELESS, PLAIN_CHANGES, under


@under(LATEST)
def killed_before_a_creation_was_sent(friends: Life) -> None:
    """A run was killed when it had written down a creation, and before it sent it."""
    friends.up(FIRST)
    friends.kill(MORE, "create_batch", applied=False)


@under(LATEST)
def killed_before_creations_were_visible(friends: Life) -> None:
    """The first run was killed when its batch was accepted, long before that was visible."""
    friends.sinch.faults(delay("batch_create", 120))
    friends.kill(FIRST, "create_batch")


@under(LATEST)
def killed_before_more_was_visible(friends: Life) -> None:
    """A later run was killed when its batch was accepted, long before that was visible."""
    friends.up(FIRST)
    friends.sinch.faults(delay("batch_create", 120))
    friends.kill(MORE, "create_batch")


@under(LATEST)
def killed_after_creations_were_visible(friends: Life) -> None:
    """A run was killed when its batch was accepted, which was visible a little later."""
    friends.up(FIRST)
    friends.kill(MORE, "create_batch")
    friends.clock.sleep(10)


@under(LATEST)
def killed_under_a_prefix_and_without_names(friends: Life) -> None:
    """The first run of a set with a prefix, and a nameless contact, was killed before its batch was visible."""
    friends.name_all_but_some("qa-")
    friends.sinch.faults(delay("batch_create", 120))
    friends.kill(NAMELESS, "create_batch")


@under(LATEST)
def killed_in_the_middle_of_reading_back(friends: Life) -> None:
    """The first run was killed at the second page of contacts that it read back."""
    friends.kill(MANY, "list_page", 3)


@under(LATEST)
def killed_after_a_rejected_batch(friends: Life) -> None:
    """A batch was rejected for one of its rows; the run was killed when it had sent the rows before that one."""
    friends.sinch.faults({"kind": "reject_item", "operation": "batch_create", "match": "dora", "times": None})
    friends.kill(MORE, "create_batch", 2)
    friends.clock.sleep(10)


@under(LATEST)
def killed_after_a_single_creation(friends: Life) -> None:
    """The project may not use batches; the run was killed when it had created one contact of three."""
    friends.sinch.faults({"kind": "deny_batch", "times": None})
    friends.kill(FIRST, "create", 1)


@under(LATEST)
def killed_before_deletions_were_visible(friends: Life) -> None:
    """A run was killed when its deletions were accepted, long before they were visible."""
    friends.up(FIRST)
    friends.sinch.faults(delay("batch_delete", 90))
    friends.kill(FEWER, "delete_batch")


@under(LATEST)
def killed_after_deletions_were_visible(friends: Life) -> None:
    """A run was killed when its deletions were accepted, which were visible a little later."""
    friends.up(FIRST)
    friends.kill(FEWER, "delete_batch")
    friends.clock.sleep(10)


@under(LATEST)
def killed_before_a_deletion_was_sent(friends: Life) -> None:
    """A run was killed when it had written down deletions, and before it sent them."""
    friends.up(FIRST)
    friends.kill(FEWER, "delete_batch", applied=False)


@under(LATEST)
def killed_while_it_was_destroyed(friends: Life) -> None:
    """A run that destroyed the set was killed when its deletions were accepted, long before they were visible."""
    friends.up(FIRST)
    friends.sinch.faults(delay("batch_delete", 90))
    friends.kill(None, "delete_batch")


@under(LATEST)
def killed_between_deletion_and_creation(friends: Life) -> None:
    """A run was killed when it had seen gone what it was to replace, before it created it again."""
    friends.rules(on_change="replace")
    friends.up(FIRST)
    friends.kill(EDITED, "list_page", 2)


@under(LATEST)
def killed_after_the_creation_of_a_replacement(friends: Life) -> None:
    """A run was killed when it had created again what it was to replace, long before that was visible."""
    friends.rules(on_change="replace")
    friends.up(FIRST)
    friends.sinch.faults(delay("batch_create", 120))
    friends.kill({**EDITED, "ann": body(1, display_name="Ann Edited")}, "create_batch")


@under(LATEST)
def killed_after_a_patch(friends: Life) -> None:
    """A run was killed at the second of two patches, which was made; both have set fields for the first time."""
    friends.up(FIRST)
    friends.kill({**EDITED, "bob": body(2, display_name="Bob", metadata="gold", email="bob@x.org")}, "update", 2)


@under(LATEST)
def killed_after_taking_a_contact_over(friends: Life) -> None:
    """A run was killed when it had patched a contact of somebody else that it took over."""
    friends.rules(on_conflict="adopt")
    friends.up(FEWER)
    friends.meet({**FIRST["bob"], "external_id": "bob", "metadata": "", "display_name": "Theirs"})
    friends.kill({**FEWER, "bob": FIRST["bob"]}, "update")


@under(LATEST)
def killed_twice_creating_and_renaming(friends: Life) -> None:
    """The first run was killed when its batch was accepted, the second when it had renamed what that had made."""
    friends.kill({"old": body(7, display_name="Seven")}, "create_batch")
    friends.clock.sleep(10)
    friends.kill({"new": body(7, display_name="Seven")}, "update")


@under(LATEST)
def killed_twice_creating_and_editing(friends: Life) -> None:
    """The first run was killed when its batch was accepted, the second when it had set another field of that."""
    friends.kill(FEWER, "create_batch")
    friends.clock.sleep(10)
    friends.kill({"ann": EDITED["ann"]}, "update")


@under(LATEST)
def killed_when_it_deleted_what_was_pending(friends: Life) -> None:
    """The first run did not see what it had asked for; a run that destroyed the set was killed when it deleted that."""
    friends.fail(FEWER, delay("batch_create", 100))
    friends.clock.sleep(200)
    friends.sinch.faults(delay("batch_delete", 90))
    friends.kill(None, "delete_batch")


@under(LATEST)
def stopped_before_it_had_looked_at_that(friends: Life) -> None:
    """A run was killed when it deleted what was pending; the next one wanted that, and was asked to stop at once."""
    killed_when_it_deleted_what_was_pending(friends)
    run = friends.set.last_run
    friends.stop(FEWER, "find_by_external_id")
    assert (friends.statuses(), friends.set.last_run) == ("ann:p", run)


@under(LATEST)
def stopped_when_it_had_looked_at_that(friends: Life) -> None:
    """A run was killed when it deleted what was pending; the next one was asked to stop when it had seen that."""
    killed_when_it_deleted_what_was_pending(friends)
    friends.stop({}, "find_by_external_id")
    assert friends.statuses() == "ann:x"


@under(LATEST)
def torn_in_a_call(friends: Life) -> None:
    """A run was killed in the middle of the line of its first call, which it had not made yet."""
    friends.up(FIRST)
    with torn(2):
        friends.kill(MORE, "create_batch", applied=False)


@under(LATEST)
def torn_in_an_answer(friends: Life) -> None:
    """A run was killed in the middle of the line of an answer: the batch was accepted, and is visible later."""
    friends.up(FIRST)
    friends.sinch.faults(delay("batch_create", 120))
    with torn(3):
        friends.kill(MORE, "")


@under(LATEST)
def ended_and_its_state_was_lost(friends: Life) -> None:
    """A run created two contacts and ended; the engine died before it had written the state."""
    friends.up(FIRST)
    friends.lose(lambda: friends.up(MORE))


@under(LATEST)
def ended_and_the_first_state_was_lost(friends: Life) -> None:
    """The first run ended; the engine died before it had written the state."""
    friends.lose(lambda: friends.up(FIRST))


@under(LATEST)
def ended_with_something_pending_and_its_state_was_lost(friends: Life) -> None:
    """A run ended before one of two contacts was visible; the engine died before it had written the state."""
    friends.up(FIRST)
    late = {**delay("batch_create", 120), "match": "emil"}
    friends.lose(lambda: friends.fail(MORE, late))


@under(PLAIN_CHANGES)
def changes_without_fields(friends: Life) -> None:
    """A run was killed after a patch, of which its journal tells only which contact it was."""
    friends.up(FIRST)
    friends.kill({**FIRST, "ann": body(1, display_name="Ann Edited")}, "update")
