"""Who is on a ticket, who was taken off it, and from where each may read.

In: people as the core wants them. Out: the rows. Whoever joins with `FROM_NOW` sees no comment that
is there already, so people come before the comment that brings them.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import json
import sqlite3

from maildesk.core.model import FROM_NOW, Event, Participant, Role, Ticket
from maildesk.store.writer import Tx

_INSERT = """INSERT INTO participants (ticket_id, email, name, role, muted, sees_after)
    VALUES (:ticket_id, :email, :name, :role, :muted, :sees_after)"""
_OR_CHANGE = """ ON CONFLICT (ticket_id, email) DO UPDATE
    SET role = excluded.role, muted = excluded.muted,
        sees_after = CASE WHEN :joins THEN sees_after ELSE excluded.sees_after END"""

# What goes to people because they are on the ticket.
_NEWS = json.dumps(
    [
        Event.COMMENT_PUBLIC,
        Event.STATUS_CHANGED,
        Event.TICKET_REOPENED,
        Event.TICKET_RESOLVED,
        Event.PARTICIPANT_ADDED,
    ]
)


def read_people(conn: sqlite3.Connection, ticket_id: int) -> tuple[Participant, ...]:
    """The people of a ticket."""
    people = conn.execute(
        """SELECT email, name, role, undeliverable IS NOT NULL AS undeliverable, withheld, muted,
                  sees_after
           FROM participants WHERE ticket_id = :id""",
        {"id": ticket_id},
    )
    return tuple(
        Participant(
            email=p["email"],
            name=p["name"],
            role=Role(p["role"]),
            is_undeliverable=bool(p["undeliverable"]),
            is_withheld=bool(p["withheld"]),
            is_muted=bool(p["muted"]),
            sees_after=p["sees_after"],
        )
        for p in people
    )


def read_taken_off(conn: sqlite3.Connection, ticket_id: int) -> tuple[str, ...]:
    """Who was on a ticket until somebody took them off."""
    rows = conn.execute(
        "SELECT email FROM taken_off WHERE ticket_id = :id ORDER BY email", {"id": ticket_id}
    )
    return tuple(row["email"] for row in rows)


def add_people(tx: Tx, ticket_id: int, people: tuple[Participant, ...]) -> None:
    """These people are on the ticket, too."""
    now = _newest(tx, ticket_id)
    rows = [_row(ticket_id, p, now) for p in people]
    tx.executemany(_INSERT + " ON CONFLICT DO NOTHING", rows)
    _bring_back(tx, ticket_id, people)


def set_people(tx: Tx, ticket_id: int, ticket: Ticket) -> None:
    """Exactly these people are on the ticket; their delivery marks stay as they are."""
    people, now = ticket.participants, _newest(tx, ticket_id)
    found = tx.execute("SELECT email, role FROM participants WHERE ticket_id = ?", (ticket_id,))
    before = {row["email"]: row["role"] for row in found}
    gone = set(before) - {p.email for p in people}
    _withdraw(tx, ticket_id, sorted(email for email in gone if before[email] != Role.AGENT))
    tx.executemany(
        "DELETE FROM participants WHERE ticket_id = ? AND email = ?",
        [(ticket_id, email) for email in sorted(gone)],
    )
    tx.executemany(_INSERT + _OR_CHANGE, [_row(ticket_id, p, now) for p in people])
    tx.executemany(
        "INSERT INTO taken_off (ticket_id, email) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(ticket_id, email) for email in ticket.taken_off],
    )
    _bring_back(tx, ticket_id, people)


def _withdraw(tx: Tx, ticket_id: int, gone: list[str]) -> None:
    """Take back the ticket's news for people who are no longer on it, as far as it waits still."""
    tx.execute(
        """DELETE FROM outbox WHERE ticket_id = :id AND state = 'queued' AND attempts = 0
           AND recipient IN (SELECT value FROM json_each(:gone))
           AND event IN (SELECT value FROM json_each(:news))""",
        {"id": ticket_id, "gone": json.dumps(gone), "news": _NEWS},
    )


def _row(ticket_id: int, p: Participant, now: int) -> dict[str, object]:
    joins = p.sees_after == FROM_NOW
    return {
        "ticket_id": ticket_id,
        "email": p.email,
        "name": p.name,
        "role": p.role,
        "muted": p.is_muted,
        "joins": joins,
        "sees_after": now if joins else p.sees_after,
    }


def _bring_back(tx: Tx, ticket_id: int, people: tuple[Participant, ...]) -> None:
    tx.executemany(
        "DELETE FROM taken_off WHERE ticket_id = ? AND email = ?",
        [(ticket_id, p.email) for p in people],
    )


def _newest(tx: Tx, ticket_id: int) -> int:
    row = tx.execute(
        "SELECT coalesce(max(id), 0) AS newest FROM comments WHERE ticket_id = ?", (ticket_id,)
    ).fetchone()
    return int(row["newest"])
