"""Held messages that nobody has been told of: how many, since when, and when somebody was.

In: the moment of a look. Out: a count for each reason. The question reads only what is untold.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from maildesk.store.database import moment, stamp
from maildesk.store.writer import Tx

_TOLD = "held_told_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """What waits for a person who does not know of it; `told_at` is when somebody last heard."""

    reasons: tuple[tuple[str, int], ...]
    since: datetime
    told_at: datetime | None

    @property
    def count(self) -> int:
        """All of them."""
        return sum(number for _, number in self.reasons)


def mark(tx: Tx, inbox_id: int) -> None:
    """Note that this message is held and that nobody was told."""
    tx.execute("UPDATE inbox SET untold = 1 WHERE id = :id", {"id": inbox_id})


def look(conn: sqlite3.Connection) -> Untold | None:
    """What is held and untold; None for nothing."""
    rows = conn.execute(
        """SELECT reason, count(*) AS n, min(processed_at) AS since FROM inbox
           WHERE untold = 1 GROUP BY reason ORDER BY n DESC, reason"""
    ).fetchall()
    if not rows:
        return None
    told = conn.execute("SELECT value FROM meta WHERE name = :name", {"name": _TOLD}).fetchone()
    return Untold(
        reasons=tuple((row["reason"], row["n"]) for row in rows),
        since=min(moment(row["since"]) for row in rows),
        told_at=moment(told["value"]) if told else None,
    )


def told(tx: Tx, now: datetime) -> None:
    """Somebody has been told of all of them."""
    tx.execute("UPDATE inbox SET untold = 0 WHERE untold = 1")
    tx.execute(
        """INSERT INTO meta (name, value) VALUES (:name, :now)
           ON CONFLICT (name) DO UPDATE SET value = excluded.value""",
        {"name": _TOLD, "now": stamp(now)},
    )
