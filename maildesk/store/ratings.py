"""What customers think of tickets that are done.

In: a rating. Out: the newest one of the ticket, which takes the place of one before it.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from maildesk.core.rating import Rating
from maildesk.store.database import stamp
from maildesk.store.writer import Tx


def set_rating(tx: Tx, ticket_id: int, rating: Rating, by: str, at: datetime) -> None:
    """Keep a customer's rating, on the ticket's own row as well, where lists look."""
    tx.execute(
        """INSERT INTO ratings (ticket_id, stars, words, by, at)
           VALUES (:id, :stars, :words, :by, :at)
           ON CONFLICT (ticket_id) DO UPDATE SET stars = excluded.stars, words = excluded.words,
               by = excluded.by, at = excluded.at""",
        {"id": ticket_id, "stars": rating.stars, "words": rating.words, "by": by, "at": stamp(at)},
    )
    tx.execute(
        "UPDATE tickets SET rating = :stars WHERE id = :id",
        {"stars": rating.stars, "id": ticket_id},
    )


def rating_of(conn: sqlite3.Connection, ticket_id: int) -> Rating | None:
    """The ticket's rating."""
    row = conn.execute(
        "SELECT stars, words FROM ratings WHERE ticket_id = :id", {"id": ticket_id}
    ).fetchone()
    return Rating(stars=row["stars"], words=row["words"]) if row else None
