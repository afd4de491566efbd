"""Time worked on tickets.

In: an entry. Out: its row, and the minutes of a ticket so far.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import sqlite3

from maildesk.core.time_entry import TimeEntry
from maildesk.store.database import stamp
from maildesk.store.writer import Tx


def add_time_entry(tx: Tx, ticket_id: int, entry: TimeEntry, inbox_id: int | None = None) -> int:
    """Keep an entry; its id. `inbox_id` is the mail that said it."""
    row = tx.execute(
        """INSERT INTO time_entries (ticket_id, agent, minutes, words, at, inbox_id)
           VALUES (:ticket_id, :agent, :minutes, :words, :at, :inbox_id) RETURNING id""",
        {
            "ticket_id": ticket_id,
            "agent": entry.agent,
            "minutes": entry.minutes,
            "words": entry.words,
            "at": stamp(entry.at),
            "inbox_id": inbox_id,
        },
    ).fetchone()
    return int(row["id"])


def minutes_of(conn: sqlite3.Connection, ticket_id: int) -> int:
    """The minutes worked on the ticket so far."""
    row = conn.execute(
        "SELECT coalesce(sum(minutes), 0) AS spent FROM time_entries WHERE ticket_id = :id",
        {"id": ticket_id},
    ).fetchone()
    return int(row["spent"])
