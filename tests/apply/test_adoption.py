"""A project that was written into a file is adopted by it, as it is."""

from pathlib import Path
from typing import Any

import pytest

from apply.conftest import Set
from outside import Sinch, person, writes
from sinch_contacts import sources
from sinch_contacts.apply.reading.reader import Reader
from sinch_contacts.apply.reconcile import reconcile
from sinch_contacts.core.plan.reading import Pace
from sinch_contacts.core.record.recorded import Origin, Status
from sinch_contacts.sources.dump.writing import write

COUNT = 5_000


def resident(number: int) -> dict[str, Any]:
    """Returns one of many unlike contacts that nobody declared."""
    fields: list[dict[str, Any]] = [
        {"external_id": f"crm-{number}", "display_name": 'O\'Neil, "Jo"\nSon', "metadata": '{"row": 1}'},
        {"external_id": "", "display_name": ""},
        {"external_id": f"NO {number}", "email": "=1+1", "channel_priority": ["RCS", "SMS"]},
        {
            "external_id": f"é{number}",
            "channel_identities": [
                {"channel": "MESSENGER", "identity": f"{number}", "app_id": "APP"},
                {"channel": "WHATSAPP", "identity": f"+1303{number:07d}"},
            ],
        },
    ]
    return person(number, **fields[number % len(fields)])


@pytest.mark.parametrize("ending", [".yaml", ".csv"])
def test_five_thousand_contacts_are_adopted_without_a_write(
    friends: Set, sinch: Sinch, tmp_path: Path, ending: str
) -> None:
    sinch.seed([resident(number) for number in range(COUNT)])

    written = write(list(Reader(friends.api, Pace(), friends.clock.now).everything()), ending)
    (tmp_path / f"all{ending}").write_bytes(written.content)
    rows = sources.load([f"all{ending}"], tmp_path)

    assert (len(rows), written.left_out) == (COUNT, ())
    assert sinch.calls() == {"list": COUNT // 20 + 1}
    outcome = reconcile(friends.ctx(), rows, {}, friends.policy, {}, last_run="")
    assert outcome.incomplete is None
    assert writes(sinch.calls()) == {}
    assert len(outcome.record) == COUNT
    assert {(entry.status, entry.origin) for entry in outcome.record.values()} == {(Status.LIVE, Origin.ADOPTED)}
