"""Lives that ended in a state which says something of each contact."""

from old_life import Life, delay, drop
from stories import EDITED, FEWER, FIRST, LATEST, MORE, NAMELESS, RENAMED, ROWS, under


@under(LATEST)
def live(friends: Life) -> None:
    """Ann and bob were created; cid was there, with a further field, and was adopted."""
    friends.meet({**FIRST["cid"], "external_id": "cid", "metadata": "theirs"})
    friends.up(FIRST)
    friends.wanted = {"ann": EDITED["ann"], "bob": EDITED["bob"], "sid": EDITED["cid"]}


@under(LATEST)
def drifted(friends: Life) -> None:
    """A refresh found that somebody else had changed ann's name and language, and cleared bob's metadata."""
    friends.up(FIRST)
    friends.change("ann", display_name="Theirs", language="DE")
    friends.change("bob", metadata="")
    friends.refresh()
    friends.wanted = RENAMED


@under(LATEST)
def gone(friends: Life) -> None:
    """A refresh found that somebody else had deleted ann and bob."""
    friends.up(FIRST)
    friends.delete("ann")
    friends.delete("bob")
    friends.refresh()
    friends.wanted = {"bob": EDITED["bob"], "cid": FIRST["cid"]}


@under(LATEST)
def pending(friends: Life) -> None:
    """The first run did not see in time what it had asked for; it appears later."""
    friends.fail(FIRST, delay("batch_create", 100))
    friends.wanted = {"ann": EDITED["ann"], "bob": EDITED["bob"]}


@under(LATEST)
def pending_and_lost(friends: Life) -> None:
    """A later run did not see in time what it had asked for; it never appears."""
    friends.up(FIRST)
    friends.fail(MORE, drop("batch_create"))


@under(LATEST)
def pending_under_a_prefix_and_without_names(friends: Life) -> None:
    """Of a set with a prefix, one contact is pending that has a name, and one that has none; both appear later."""
    friends.name_all_but_some("qa-")
    friends.fail(NAMELESS, delay("batch_create", 100))


@under(LATEST)
def pending_without_a_time(friends: Life) -> None:
    """A run was asked to stop when it had seen gone what it was to replace, and had not yet created it again."""
    friends.rules(on_change="replace")
    friends.up(FIRST)
    friends.stop(EDITED, "list_page", 2)
    assert friends.statuses() == "ann:p bob:p cid:l"
    assert {entry.since for entry in friends.set.record.values()} == {0}


@under(LATEST)
def leaving(friends: Life) -> None:
    """A run did not see gone in time what it had deleted; it goes later."""
    friends.up(FIRST)
    friends.fail(FEWER, delay("batch_delete", 100))
    assert friends.statuses() == "ann:l bob:x cid:x"


@under(LATEST)
def leaving_and_lost(friends: Life) -> None:
    """A run did not see gone in time what it had deleted; it never goes."""
    friends.up(FIRST)
    friends.fail(FEWER, drop("batch_delete"))


@under(LATEST)
def leaving_without_a_name(friends: Life) -> None:
    """A nameless contact with two numbers is leaving, and goes later; the second number is then declared alone."""
    first, second = NAMELESS["nameless"]["channel_identities"][0], {"channel": "WHATSAPP", "identity": "12020000010"}
    friends.name_all_but_some("")
    friends.up({"nameless": {**NAMELESS["nameless"], "channel_identities": [first, second]}})
    friends.fail({}, delay("batch_delete", 100))
    assert friends.statuses() == "SMS:12020000009:x"
    friends.wanted = {"nameless": {**NAMELESS["nameless"], "channel_identities": [second]}}


@under(LATEST)
def doubtful(friends: Life) -> None:
    """Patches got no answer, though they were made; one of them was the first to set a field."""
    friends.up(FIRST)
    friends.fail(EDITED, {"kind": "lose_response", "operation": "update", "times": None})


@under(LATEST)
def doubtful_and_not_made(friends: Life) -> None:
    """Patches got no answer, and were not made."""
    friends.up(FIRST)
    friends.fail(EDITED, {"kind": "error_before", "operation": "update", "times": None})


@under(ROWS)
def rows(friends: Life) -> None:
    """Of a state in rows, one contact is live, one drifted, one is gone, and one was adopted."""
    friends.meet({**FIRST["cid"], "external_id": "cid", "metadata": "theirs"})
    friends.up({**FIRST, "dora": MORE["dora"]})
    friends.change("ann", display_name="Theirs")
    friends.delete("bob")
    friends.refresh()
    friends.wanted = {**EDITED, "dolly": MORE["dora"]}


@under(ROWS)
def rows_pending(friends: Life) -> None:
    """Of a state in rows, three contacts are pending, and appear later."""
    friends.fail(FIRST, delay("batch_create", 100))


@under(ROWS)
def rows_leaving_without_an_id(friends: Life) -> None:
    """Of a state in rows, two contacts left the set while they were pending; they have no ids, and appear later."""
    friends.fail(FIRST, delay("batch_create", 100))
    friends.fail(FEWER, delay("batch_create", 100))
    assert friends.statuses() == "ann:p bob:x cid:x"
