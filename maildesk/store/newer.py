"""What was said on a ticket since the mail that somebody answers; answers that were held for it.

In: hints of a message. Out: comments, newest last; ids of held messages.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator

from maildesk.core.hint import Hint
from maildesk.core.message import Mailbox
from maildesk.core.newer import Newer
from maildesk.core.stale import REASON

_MOST = 5


def newer_comments(conn: sqlite3.Connection, hints: Iterable[Hint], agent: str) -> Iterator[Newer]:
    """What others than this agent have said since the newest mail of ours that a message names.

    Of many the newest few.
    """
    seen: dict[int, list[str]] = {}
    for hint in hints:
        if hint.signed and hint.sent_to:
            seen.setdefault(hint.ticket_id, []).append(hint.value.lower())
    for ticket_id, ids in seen.items():
        last = _last_seen(conn, ids)
        if last is not None:
            yield from _since(conn, ticket_id, last, agent)


def held_answers(conn: sqlite3.Connection, ticket_ids: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Ticket and message of each answer that waits for its writer's word."""
    rows = conn.execute(
        """SELECT ticket_id, id FROM inbox
           WHERE ticket_id IN (SELECT value FROM json_each(:ids))
           AND state = 'held' AND reason = :reason""",
        {"ids": json.dumps(list(ticket_ids)), "reason": REASON},
    )
    for row in rows:
        yield row["ticket_id"], row["id"]


def let_in_answers(
    conn: sqlite3.Connection, ticket_ids: Iterable[int]
) -> Iterator[tuple[int, int]]:
    """Ticket and message of each answer that was held, until its writer let it go or kept it."""
    rows = conn.execute(
        """SELECT ticket_id, id FROM inbox
           WHERE ticket_id IN (SELECT value FROM json_each(:ids))
           AND state <> 'held' AND let_in > 0""",
        {"ids": json.dumps(list(ticket_ids))},
    )
    for row in rows:
        yield row["ticket_id"], row["id"]


def _last_seen(conn: sqlite3.Connection, ids: list[str]) -> int | None:
    row = conn.execute(
        """SELECT max(newest_comment) AS id FROM outbox
           WHERE message_id IN (SELECT value FROM json_each(:ids))""",
        {"ids": json.dumps(ids)},
    ).fetchone()
    return row["id"] if row else None


def _since(conn: sqlite3.Connection, ticket_id: int, last: int, agent: str) -> Iterator[Newer]:
    rows = conn.execute(
        """SELECT author_email, author_name, agent, text FROM comments
           WHERE ticket_id = :ticket_id AND visibility = 'public' AND id > :last
           AND agent IS NOT :agent
           ORDER BY id DESC LIMIT :most""",
        {"ticket_id": ticket_id, "last": last, "agent": agent, "most": _MOST},
    ).fetchall()
    for row in reversed(rows):
        yield Newer(
            ticket_id=ticket_id,
            author=Mailbox(email=row["author_email"], name=row["author_name"]),
            agent=row["agent"],
            text=row["text"],
        )
