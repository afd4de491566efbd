"""Time worked on tickets.

In: an entry. Out: the minutes of a ticket so far, and its entries, oldest first.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import sqlite3

from maildesk.core.time_entry import TimeEntry
from maildesk.store.database import moment, stamp
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


def remove_time_entries(tx: Tx, ticket_id: int, inbox_id: int) -> int:
    """Take back what one mail has entered; how many entries that were."""
    gone = tx.execute(
        "DELETE FROM time_entries WHERE ticket_id = :ticket_id AND inbox_id = :inbox_id",
        {"ticket_id": ticket_id, "inbox_id": inbox_id},
    )
    return gone.rowcount


def minutes_of(conn: sqlite3.Connection, ticket_id: int) -> int:
    """The minutes worked on the ticket so far."""
    row = conn.execute(
        "SELECT coalesce(sum(minutes), 0) AS spent FROM time_entries WHERE ticket_id = :id",
        {"id": ticket_id},
    ).fetchone()
    return int(row["spent"])


def entries_of(conn: sqlite3.Connection, ticket_id: int) -> tuple[TimeEntry, ...]:
    """The entries of the ticket, oldest first."""
    rows = conn.execute(
        "SELECT * FROM time_entries WHERE ticket_id = :id ORDER BY id", {"id": ticket_id}
    )
    return tuple(
        TimeEntry(
            agent=row["agent"], minutes=row["minutes"], words=row["words"], at=moment(row["at"])
        )
        for row in rows
    )
