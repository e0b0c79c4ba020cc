"""What runs of old versions left: the files in `written`, read, and put where the next run finds them."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec

from outside import PROJECT
from sinch_contacts.emulator.database import Database
from sinch_contacts.emulator.store import Store

WRITTEN = Path(__file__).parent / "written"
NAMES = sorted(path.parent.name for path in WRITTEN.glob("*/life.json"))
_TIMES = frozenset({"visible_at", "gone_at"})

Files = Mapping[str, Mapping[str, Any]]
"""Contacts as a program gives them, by key."""

Rendered = dict[str, Any]
"""A contact as Sinch renders it."""


class Inputs(msgspec.Struct, frozen=True):
    """What the program said.

    Attributes:
        before: The contacts when the state was written.
        wanted: The contacts that the last run was to bring about, or that the next one is.
        prefix: The set's prefix.
        policy: Options of the set.
    """

    before: Files
    wanted: Files
    prefix: str
    policy: dict[str, str]


class State(msgspec.Struct, frozen=True):
    """What the engine kept: the texts of record and inputs, and the run that made them."""

    recorded: str
    run: str
    contacts: str


class Place(msgspec.Struct, frozen=True):
    """What was at Sinch.

    Attributes:
        now: The time, in seconds since 1970.
        foreign: Ids of contacts that have nothing to do with the set.
        contacts: All contacts, those under way among them, with the times at which they are visible and gone.
    """

    now: float
    foreign: frozenset[str]
    contacts: list[Rendered]


class Life(msgspec.Struct, frozen=True):
    """What old runs left.

    Attributes:
        code: The version that wrote it.
        story: What happened.
        inputs: See `Inputs`.
        state: See `State`.
        sinch: See `Place`.
    """

    code: str
    story: str
    inputs: Inputs
    state: State
    sinch: Place

    @property
    def files(self) -> dict[str, Files]:
        """What the next run may find declared: what was so before, what the last run wanted, or nothing."""
        before, wanted = self.inputs.before, self.inputs.wanted
        some = {"before": before, "wanted": wanted} if before != wanted else {"wanted": wanted}
        return {kind: files for kind, files in some.items() if files} | {"nothing": {}}

    @property
    def done_at(self) -> float:
        """When all that was under way is done."""
        return max(time for contact in self.sinch.contacts for name in _TIMES if (time := contact[name]))

    def find(self, name: str) -> Rendered | None:
        """Returns the contact of the set that had a name and was not on its way out."""
        for contact in self.sinch.contacts:
            if contact["id"] not in self.sinch.foreign and contact["gone_at"] is None and name_of(contact) == name:
                return without_times(contact)
        return None


def name_of(contact: Rendered) -> str:
    """Returns a contact's external id, or its first number where it has none."""
    return contact["external_id"] or contact["channel_identities"][0]["identity"]


def without_times(contact: Rendered) -> Rendered:
    """Leaves out what is told of a contact beside what it is."""
    return {name: value for name, value in contact.items() if name not in _TIMES}


def rendered(key: str, fields: Mapping[str, Any], prefix: str) -> Rendered:
    """Returns a declared contact as it is rendered, but for its id; `nameless` ones have no external id."""
    named = not key.startswith("nameless")
    blank = {"channel_priority": [], "display_name": "Unknown", "email": "", "metadata": ""}
    identities = [{**identity, "app_id": ""} for identity in fields["channel_identities"]]
    return {**blank, **fields, "external_id": prefix + key if named else "", "channel_identities": identities}


def read_life(name: str) -> Life:
    """Reads what is told of a life."""
    return msgspec.json.decode((WRITTEN / name / "life.json").read_bytes(), type=Life)


def put_journals(name: str, folder: Path) -> None:
    """Puts the journals of a life into a folder; nobody else may write there, which is nothing that Git keeps."""
    journals = WRITTEN / name / "journals"
    if journals.exists():
        shutil.copytree(journals, folder)
        for path in folder.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)


def put_contacts(place: Place, database_file: Path, *, is_done: bool = False) -> None:
    """Puts contacts into the database of an emulator, with their ids and times.

    Args:
        place: What was at Sinch.
        database_file: The database.
        is_done: Whether all that was under way is done by now: what was created is there, what was deleted is not.
    """
    contacts = [contact for contact in place.contacts if not (is_done and contact["gone_at"])]
    ids = iter([contact["id"] for contact in contacts])
    rows = [
        ({name: value for name, value in without_times(contact).items() if name != "id"}, contact["visible_at"])
        for contact in contacts
    ]
    database = Database(str(database_file))
    store = Store(database)
    with patch("sinch_contacts.emulator.store.ulid", lambda _: next(ids)):
        store.add(PROJECT, [(fields, 0.0 if is_done else time) for fields, time in rows], 0.0)
    store.remove(PROJECT, [(contact["id"], contact["gone_at"]) for contact in contacts if contact["gone_at"]], 0.0)
    database.close()
