"""Lives of a set under old versions: which there are, and what is declared in them.

Each is a function of `states` or `deaths`, whose docstring tells what happened.
"""

from collections.abc import Callable

from old_life import Files, Life, body

LATEST, ROWS, PLAIN_CHANGES = "c621058", "6759d4a", "c871690"
"""The version of before the redesign of `apply`; one that wrote rows into the state, and had no journals yet; the last
one whose journals told of a change only which contact it was."""

TWO_NUMBERS = [{"channel": "WHATSAPP", "identity": "12020000013"}, {"channel": "SMS", "identity": "12020000003"}]
FIRST: Files = {
    "ann": body(1, display_name="Ann"),
    "bob": body(2, display_name="Bob", metadata="gold"),
    "cid": body(3, channel_identities=TWO_NUMBERS, channel_priority=["SMS", "WHATSAPP"], email="cid@example.org"),
}
EDITED: Files = {**FIRST, "ann": body(1, display_name="Ann Edited", metadata="new"), "bob": body(2, display_name="Bob")}
MORE: Files = {**FIRST, "dora": body(4, display_name="Dora"), "emil": body(5, display_name="Emil", email="e@x.org")}
FEWER: Files = {"ann": FIRST["ann"]}
RENAMED: Files = {**FEWER, "bobby": FIRST["bob"], "cid": FIRST["cid"]}
NAMELESS: Files = {"ann": body(1), "nameless": body(9, display_name="Nine")}
MANY: Files = {f"person-{number:02}": body(number, display_name=f"Person {number}") for number in range(1, 26)}

LIVES: dict[str, tuple[str, Callable[[Life], None]]] = {}


def under(version: str) -> Callable[[Callable[[Life], None]], Callable[[Life], None]]:
    """Notes a life under a version."""

    def note(tell: Callable[[Life], None]) -> Callable[[Life], None]:
        LIVES[tell.__name__] = version, tell
        return tell

    return note
