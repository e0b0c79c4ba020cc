"""The contacts of the emulator, and the events that tell of them.

Batch work is asynchronous: a created row carries the time at which it becomes visible, a deleted one the time at which
it is gone. So no queue can lose work, a restart keeps it, and a test may move time instead of waiting. Rows are listed
in an order that has nothing to do with their creation, because Sinch documents none.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

from sinch_contacts.emulator.database import Database
from sinch_contacts.emulator.ids import ulid
from sinch_contacts.emulator.validation import Fields

_NEVER: Final = 1e18
_KEPT: Final = 3600.0
"""Seconds for which a contact that is gone is kept, for views that lag behind."""


class Stored(msgspec.Struct, frozen=True):
    """A contact of the store.

    Attributes:
        fields: The contact as it is rendered, with its id.
        visible_at: When it becomes visible, in seconds since 1970.
        place: Where it stands in a list.
        gone_at: When it is gone; `None` where nobody deleted it.
    """

    fields: Fields
    visible_at: float
    place: str
    gone_at: float | None = None


class Store:
    """Contacts and events of all projects."""

    def __init__(self, database: Database) -> None:
        """Keeps the database that they are in."""
        self._database = database
        self._db = database.connection

    def add(self, project: str, contacts: Iterable[tuple[Fields, float]], now: float) -> list[str]:
        """Creates contacts, each visible from the given time on; returns their ids.

        One that brings an id keeps it, and takes the place of the contact that has it.
        """
        rows = [(fields.get("id") or ulid(now), fields, visible_at) for fields, visible_at in contacts]
        with self._database.transaction():
            self._forget(now)
            self._db.executemany("DELETE FROM identities WHERE contact = ?", [(key,) for key, _, _ in rows])
            self._db.executemany(
                "INSERT OR REPLACE INTO contacts VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (key, project, _place(key), _external_id(fields), json.dumps({"id": key, **fields}), at, _NEVER)
                    for key, fields, at in rows
                ],
            )
            self._index(project, rows)
            self._announce("create", project, [({"id": key, **fields}, at) for key, fields, at in rows])
        return [key for key, _, _ in rows]

    def replace(self, project: str, contact: Fields, now: float) -> None:
        """Puts a contact in the place of the one with its id."""
        with self._database.transaction():
            self._put(project, contact)
            self._announce("update", project, [(contact, now)])

    def merge(self, project: str, merged: Fields, source: Fields, now: float) -> None:
        """Puts a merged contact in the place of its destination, and deletes the source."""
        with self._database.transaction():
            self._put(project, merged)
            self._db.execute("UPDATE contacts SET gone_at = ? WHERE id = ?", (now, source["id"]))
            self._announce("merge", project, [({"preserved_contact": merged, "deleted_contact": source}, now)])

    def remove(self, project: str, removals: Iterable[tuple[str, float]], now: float) -> None:
        """Deletes contacts, each from the given time on; ids that are not there are passed over.

        One that is leaving already leaves at the earlier of the two times, and is announced once.
        """
        with self._database.transaction():
            self._forget(now)
            for contact_id, gone_at in removals:
                found = self._db.execute(
                    "SELECT body, gone_at FROM contacts WHERE project = ? AND id = ?", (project, contact_id)
                ).fetchone()
                if found:
                    self._db.execute(
                        "UPDATE contacts SET gone_at = MIN(gone_at, MAX(visible_at, ?)) WHERE id = ?",
                        (gone_at, contact_id),
                    )
                    if found[1] == _NEVER:
                        self._announce("delete", project, [(json.loads(found[0]), gone_at)])

    def get(self, project: str, contact_id: str, now: float) -> Fields | None:
        """Returns a visible contact."""
        row = self._db.execute(
            "SELECT body FROM contacts WHERE project = ? AND id = ? AND visible_at <= ? AND gone_at > ?",
            (project, contact_id, now, now),
        ).fetchone()
        return json.loads(row[0]) if row else None

    def page(self, project: str, now: float, after: str, size: int) -> list[Stored]:
        """Returns up to so many visible contacts behind a place."""
        return self._select("project = ? AND place > ? ORDER BY place LIMIT ?", now, project, after, size)

    def by_external_id(self, project: str, now: float, external_id: str, after: str, size: int) -> list[Stored]:
        """Returns visible contacts with an external id."""
        condition = "project = ? AND external_id = ? AND place > ? ORDER BY place LIMIT ?"
        return self._select(condition, now, project, external_id, after, size)

    def by_identity(  # noqa: PLR0913, PLR0917  # the columns of a query
        self, project: str, now: float, channel: str, identity: str, after: str, size: int
    ) -> list[Stored]:
        """Returns visible contacts with an identity on a channel."""
        condition = (
            "id IN (SELECT contact FROM identities WHERE project = ? AND channel = ? AND identity = ?) "
            "AND +place > ? ORDER BY +place LIMIT ?"
        )
        return self._select(condition, now, project, channel, identity, after, size)

    def with_number(self, project: str, now: float, number: str) -> list[Fields]:
        """Returns contacts with a number on SMS, MMS or RCS that are not gone, also those that are not visible yet."""
        rows = self._db.execute(
            "SELECT body FROM contacts WHERE +gone_at > ? AND id IN (SELECT contact FROM identities "
            "WHERE project = ? AND channel IN ('SMS', 'MMS', 'RCS') AND identity = ?) ORDER BY id",
            (now, project, number),
        )
        return [json.loads(body) for (body,) in rows]

    def everything(self, project: str, now: float) -> list[Stored]:
        """Returns all contacts of a project that are not gone, also those that are not visible yet."""
        rows = self._db.execute(
            "SELECT body, visible_at, place, NULLIF(gone_at, ?) FROM contacts WHERE project = ? AND gone_at > ? "
            "ORDER BY id",
            (_NEVER, project, now),
        )
        return [Stored(json.loads(body), visible_at, place, gone_at) for body, visible_at, place, gone_at in rows]

    def conflicts(self, project: str, now: float) -> Iterator[tuple[str, list[str], list[str]]]:
        """Goes through identities on SMS, MMS and RCS that several contacts share: identity, channels, contact ids."""
        rows = self._db.execute(
            "SELECT identity, json_group_array(DISTINCT channel), json_group_array(DISTINCT contact) FROM identities "
            "JOIN contacts ON contacts.id = contact WHERE identities.project = ? AND channel IN ('SMS', 'MMS', 'RCS') "
            "AND visible_at <= ? AND gone_at > ? GROUP BY identity HAVING COUNT(DISTINCT contact) > 1 ORDER BY 1",
            (project, now, now),
        )
        return ((identity, sorted(json.loads(channels)), sorted(json.loads(ids))) for identity, channels, ids in rows)

    def due_events(self, now: float) -> list[tuple[int, str, str, Fields]]:
        """Returns events whose time has come, with number, project and kind; they stay until dropped."""
        rows = self._db.execute(
            "SELECT number, project, kind, body FROM events WHERE at <= ? ORDER BY at, number LIMIT 500", (now,)
        )
        return [(number, project, kind, json.loads(body)) for number, project, kind, body in rows]

    def drop_events(self, numbers: Sequence[int]) -> None:
        """Forgets events."""
        self._db.executemany("DELETE FROM events WHERE number = ?", [(number,) for number in numbers])

    def _select(self, condition: str, now: float, *values: Any) -> list[Stored]:
        # A plus sign keeps SQLite from choosing the index of that column, which would have it look at every contact.
        rows = self._db.execute(
            "SELECT body, visible_at, place FROM contacts WHERE +visible_at <= ? AND +gone_at > ? "  # noqa: S608
            f"AND {condition}",  # a text of our own; values are bound
            (now, now, *values),
        )
        return [Stored(json.loads(body), visible_at, place) for body, visible_at, place in rows]

    def _forget(self, now: float) -> None:
        self._db.execute("DELETE FROM contacts WHERE gone_at <= ?", (now - _KEPT,))

    def _put(self, project: str, contact: Fields) -> None:
        self._db.execute(
            "UPDATE contacts SET external_id = ?, body = ? WHERE id = ?",
            (_external_id(contact), json.dumps(contact), contact["id"]),
        )
        self._db.execute("DELETE FROM identities WHERE contact = ?", (contact["id"],))
        self._index(project, [(contact["id"], contact, 0.0)])

    def _index(self, project: str, rows: Iterable[tuple[str, Fields, float]]) -> None:
        self._db.executemany(
            "INSERT INTO identities VALUES (?, ?, ?, ?)",
            [
                (key, project, identity["channel"], identity["identity"])
                for key, fields, _ in rows
                for identity in fields.get("channel_identities", [])
            ],
        )

    def _announce(self, kind: str, project: str, events: Iterable[tuple[Fields, float]]) -> None:
        if self._db.execute("SELECT 1 FROM webhooks WHERE project = ? LIMIT 1", (project,)).fetchone():
            self._db.executemany(
                "INSERT INTO events (at, project, kind, body) VALUES (?, ?, ?, ?)",
                [(at, project, kind, json.dumps(body)) for body, at in events],
            )


def _external_id(contact: Fields) -> str:
    return str(contact.get("external_id", ""))


def _place(contact_id: str) -> str:
    return hashlib.sha256(contact_id.encode()).hexdigest()[:16] + contact_id
