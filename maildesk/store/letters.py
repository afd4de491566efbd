"""What the courier reads for a mail: the comment it carries and where its files are.

In: a comment's id. Out: the words and attachments as they were recorded; comments never change.
*Fails:* NotFound when there is no such comment.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from maildesk.core.message import Attachment, Mailbox
from maildesk.errors import NotFound
from maildesk.store.database import moment


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredComment:
    """A comment as a mail shows it; its files lie in the raw message of `inbox_id`."""

    author: Mailbox
    is_by_agent: bool
    at: datetime
    text: str
    html: str | None
    inbox_id: int | None
    attachments: tuple[Attachment, ...]
    is_internal: bool = False


def read_comment(conn: sqlite3.Connection, comment_id: int) -> StoredComment:
    """The comment with its attachments."""
    row = conn.execute("SELECT * FROM comments WHERE id = :id", {"id": comment_id}).fetchone()
    if row is None:
        message = f"no comment {comment_id}"
        raise NotFound(message)
    return StoredComment(
        author=Mailbox(email=row["author_email"], name=row["author_name"]),
        is_by_agent=row["agent"] is not None,
        at=moment(row["at"]),
        text=row["text"],
        html=row["html"],
        inbox_id=row["inbox_id"],
        attachments=read_attachments(conn, comment_id),
        is_internal=row["visibility"] == "internal",
    )


def read_attachments(conn: sqlite3.Connection, comment_id: int) -> tuple[Attachment, ...]:
    """The files of a comment, in the order of the mail."""
    rows = conn.execute(
        "SELECT * FROM attachments WHERE comment_id = :id ORDER BY part", {"id": comment_id}
    )
    return tuple(
        Attachment(
            name=row["name"],
            type=row["type"],
            size=row["size"],
            sha256=row["sha256"],
            part=row["part"],
            inline=bool(row["inline"]),
            content_id=row["content_id"],
        )
        for row in rows
    )


def newest_public(
    conn: sqlite3.Connection, ticket_id: int, limit: int, *, but: int | None
) -> tuple[int, ...]:
    """The ids of the newest public comments, oldest first, without that one."""
    rows = conn.execute(
        """SELECT id FROM comments
           WHERE ticket_id = :id AND visibility = 'public' AND id IS NOT :but
           ORDER BY at DESC, id DESC LIMIT :limit""",
        {"id": ticket_id, "but": but, "limit": limit},
    ).fetchall()
    return tuple(int(row["id"]) for row in reversed(rows))
