"""What is registered beside contacts: webhooks, access tokens and project settings."""

import json

from sinch_contacts.emulator.database import Database
from sinch_contacts.emulator.validation import Fields


class Registry:
    """Webhooks, tokens and settings of all projects."""

    def __init__(self, database: Database) -> None:
        """Keeps the database that they are in."""
        self._db = database.connection

    def webhooks(self, project: str, app: str = "") -> list[Fields]:
        """Returns webhooks of a project, or of one of its apps."""
        rows = self._db.execute(
            "SELECT body FROM webhooks WHERE project = ? AND (? = '' OR app = ?) ORDER BY id", (project, app, app)
        )
        return [json.loads(body) for (body,) in rows]

    def webhook(self, project: str, webhook_id: str) -> Fields | None:
        """Returns a webhook."""
        row = self._db.execute(
            "SELECT body FROM webhooks WHERE project = ? AND id = ?", (project, webhook_id)
        ).fetchone()
        return json.loads(row[0]) if row else None

    def put_webhook(self, project: str, webhook: Fields) -> None:
        """Keeps a webhook, in the place of one with the same id."""
        row = (webhook["id"], project, webhook["app_id"], json.dumps(webhook))
        self._db.execute("INSERT OR REPLACE INTO webhooks VALUES (?, ?, ?, ?)", row)

    def drop_webhook(self, project: str, webhook_id: str) -> bool:
        """Deletes a webhook; returns whether it was there."""
        done = self._db.execute("DELETE FROM webhooks WHERE project = ? AND id = ?", (project, webhook_id))
        return done.rowcount > 0

    def put_token(self, token: str, expires_at: float) -> None:
        """Keeps an access token."""
        self._db.execute("INSERT INTO tokens VALUES (?, ?)", (token, expires_at))

    def token_expiry(self, token: str) -> float | None:
        """Returns when a token ends, or ended."""
        row = self._db.execute("SELECT expires_at FROM tokens WHERE token = ?", (token,)).fetchone()
        return float(row[0]) if row else None

    def expire_tokens(self, now: float) -> None:
        """Ends all tokens."""
        self._db.execute("UPDATE tokens SET expires_at = MIN(expires_at, ?)", (now,))

    def unified(self, project: str) -> bool:
        """Says whether Unified Contact ID is on."""
        row = self._db.execute("SELECT unified FROM settings WHERE project = ?", (project,)).fetchone()
        return bool(row and row[0])

    def set_unified(self, project: str, *, on: bool) -> None:
        """Switches Unified Contact ID."""
        self._db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (project, int(on)))
