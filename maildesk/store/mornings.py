"""For which day each agent's list of the morning was last looked at.

In: an agent's id, a day. Out: the same, read again.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import sqlite3
from datetime import date

from maildesk.store.writer import Tx

_PREFIX = "digest:"


def seen(conn: sqlite3.Connection) -> dict[str, str]:
    """The last day of each agent, as ISO 8601."""
    rows = conn.execute("SELECT name, value FROM meta WHERE name >= 'digest:' AND name < 'digest;'")
    return {row["name"].removeprefix(_PREFIX): row["value"] for row in rows}


def see(tx: Tx, agent: str, day: date) -> None:
    """This day's list of the agent has been looked at."""
    tx.execute(
        """INSERT INTO meta (name, value) VALUES (:name, :day)
           ON CONFLICT (name) DO UPDATE SET value = excluded.value""",
        {"name": f"{_PREFIX}{agent}", "day": day.isoformat()},
    )
