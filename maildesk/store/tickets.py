"""Tickets as people read them: lists with filters, and one with everything on it.

In: a read-only connection, filters or a key. Out: shapes. Lists come oldest first; a limit keeps
the newest.
*Fails:* NotFound for a key that names nothing.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from maildesk.errors import NotFound
from maildesk.store.aliases import ticket_of
from maildesk.store.answers import queue_ids
from maildesk.store.letters import read_attachments
from maildesk.store.shapes import (
    AttachmentShape,
    CommentShape,
    EventShape,
    LinkShape,
    TicketPerson,
    TicketShape,
    WholeTicket,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    """What a list is narrowed to; None is no filter."""

    desk: str | None = None
    status: str | None = None
    owner: str | None = None
    organisation: str | None = None
    type: str | None = None
    priority: str | None = None
    is_open: bool | None = None
    limit: int | None = None


_LIST = """SELECT * FROM tickets WHERE merged_into IS NULL AND (:desk IS NULL OR desk = :desk)
    AND (:status IS NULL OR lower(status) = lower(:status))
    AND (:owner IS NULL OR owner = :owner)
    AND (:organisation IS NULL OR lower(organisation) = lower(:organisation))
    AND (:type IS NULL OR type = lower(:type))
    AND (:priority IS NULL OR priority = :priority)
    AND (:is_open IS NULL OR is_open = :is_open)
    ORDER BY id DESC LIMIT :limit"""


def list_tickets(conn: sqlite3.Connection, wanted: TicketFilter) -> list[TicketShape]:
    """The tickets that the filter leaves, oldest first."""
    rows = conn.execute(
        _LIST,
        {
            "desk": wanted.desk.upper() if wanted.desk else None,
            "status": wanted.status,
            "owner": wanted.owner,
            "organisation": wanted.organisation,
            "type": wanted.type,
            "priority": wanted.priority.upper() if wanted.priority else None,
            "is_open": wanted.is_open,
            "limit": -1 if wanted.limit is None else wanted.limit,
        },
    ).fetchall()
    return [_ticket(conn, row) for row in reversed(rows)]


def queue(conn: sqlite3.Connection, *, limit: int | None = None) -> list[TicketShape]:
    """The open tickets, the most urgent first, as `#queue` has them."""
    rows = (_by_id(conn, ticket_id) for ticket_id in queue_ids(conn, limit))
    return [_ticket(conn, row) for row in rows]


def show_ticket(conn: sqlite3.Connection, key: str) -> WholeTicket:
    """Everything on one ticket."""
    row = _row(conn, key)
    return {
        **_ticket(conn, row),
        "comments": _comments(conn, row["id"]),
        "links": _links(conn, row["id"]),
        "events": _events(conn, row["id"]),
    }


def ticket_log(conn: sqlite3.Connection, key: str) -> list[EventShape]:
    """What happened to one ticket, oldest first."""
    return _events(conn, _row(conn, key)["id"])


def _by_id(conn: sqlite3.Connection, ticket_id: int) -> sqlite3.Row:
    row: sqlite3.Row = conn.execute(
        "SELECT * FROM tickets WHERE id = :id", {"id": ticket_id}
    ).fetchone()
    return row


def _row(conn: sqlite3.Connection, key: str) -> sqlite3.Row:
    wanted = key.strip().strip("[]").upper()
    row: sqlite3.Row | None = conn.execute(
        "SELECT * FROM tickets WHERE id = :id", {"id": ticket_of(conn, wanted)}
    ).fetchone()
    if row is None:
        message = f"no ticket {key}"
        raise NotFound(message)
    return row


def _ticket(conn: sqlite3.Connection, row: sqlite3.Row) -> TicketShape:
    return {
        "key": row["key"],
        "desk": row["desk"],
        "subject": row["subject"],
        "type": row["type"],
        "status": row["status"],
        "priority": row["priority"],
        "urgency": row["urgency"],
        "impact": row["impact"],
        "language": row["language"],
        "requester": {"email": row["requester_email"], "name": row["requester_name"]},
        "organisation": row["organisation"],
        "owner": row["owner"],
        "participants": _participants(conn, row["id"]),
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "resolved_at": row["resolved_at"],
        "rating": row["rating"],
        "clocks": [],
    }


def _participants(conn: sqlite3.Connection, ticket_id: int) -> list[TicketPerson]:
    rows = conn.execute(
        """SELECT email, role FROM participants WHERE ticket_id = :id
           ORDER BY role = 'agent', role = 'participant', email""",
        {"id": ticket_id},
    )
    return [{"email": r["email"], "role": r["role"]} for r in rows]


def _comments(conn: sqlite3.Connection, ticket_id: int) -> list[CommentShape]:
    rows = conn.execute(
        "SELECT * FROM comments WHERE ticket_id = :id ORDER BY at, id", {"id": ticket_id}
    ).fetchall()
    return [
        {
            "id": r["id"],
            "author": {"email": r["author_email"], "name": r["author_name"]},
            "via": r["via"],
            "visibility": r["visibility"],
            "at": r["at"],
            "text": r["text"],
            "full_text": r["full_text"],
            "html": r["html"],
            "message_id": r["message_id"],
            "inbox_id": r["inbox_id"],
            "attachments": _attachments(conn, r["id"]),
        }
        for r in rows
    ]


def _attachments(conn: sqlite3.Connection, comment_id: int) -> list[AttachmentShape]:
    return [
        {
            "name": file.name,
            "type": file.type,
            "size": file.size,
            "sha256": file.sha256,
            "inline": file.inline,
        }
        for file in read_attachments(conn, comment_id)
    ]


def _links(conn: sqlite3.Connection, ticket_id: int) -> list[LinkShape]:
    rows = conn.execute(
        "SELECT kind, target FROM links WHERE ticket_id = :id ORDER BY kind, target",
        {"id": ticket_id},
    )
    return [{"kind": r["kind"], "to": r["target"]} for r in rows]


def _events(conn: sqlite3.Connection, ticket_id: int) -> list[EventShape]:
    rows = conn.execute("SELECT * FROM events WHERE ticket_id = :id ORDER BY id", {"id": ticket_id})
    return [
        {
            "at": r["at"],
            "actor": r["actor"],
            "kind": r["kind"],
            "detail": json.loads(r["detail"]),
        }
        for r in rows
    ]
