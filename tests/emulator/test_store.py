from collections.abc import Callable

import pytest

from emulator.client import people
from sinch_contacts.emulator.database import Database
from sinch_contacts.emulator.settings import EmulatorSettings
from sinch_contacts.emulator.store import Store
from sinch_contacts.emulator.validation import Validator

Look = Callable[[Store], object]


def steps(size: int, look: Look) -> int:
    """Returns how many instructions the database needs for a look-up among so many contacts."""
    database = Database()
    store = Store(database)
    check = Validator(EmulatorSettings()).new_contact
    store.add("p", [(check(person), 0.0) for person in people(size)], 0.0)
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    database.connection.set_progress_handler(tick, 1)
    assert look(store)
    database.close()
    return count


@pytest.mark.parametrize(
    "look",
    [
        lambda store: store.by_external_id("p", 1.0, "p7", "", 20),
        lambda store: store.by_identity("p", 1.0, "SMS", "12020000007", "", 20),
        lambda store: store.page("p", 1.0, "8", 10),
    ],
    ids=["external id", "identity", "page"],
)
def test_a_look_up_costs_the_same_in_a_project_of_any_size(look: Look) -> None:
    assert steps(10_000, look) < 1.5 * steps(100, look)
