"""What customers filled in: the fields of a ticket, by name.

In: names and values. Out: the fields of a ticket, by name; a later value takes the earlier's place.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import sqlite3

from maildesk.store.writer import Tx


def set_fields(tx: Tx, ticket_id: int, fields: tuple[tuple[str, str], ...]) -> None:
    """Keep the values."""
    tx.executemany(
        """INSERT INTO ticket_fields (ticket_id, name, value) VALUES (?, ?, ?)
           ON CONFLICT (ticket_id, name) DO UPDATE SET value = excluded.value""",
        [(ticket_id, name, value) for name, value in fields],
    )


def fields_of(conn: sqlite3.Connection, ticket_id: int) -> tuple[tuple[str, str], ...]:
    """The ticket's fields."""
    rows = conn.execute(
        "SELECT name, value FROM ticket_fields WHERE ticket_id = :id ORDER BY name",
        {"id": ticket_id},
    )
    return tuple((row["name"], row["value"]) for row in rows)
