"""Tickets on which nobody has done anything for too long.

In: a desk, a status, since when. Out: ids, the longest silence first. The question reads only what
is due: what was reminded of is not looked at again, and what is closed has another status.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from maildesk.store.database import stamp
from maildesk.store.writer import Tx

_AT_ONCE = 100


def unreminded(conn: sqlite3.Connection, desk: str, status: str, until: datetime) -> list[int]:
    """Tickets that have been in the status since then, and of which nobody was reminded."""
    rows = conn.execute(
        """SELECT id FROM tickets WHERE desk = :desk AND status = :status AND reminded = 0
           AND merged_into IS NULL
           AND status_since <= :until ORDER BY status_since LIMIT :most""",
        {"desk": desk, "status": status, "until": stamp(until), "most": _AT_ONCE},
    )
    return [row["id"] for row in rows]


def silent(conn: sqlite3.Connection, desk: str, status: str, until: datetime) -> list[int]:
    """Tickets that have been in the status since then."""
    rows = conn.execute(
        """SELECT id FROM tickets WHERE desk = :desk AND status = :status AND reminded IN (0, 1)
           AND merged_into IS NULL
           AND status_since <= :until LIMIT :most""",
        {"desk": desk, "status": status, "until": stamp(until), "most": _AT_ONCE},
    )
    return [row["id"] for row in rows]


def mark_reminded(tx: Tx, ticket_id: int) -> None:
    """Somebody has been reminded; once is enough until the status is another one."""
    tx.execute("UPDATE tickets SET reminded = 1 WHERE id = :id", {"id": ticket_id})


def last_answer(conn: sqlite3.Connection, ticket_id: int) -> int | None:
    """The newest comment by an agent that the customer has seen."""
    row = conn.execute(
        """SELECT id FROM comments WHERE ticket_id = :id AND agent IS NOT NULL
           AND visibility = 'public' ORDER BY at DESC, id DESC LIMIT 1""",
        {"id": ticket_id},
    ).fetchone()
    return row["id"] if row else None
