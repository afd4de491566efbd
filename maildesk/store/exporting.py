"""Everything that is kept of one person, to be handed to them.

In: a read-only connection, an address. Out: their tickets whole, their comments on others, the
messages that came from them, the mails that went to them. It covers what `erasing` empties.
*Fails:* NotFound for an address that stands nowhere.
"""

from __future__ import annotations

import sqlite3
from typing import TypedDict

from maildesk.errors import NotFound
from maildesk.store import erasing
from maildesk.store.blocked import is_blocked
from maildesk.store.lists import show_inbox, show_outbox
from maildesk.store.shapes import CommentShape, InboxShape, OutboxShape, WholeTicket
from maildesk.store.tickets import show_ticket


class PartShape(TypedDict):
    """A ticket of somebody else, and what the person has to do with it."""

    ticket: str
    role: str | None
    comments: list[CommentShape]


class PersonShape(TypedDict):
    """Everything on one person."""

    address: str
    names: list[str]
    tickets: list[WholeTicket]
    elsewhere: list[PartShape]
    messages: list[InboxShape]
    mails: list[OutboxShape]
    blocked: bool


def export(conn: sqlite3.Connection, address: str) -> PersonShape:
    """Everything on the person with this address."""
    address = address.lower()
    erasing.mark_out(conn, address)
    mails = conn.execute("SELECT id FROM outbox WHERE recipient = ? ORDER BY id", (address,))
    found: PersonShape = {
        "address": address,
        "names": list(erasing.names_of(conn, address)),
        "tickets": [
            show_ticket(conn, row["key"])
            for row in conn.execute(
                """SELECT key FROM tickets WHERE merged_into IS NULL AND id IN temp.theirs
                   ORDER BY id"""
            ).fetchall()
        ],
        "elsewhere": _elsewhere(conn, address),
        "messages": [
            show_inbox(conn, row["id"])
            for row in conn.execute("SELECT id FROM temp.messages ORDER BY id").fetchall()
        ],
        "mails": [show_outbox(conn, row["id"]) for row in mails.fetchall()],
        "blocked": is_blocked(conn, address),
    }
    if not any((found["tickets"], found["elsewhere"], found["messages"], found["mails"])):
        message = f"{address} stands nowhere"
        raise NotFound(message)
    return found


def _elsewhere(conn: sqlite3.Connection, address: str) -> list[PartShape]:
    rows = conn.execute(
        """SELECT t.id, t.key, p.role FROM tickets t LEFT JOIN participants p
               ON p.ticket_id = t.id AND p.email = :address
           WHERE t.merged_into IS NULL AND t.id IN temp.concerned AND t.id NOT IN temp.theirs
           ORDER BY t.id""",
        {"address": address},
    ).fetchall()
    wiped = {row["id"] for row in conn.execute("SELECT id FROM temp.wiped")}
    return [
        {
            "ticket": row["key"],
            "role": row["role"],
            "comments": [c for c in show_ticket(conn, row["key"])["comments"] if c["id"] in wiped],
        }
        for row in rows
    ]
