"""The numbers of tickets: each desk counts its own.

In: a desk's key. Out: the number of its next ticket, taken or only looked at.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import sqlite3

from maildesk.store.writer import Tx


def take_number(tx: Tx, desk: str) -> int:
    """The number of a ticket that is being opened."""
    row = tx.execute(
        """INSERT INTO desks (key, last_number) VALUES (:desk, 1)
           ON CONFLICT (key) DO UPDATE SET last_number = last_number + 1
           RETURNING last_number""",
        {"desk": desk},
    ).fetchone()
    return int(row["last_number"])


def next_key(conn: sqlite3.Connection, desk: str) -> str:
    """The key of the ticket that is opened next."""
    row = conn.execute("SELECT last_number FROM desks WHERE key = :desk", {"desk": desk}).fetchone()
    return f"{desk}-{(row['last_number'] if row else 0) + 1}"
