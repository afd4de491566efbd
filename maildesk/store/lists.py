"""The two queues and the state of the desk, as people and monitors read them.

In: a read-only connection. Out: shapes, oldest first; a limit keeps the newest.
*Fails:* NotFound for an id that names nothing.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime

from maildesk import __version__
from maildesk.errors import NotFound
from maildesk.store.database import moment
from maildesk.store.shapes import (
    InboxCounts,
    InboxShape,
    MailboxShape,
    OutboxCounts,
    OutboxShape,
    StatusShape,
)

_INBOX = """SELECT inbox.*, tickets.key AS ticket FROM inbox
    LEFT JOIN tickets ON tickets.id = inbox.ticket_id"""
_OUTBOX = """SELECT outbox.*, tickets.key AS ticket FROM outbox
    LEFT JOIN tickets ON tickets.id = outbox.ticket_id"""
_IN_STATE = """ WHERE :state IS NULL OR outbox.state = :state
    OR (:state = 'queued' AND outbox.state = 'sending')"""


def list_inbox(
    conn: sqlite3.Connection, *, state: str | None = None, limit: int | None = None
) -> list[InboxShape]:
    """Every message that came in and what became of it."""
    rows = conn.execute(
        _INBOX
        + " WHERE :state IS NULL OR inbox.state = :state ORDER BY inbox.id DESC LIMIT :limit",
        {"state": state, "limit": -1 if limit is None else limit},
    ).fetchall()
    return [_inbox(row) for row in reversed(rows)]


def show_inbox(conn: sqlite3.Connection, inbox_id: int) -> InboxShape:
    """One message."""
    row = conn.execute(f"{_INBOX} WHERE inbox.id = :id", {"id": inbox_id}).fetchone()
    if row is None:
        message = f"no message {inbox_id} in the inbox"
        raise NotFound(message)
    return _inbox(row)


def list_outbox(
    conn: sqlite3.Connection, *, state: str | None = None, limit: int | None = None
) -> list[OutboxShape]:
    """Every mail that went out or is to go."""
    rows = conn.execute(
        _OUTBOX + _IN_STATE + " ORDER BY outbox.id DESC LIMIT :limit",
        {"state": state, "limit": -1 if limit is None else limit},
    ).fetchall()
    return [_outbox(row) for row in reversed(rows)]


def show_outbox(conn: sqlite3.Connection, row_id: int) -> OutboxShape:
    """One mail."""
    row = conn.execute(f"{_OUTBOX} WHERE outbox.id = :id", {"id": row_id}).fetchone()
    if row is None:
        message = f"no mail {row_id} in the outbox"
        raise NotFound(message)
    return _outbox(row)


def status(
    conn: sqlite3.Connection, *, running: bool, now: datetime, mailboxes: tuple[str, ...] = ()
) -> StatusShape:
    """The state of the desk, with `mailboxes` as configured; costs as much as waits."""
    return {
        "running": running,
        "version": __version__,
        "inbox": _inbox_counts(conn),
        "outbox": _outbox_counts(conn),
        "oldest_pending_seconds": _oldest_pending(conn, now),
        "mailboxes": _mailboxes(conn, mailboxes),
    }


def oldest_unsent(conn: sqlite3.Connection) -> datetime | None:
    """Since when the oldest mail that has not gone has been waiting."""
    row = conn.execute(
        """SELECT min(created_at) AS at FROM outbox
           WHERE state IN ('queued', 'deferred', 'sending')"""
    ).fetchone()
    return moment(row["at"]) if row["at"] else None


def _inbox_counts(conn: sqlite3.Connection) -> InboxCounts:
    rows = conn.execute(
        """SELECT state, count(*) AS n FROM inbox
           WHERE state IN ('pending', 'held', 'failed') GROUP BY state"""
    )
    counts = {row["state"]: row["n"] for row in rows}
    return {
        "pending": counts.get("pending", 0),
        "held": counts.get("held", 0),
        "failed": counts.get("failed", 0),
    }


def _outbox_counts(conn: sqlite3.Connection) -> OutboxCounts:
    rows = conn.execute(
        """SELECT state, count(*) AS n FROM outbox
           WHERE state IN ('queued', 'deferred', 'sending', 'dead') GROUP BY state"""
    )
    counts = {row["state"]: row["n"] for row in rows}
    return {
        "queued": counts.get("queued", 0) + counts.get("sending", 0),
        "deferred": counts.get("deferred", 0),
        "dead": counts.get("dead", 0),
    }


def _oldest_pending(conn: sqlite3.Connection, now: datetime) -> int | None:
    row = conn.execute(
        "SELECT min(received_at) AS received_at FROM inbox WHERE state = 'pending'"
    ).fetchone()
    if row["received_at"] is None:
        return None
    return max(0, int((now - moment(row["received_at"])).total_seconds()))


def _mailboxes(conn: sqlite3.Connection, names: tuple[str, ...]) -> list[MailboxShape]:
    rows = conn.execute("SELECT name, last_poll_at, last_error FROM mailboxes")
    known = {row["name"]: row for row in rows}
    return [
        {
            "name": name,
            "last_poll_at": known[name]["last_poll_at"] if name in known else None,
            "last_error": known[name]["last_error"] if name in known else None,
        }
        for name in names
    ]


def _inbox(row: sqlite3.Row) -> InboxShape:
    return {
        "id": row["id"],
        "received_at": row["received_at"],
        "source": row["source"],
        "from": row["from_address"],
        "to": json.loads(row["rcpt_to"]),
        "subject": row["subject"],
        "message_id": row["message_id"],
        "size": row["over_size"] or row["size"],
        "state": row["state"],
        "reason": row["reason"],
        "ticket": row["ticket"],
    }


def _outbox(row: sqlite3.Row) -> OutboxShape:
    return {
        "id": row["id"],
        "created_at": row["created_at"],
        "event": row["event"],
        "ticket": row["ticket"],
        "to": row["recipient"],
        "subject": row["subject"],
        "message_id": row["message_id"],
        "state": "queued" if row["state"] == "sending" else row["state"],
        "attempts": row["attempts"],
        "last_error": row["last_error"],
    }
