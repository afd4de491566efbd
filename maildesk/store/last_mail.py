"""Where each reader of a ticket is in its thread.

In: what somebody sent to a ticket, what went to them. Out: the ids at the end of the References of
the next mail to them, which hang it onto the thread that their mail program has.

    the newest is    References end with        because
    a mail of ours   it
    an answer        our mail, the answer       who keeps no copies of their own sees our mail above
    any other mail   their mail, our mail       it hangs on nothing, and would begin another thread

The last one is what a mail program hangs the new mail onto.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from maildesk.store.writer import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The newest mail that a reader sent or got, and how References end."""

    newest: str | None = None
    ids: tuple[str, ...] = ()


def note_got(tx: Tx, ticket_id: int, email: str, message_id: str) -> None:
    """Our mail is the newest that this reader has."""
    tx.execute(
        """INSERT INTO last_mail (ticket_id, email, got) VALUES (:ticket_id, :email, :message_id)
           ON CONFLICT (ticket_id, email) DO UPDATE SET got = excluded.got, sent = ''""",
        {"ticket_id": ticket_id, "email": email, "message_id": message_id},
    )


def note_sent(
    tx: Tx, ticket_id: int, email: str, message_id: str, answered: tuple[str, ...]
) -> None:
    """Their own mail, with the ids that it refers to, is the newest that this reader has."""
    tx.execute(
        """INSERT INTO last_mail (ticket_id, email, sent, is_loose)
           VALUES (:ticket_id, :email, :message_id, :is_loose)
           ON CONFLICT (ticket_id, email)
           DO UPDATE SET sent = excluded.sent, is_loose = excluded.is_loose""",
        {
            "ticket_id": ticket_id,
            "email": email,
            "message_id": message_id,
            "is_loose": not _is_of(tx, ticket_id, answered),
        },
    )


def place_of(conn: sqlite3.Connection, ticket_id: int, email: str) -> Place:
    """Where this reader is."""
    row = conn.execute(
        "SELECT sent, got, is_loose FROM last_mail WHERE ticket_id = :id AND email = :email",
        {"id": ticket_id, "email": email},
    ).fetchone()
    if row is None:
        return Place()
    ids = (row["sent"], row["got"]) if row["is_loose"] else (row["got"], row["sent"])
    return Place(newest=row["sent"] or row["got"], ids=tuple(i for i in ids if i))


def _is_of(tx: Tx, ticket_id: int, ids: tuple[str, ...]) -> bool:
    """Whether one of the ids is that of a mail of the ticket."""
    found = tx.execute(
        """SELECT 1 FROM json_each(:ids) JOIN message_ids
           ON message_ids.message_id = value AND message_ids.ticket_id = :ticket_id LIMIT 1""",
        {"ids": json.dumps([i.lower() for i in ids]), "ticket_id": ticket_id},
    )
    return found.fetchone() is not None
