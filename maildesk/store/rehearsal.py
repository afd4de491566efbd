"""The clock of a rehearsal: the latest `--at` that a command was given.

In: moments. Out: the latest of them, which listings take for now.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from maildesk.store.database import moment, stamp
from maildesk.store.writer import Tx


def see(tx: Tx, now: datetime) -> None:
    """Note that somebody took this moment for now; an earlier one turns nothing back."""
    tx.execute(
        """INSERT INTO meta (name, value) VALUES ('rehearsed_at', :now)
           ON CONFLICT (name) DO UPDATE SET value = excluded.value
           WHERE excluded.value > meta.value""",
        {"now": stamp(now)},
    )


def latest(conn: sqlite3.Connection) -> datetime | None:
    """The latest moment that was seen, if any was."""
    row = conn.execute("SELECT value FROM meta WHERE name = 'rehearsed_at'").fetchone()
    return moment(row["value"]) if row else None
