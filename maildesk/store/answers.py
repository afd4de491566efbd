"""What somebody asked for by mail: tickets in a list, and what was said on one.

In: a connection, whose tickets, how many at most. Out: tickets as lists name them, the most urgent
first, and comments.

    list     whose                                    read by
    queue    the open tickets of some desks           tickets_queue
    mine     an agent's open tickets                  tickets_mine
    to do    those of them that wait for nobody else  tickets_mine
    nobody's those of some desks without an owner     tickets_mine
    theirs   what a customer takes part in            participants_email

*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from maildesk.core.message import Mailbox
from maildesk.store.database import moment, stamp
from maildesk.store.letters import StoredComment, read_comment


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A ticket in a list; `owner` is an agent's id."""

    key: str
    subject: str
    status: str
    is_open: bool
    priority: str
    owner: str | None
    requester: Mailbox
    updated_at: datetime
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """As much of a list as was asked for, and how many there are in all."""

    tickets: tuple[Listed, ...]
    count: int

    @property
    def more(self) -> int:
        """How many are left out."""
        return self.count - len(self.tickets)


COLUMNS = """t.key, t.desk, t.subject, t.status, t.is_open, t.priority, t.owner,
    t.requester_email, t.requester_name, t.updated_at, t.due_on """
_TICKETS = "SELECT " + COLUMNS
_IDS = "SELECT t.id "
_COUNT = "SELECT count(*) AS n "
_URGENT_FIRST = " ORDER BY t.priority, t.created_at, t.id LIMIT :limit"
_ONE = "FROM tickets t WHERE t.id = :id"
_OPEN = "FROM tickets t WHERE t.is_open = 1"
_QUEUE = """FROM tickets t WHERE t.is_open = 1
    AND t.desk IN (SELECT value FROM json_each(:desks))"""
_MINE = "FROM tickets t WHERE t.is_open = 1 AND t.owner = :agent"
_TO_DO = """ AND t.created_at < :before
    AND t.status NOT IN (SELECT value FROM json_each(:waiting))"""
_WAITING = " AND t.status IN (SELECT value FROM json_each(:waiting))"
_NOBODYS = """FROM tickets t WHERE t.is_open = 1 AND t.owner IS NULL
    AND t.desk IN (SELECT value FROM json_each(:desks))"""
_THEIRS = """FROM participants p JOIN tickets t ON t.id = p.ticket_id
    WHERE p.email = :address AND p.role <> 'agent' AND t.is_open = 1"""
# Of the customers those who came by a merge never see what was said here before, whoever shares it.
_READABLE = """SELECT c.id FROM comments c WHERE c.ticket_id = :id AND (:inside
    OR c.visibility = 'public' AND c.origin = :id AND c.id > max(:after,
        CASE WHEN EXISTS (SELECT 1 FROM may_read WHERE ticket_id = :id AND email = :email)
        THEN coalesce((SELECT sees_after FROM participants
            WHERE ticket_id = :id AND email = :email), 0) ELSE 0 END)
    OR c.visibility = 'public' AND EXISTS (SELECT 1 FROM may_read r WHERE r.ticket_id = :id
        AND r.email = :email AND r.origin = c.origin AND c.id > r.sees_after))
    ORDER BY c.at DESC, c.id DESC LIMIT :limit"""


def queue_ids(conn: sqlite3.Connection, limit: int | None) -> list[int]:
    """All open tickets, the most urgent first."""
    rows = conn.execute(_IDS + _OPEN + _URGENT_FIRST, {"limit": -1 if limit is None else limit})
    return [row["id"] for row in rows]


def queue(conn: sqlite3.Connection, desks: Sequence[str], limit: int) -> Page:
    """The open tickets of these desks."""
    return _page(conn, _QUEUE, {"desks": json.dumps(list(desks)), "limit": limit})


def mine(conn: sqlite3.Connection, agent: str, limit: int) -> Page:
    """The open tickets of an agent."""
    return _page(conn, _MINE, {"agent": agent, "limit": limit})


def to_do(
    conn: sqlite3.Connection, agent: str, waiting: Sequence[str], before: datetime, limit: int
) -> Page:
    """An agent's open tickets that were there before and wait for nobody else."""
    values = {"waiting": json.dumps(list(waiting)), "before": stamp(before), "limit": limit}
    return _page(conn, _MINE + _TO_DO, {**values, "agent": agent})


def nobodys(
    conn: sqlite3.Connection,
    desks: Sequence[str],
    waiting: Sequence[str],
    before: datetime,
    limit: int,
) -> Page:
    """Such tickets of these desks that nobody has taken."""
    values = {"waiting": json.dumps(list(waiting)), "before": stamp(before), "limit": limit}
    return _page(conn, _NOBODYS + _TO_DO, {**values, "desks": json.dumps(list(desks))})


def waiting_of(conn: sqlite3.Connection, agent: str, waiting: Sequence[str]) -> int:
    """How many of an agent's open tickets wait for somebody else."""
    values = {"agent": agent, "waiting": json.dumps(list(waiting))}
    return int(conn.execute(_COUNT + _MINE + _WAITING, values).fetchone()["n"])


def theirs(conn: sqlite3.Connection, address: str, limit: int) -> Page:
    """The open tickets that a customer takes part in."""
    return _page(conn, _THEIRS, {"address": address.lower(), "limit": limit})


def one(conn: sqlite3.Connection, ticket_id: int) -> Listed:
    """One ticket, as a list would name it."""
    return listed(conn.execute(_TICKETS + _ONE, {"id": ticket_id}).fetchone())


def last_words(
    conn: sqlite3.Connection,
    ticket_id: int,
    limit: int,
    *,
    is_inside: bool,
    after: int,
    address: str,
) -> tuple[StoredComment, ...]:
    """The newest comments, oldest first; notes only for who is inside.

    What was said on another ticket, before that one became part of this, is for whoever could read
    it there.
    """
    rows = conn.execute(
        _READABLE,
        {
            "id": ticket_id,
            "email": address.lower(),
            "inside": is_inside,
            "after": after,
            "limit": limit,
        },
    ).fetchall()
    return tuple(read_comment(conn, row["id"]) for row in reversed(rows))


def _page(conn: sqlite3.Connection, which: str, values: dict[str, object]) -> Page:
    rows = conn.execute(_TICKETS + which + _URGENT_FIRST, values).fetchall()
    count = conn.execute(_COUNT + which, values).fetchone()["n"]
    return Page(tickets=tuple(map(listed, rows)), count=count)


def listed(row: sqlite3.Row) -> Listed:
    """A row of `COLUMNS`."""
    return Listed(
        key=row["key"],
        subject=row["subject"],
        status=row["status"],
        is_open=bool(row["is_open"]),
        priority=row["priority"],
        owner=row["owner"],
        requester=Mailbox(email=row["requester_email"], name=row["requester_name"]),
        updated_at=moment(row["updated_at"]),
        due_on=date.fromisoformat(row["due_on"]) if row["due_on"] else None,
    )
