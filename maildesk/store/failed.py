"""Messages that could not be processed: what lists show of them, who has been told, a second try.

In: rows whose state is `failed`. Out: the same rows, named, or pending again.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from maildesk.store.database import moment, stamp
from maildesk.store.writer import Tx

_TOLD = "failed_told_at"
_VERSION = "version"  # of the program that wrote here last, in `meta`


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedRow:
    """A message that nobody has been told of."""

    id: int
    from_address: str
    subject: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """There are such messages; `told_at` is when somebody was last told of others."""

    told_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """The oldest of them, and how many there are in all."""

    rows: tuple[FailedRow, ...]
    count: int


def show(tx: Tx, inbox_id: int, *, sender: str, subject: str, message_id: str | None) -> None:
    """Let lists show what can be seen of a message without reading it."""
    tx.execute(
        """UPDATE inbox SET subject = :subject, message_id = :message_id,
               from_address = CASE :sender WHEN '' THEN from_address ELSE :sender END
           WHERE id = :id""",
        {
            "sender": sender,
            "subject": subject,
            "message_id": message_id,
            "id": inbox_id,
        },
    )


def look(conn: sqlite3.Connection) -> Waiting | None:
    """Whether a message has failed that nobody has been told of; None when all are known."""
    row = conn.execute(
        "SELECT 1 FROM inbox WHERE state = 'failed' AND failure_told = 0 LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    told = conn.execute("SELECT value FROM meta WHERE name = :name", {"name": _TOLD}).fetchone()
    return Waiting(told_at=moment(told["value"]) if told else None)


def take_untold(tx: Tx, now: datetime, *, limit: int) -> Untold:
    """All of which nobody has been told, as told from now on."""
    rows = tx.execute(
        """SELECT id, from_address, subject, reason FROM inbox
           WHERE state = 'failed' AND failure_told = 0 ORDER BY id LIMIT :limit""",
        {"limit": limit},
    ).fetchall()
    count = tx.execute(
        "UPDATE inbox SET failure_told = 1 WHERE state = 'failed' AND failure_told = 0"
    ).rowcount
    tx.execute(
        """INSERT INTO meta (name, value) VALUES (:name, :now)
           ON CONFLICT (name) DO UPDATE SET value = excluded.value""",
        {"name": _TOLD, "now": stamp(now)},
    )
    return Untold(rows=tuple(FailedRow(**dict(row)) for row in rows), count=count)


def retry_after_upgrade(tx: Tx, version: str) -> int:
    """Once for each new version, process again what the old one could not; how many those are."""
    changed = tx.execute(
        """INSERT INTO meta (name, value) VALUES (:name, :version)
           ON CONFLICT (name) DO UPDATE SET value = excluded.value
           WHERE value <> excluded.value""",
        {"name": _VERSION, "version": version},
    ).rowcount
    if not changed:
        return 0
    tx.execute(
        """DELETE FROM fingerprints WHERE inbox_id IN
           (SELECT id FROM inbox WHERE state = 'failed')"""
    )
    return tx.execute(
        "UPDATE inbox SET state = 'pending', reason = '', attempts = 0 WHERE state = 'failed'"
    ).rowcount
