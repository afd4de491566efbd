"""Keys that lead to another ticket than the one they were made for.

In: a key as somebody knows it. Out: the ticket that it leads to now: itself, or what it was merged
into. An alias never leads to an alias, so every question is one probe.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import sqlite3

from maildesk.store.writer import Tx


def ticket_of(conn: sqlite3.Connection, key: str) -> int | None:
    """The ticket that this key leads to, in any case of its letters; None for no key of ours."""
    row = conn.execute(
        """SELECT ticket_id AS id, 0 AS place FROM key_aliases WHERE key = :key
           UNION ALL SELECT id, 1 FROM tickets WHERE key = :key ORDER BY place LIMIT 1""",
        {"key": key.upper()},
    ).fetchone()
    return row["id"] if row else None


def leads_to(conn: sqlite3.Connection, ticket_id: int) -> int:
    """The ticket that this one was merged into; itself as a rule."""
    row = conn.execute(
        """SELECT a.ticket_id FROM tickets t JOIN key_aliases a ON a.key = t.key
           WHERE t.id = :id""",
        {"id": ticket_id},
    ).fetchone()
    return row["ticket_id"] if row else ticket_id


def lead(tx: Tx, source: int, target: int) -> None:
    """Let every key and Message-ID that named ticket `source` name ticket `target` from now on."""
    ids = {"source": source, "target": target}
    tx.execute("UPDATE key_aliases SET ticket_id = :target WHERE ticket_id = :source", ids)
    tx.execute(
        """INSERT INTO key_aliases (key, ticket_id) SELECT key, :target FROM tickets
           WHERE id = :source ON CONFLICT (key) DO UPDATE SET ticket_id = excluded.ticket_id""",
        ids,
    )
    tx.execute(
        "UPDATE OR IGNORE message_ids SET ticket_id = :target WHERE ticket_id = :source", ids
    )
    tx.execute("DELETE FROM message_ids WHERE ticket_id = :source", ids)


def alias(tx: Tx, key: str, ticket_id: int) -> None:
    """Let a further key, of a desk that was renamed, say, lead to a ticket."""
    tx.execute(
        """INSERT INTO key_aliases (key, ticket_id) VALUES (:key, :ticket_id)
           ON CONFLICT (key) DO UPDATE SET ticket_id = excluded.ticket_id""",
        {"key": key.upper(), "ticket_id": ticket_id},
    )
