"""What an organisation has used of its packages.

In: an organisation with packages, a moment. Out: what is left then. Time counts for the
organisation that its ticket is of. An approved estimate is reserved until its ticket is done; what
is worked on the ticket after the approval is taken off it.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from maildesk.core.model import Organisation
from maildesk.core.packages import Standing, current, span, standing
from maildesk.store.database import stamp

_UTC = "UTC"


def standing_of(conn: sqlite3.Connection, organisation: Organisation, now: datetime) -> Standing:
    """What is left of the organisation's packages of the day."""
    timezone = organisation.timezone or _UTC
    packages = current(organisation.packages, now, timezone)
    if not packages:
        return Standing(package="")
    begin, end = span(packages, timezone)
    spent = _spent(conn, organisation.name, begin, end)
    return standing(packages, spent, _reserved(conn, organisation.name))


def _spent(conn: sqlite3.Connection, organisation: str, begin: datetime, end: datetime) -> int:
    row = conn.execute(
        """SELECT coalesce(sum(e.minutes), 0) AS spent
           FROM tickets t JOIN time_entries e ON e.ticket_id = t.id
           WHERE t.organisation = :organisation AND e.at >= :begin AND e.at < :end""",
        {"organisation": organisation, "begin": stamp(begin), "end": stamp(end)},
    ).fetchone()
    return int(row["spent"])


def _reserved(conn: sqlite3.Connection, organisation: str) -> int:
    rows = conn.execute(
        """SELECT e.ticket_id, sum(e.minutes) AS minutes, min(e.decided_at) AS since
           FROM tickets t JOIN estimates e ON e.ticket_id = t.id AND e.state = 'approved'
           WHERE t.organisation = :organisation AND t.is_open = 1 GROUP BY e.ticket_id""",
        {"organisation": organisation},
    ).fetchall()
    return sum(max(0, row["minutes"] - _worked(conn, row)) for row in rows)


def _worked(conn: sqlite3.Connection, approved: sqlite3.Row) -> int:
    row = conn.execute(
        """SELECT coalesce(sum(minutes), 0) AS worked FROM time_entries
           WHERE ticket_id = :id AND at > :since""",
        {"id": approved["ticket_id"], "since": approved["since"]},
    ).fetchone()
    return int(row["worked"])
