"""What an organisation has used of its packages.

In: an organisation with packages, a moment. Out: the account of each package then. Time counts for
the organisation that its ticket is of, on the day where the customer lives. An approved estimate is
reserved until its ticket is done; what is worked on the ticket after the approval is taken off it.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from maildesk.core.model import Organisation
from maildesk.core.packages import Account, Standing, accounts, standing
from maildesk.store.database import moment

_UTC = "UTC"


def accounts_of(
    conn: sqlite3.Connection, organisation: Organisation, now: datetime
) -> tuple[Account, ...]:
    """The account of each package, the oldest first."""
    work = tuple(_work(conn, organisation))
    reserved = _reserved(conn, organisation.name)
    return accounts(organisation.packages, work, reserved, _today(organisation, now))


def standing_of(conn: sqlite3.Connection, organisation: Organisation, now: datetime) -> Standing:
    """What is left of the organisation's packages of the day."""
    return standing(accounts_of(conn, organisation, now), _today(organisation, now))


def _today(organisation: Organisation, now: datetime) -> date:
    return now.astimezone(ZoneInfo(organisation.timezone or _UTC)).date()


def _work(conn: sqlite3.Connection, organisation: Organisation) -> Iterator[tuple[date, int]]:
    """What was worked for the organisation, day by day."""
    if not organisation.packages:
        return
    zone = ZoneInfo(organisation.timezone or _UTC)
    first = min(package.starts for package in organisation.packages) - timedelta(days=1)
    rows = conn.execute(
        """SELECT e.at, e.minutes FROM tickets t JOIN time_entries e ON e.ticket_id = t.id
           WHERE t.organisation = :organisation AND e.at >= :first ORDER BY e.at, e.id""",
        {"organisation": organisation.name, "first": first.isoformat()},
    )
    for row in rows:
        yield moment(row["at"]).astimezone(zone).date(), row["minutes"]


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
