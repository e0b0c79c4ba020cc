"""The emulator's database: SQLite, in a file or in memory."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS contacts (
    id TEXT PRIMARY KEY, project TEXT NOT NULL, place TEXT NOT NULL, external_id TEXT NOT NULL, body TEXT NOT NULL,
    visible_at REAL NOT NULL, gone_at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS by_place ON contacts (project, place);
CREATE INDEX IF NOT EXISTS by_external_id_and_place ON contacts (project, external_id, place);
CREATE INDEX IF NOT EXISTS by_end ON contacts (gone_at);
CREATE TABLE IF NOT EXISTS identities (
    contact TEXT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE, project TEXT NOT NULL, channel TEXT NOT NULL,
    identity TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS by_identity ON identities (project, channel, identity);
CREATE INDEX IF NOT EXISTS by_contact ON identities (contact);
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY, at REAL NOT NULL, project TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS webhooks (id TEXT PRIMARY KEY, project TEXT NOT NULL, app TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tokens (token TEXT PRIMARY KEY, expires_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS settings (project TEXT PRIMARY KEY, unified INTEGER NOT NULL);
"""


class Database:
    """An open database with its tables.

    Attributes:
        connection: Carries out single statements at once, without a transaction of their own.
    """

    def __init__(self, file: str = "") -> None:
        """Opens a file, or memory where none is named.

        Raises:
            sqlite3.Error: The file cannot be used.
        """
        self.connection = sqlite3.connect(file or ":memory:", check_same_thread=False, isolation_level=None)
        try:
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
                self.connection.execute(f"PRAGMA {pragma}")
            self.connection.executescript(_SCHEMA)
        except sqlite3.Error:
            self.connection.close()
            raise

    def close(self) -> None:
        """Closes the database."""
        self.connection.close()

    def reset(self) -> None:
        """Forgets everything but tokens."""
        with self.transaction():
            for table in ("identities", "contacts", "events", "webhooks", "settings"):
                self.connection.execute(f"DELETE FROM {table}")  # noqa: S608  # names of our own

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Carries out the statements of a context all or not at all."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
