"""Mail to go out: rows made with their cause, claimed, sent, deferred or given up.

In: items, inside the transaction of their cause; later the courier's results. Out: claims.

    queued ──claim──► sending ──► sent
                         │  ├───► deferred ──claim──► sending …
                         │  └───► dead ──retry by a person──► queued
                         └ a crash leaves it here; `recover` at the next start makes it deferred

UNIQUE (cause, recipient) makes every mail happen once, however often its cause is looked at.
*Fails:* NotFound for an id that names nothing; sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from maildesk.core.model import Fact
from maildesk.core.recipients import plain_address
from maildesk.errors import NotFound
from maildesk.store import record
from maildesk.store.database import moment, stamp
from maildesk.store.writer import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxItem:
    """One mail to one person: what never changes between its attempts.

    `snapshot` is the JSON that its template gets, besides the comment, which never changes.
    `reverse_path` is null, fixed or verp; the courier makes the address of it.
    """

    event: str
    cause: str
    created_at: datetime
    due_at: datetime
    recipient: str
    recipient_name: str
    language: str
    subject: str
    message_id: str
    in_reply_to: str | None
    thread: tuple[str, ...]
    from_name: str
    from_address: str
    reply_to: str
    reverse_path: str
    auto_submitted: str | None
    counted: bool
    snapshot: str
    ticket_id: int | None = None
    comment_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A row the courier holds; `attempts` counts this one."""

    id: int
    attempts: int
    item: OutboxItem


def add(tx: Tx, item: OutboxItem) -> bool:
    """Queue a mail; False when the same cause has already written to this person."""
    return bool(
        tx.execute(
            """INSERT INTO outbox (created_at, event, cause, ticket_id, comment_id, recipient,
                   recipient_name, language, subject, message_id, in_reply_to, thread, from_name,
                   from_address, reply_to, reverse_path, auto_submitted, counted_as, snapshot,
                   state, due_at, newest_comment)
               VALUES (:created_at, :event, :cause, :ticket_id, :comment_id, :recipient,
                   :recipient_name, :language, :subject, :message_id, :in_reply_to, :thread,
                   :from_name, :from_address, :reply_to, :reverse_path, :auto_submitted,
                   :counted_as, :snapshot, 'queued', :due_at,
                   (SELECT max(id) FROM comments WHERE ticket_id = :ticket_id))
               ON CONFLICT (cause, recipient) DO NOTHING""",
            {
                "created_at": stamp(item.created_at),
                "event": item.event,
                "cause": item.cause,
                "ticket_id": item.ticket_id,
                "comment_id": item.comment_id,
                "recipient": item.recipient,
                "recipient_name": item.recipient_name,
                "language": item.language,
                "subject": item.subject,
                "message_id": item.message_id,
                "in_reply_to": item.in_reply_to,
                "thread": json.dumps(item.thread),
                "from_name": item.from_name,
                "from_address": item.from_address,
                "reply_to": item.reply_to,
                "reverse_path": item.reverse_path,
                "auto_submitted": item.auto_submitted,
                "counted_as": plain_address(item.recipient) if item.counted else None,
                "snapshot": item.snapshot,
                "due_at": stamp(item.due_at),
            },
        ).rowcount
    )


def waiting_for(
    tx: Tx, ticket_id: int, recipient: str, events: tuple[str, ...], now: datetime
) -> tuple[Claim, ...]:
    """The mails about a ticket that wait for more to go with them, the newest first."""
    rows = tx.execute(
        """SELECT * FROM outbox WHERE ticket_id = :ticket_id AND recipient = :recipient
           AND state = 'queued' AND attempts = 0 AND due_at > :now
           AND event IN (SELECT value FROM json_each(:events)) ORDER BY id DESC""",
        {
            "ticket_id": ticket_id,
            "recipient": recipient,
            "now": stamp(now),
            "events": json.dumps(events),
        },
    )
    return tuple(_claim(row) for row in rows)


def amend(tx: Tx, row_id: int, item: OutboxItem) -> None:
    """Say more in a mail that has not been tried yet."""
    tx.execute(
        """UPDATE outbox SET created_at = :created_at, event = :event, comment_id = :comment_id,
               from_name = :from_name, reverse_path = :reverse_path,
               auto_submitted = :auto_submitted, snapshot = :snapshot,
               newest_comment = (SELECT max(id) FROM comments WHERE ticket_id = outbox.ticket_id)
           WHERE id = :id""",
        {
            "created_at": stamp(item.created_at),
            "event": item.event,
            "comment_id": item.comment_id,
            "from_name": item.from_name,
            "reverse_path": item.reverse_path,
            "auto_submitted": item.auto_submitted,
            "snapshot": item.snapshot,
            "id": row_id,
        },
    )


def withdraw(tx: Tx, row_id: int) -> None:
    """Take back a mail that has not been tried yet."""
    tx.execute("DELETE FROM outbox WHERE id = :id AND state = 'queued'", {"id": row_id})


def claim_due(tx: Tx, now: datetime, limit: int) -> tuple[Claim, ...]:
    """Take the mails that are due, oldest first, and mark them as being sent."""
    rows = tx.execute(
        """UPDATE outbox SET state = 'sending', attempts = attempts + 1
           WHERE id IN (SELECT id FROM outbox WHERE state IN ('queued', 'deferred')
               AND due_at <= :now ORDER BY due_at, id LIMIT :limit)
           RETURNING *""",
        {"now": stamp(now), "limit": limit},
    ).fetchall()
    return tuple(_claim(row) for row in sorted(rows, key=lambda r: (r["due_at"], r["id"])))


def by_message_id(conn: sqlite3.Connection, message_id: str) -> OutboxItem | None:
    """The mail that has this Message-ID, whatever became of it."""
    row = conn.execute(
        "SELECT * FROM outbox WHERE message_id = :message_id", {"message_id": message_id}
    ).fetchone()
    return _claim(row).item if row else None


def newest_to(
    conn: sqlite3.Connection, ticket_id: int, addresses: tuple[str, ...], limit: int
) -> tuple[OutboxItem, ...]:
    """The newest mails about a ticket to one person, who may have several addresses."""
    rows = conn.execute(
        """SELECT * FROM outbox WHERE ticket_id = :id
           AND recipient IN (SELECT value FROM json_each(:addresses))
           ORDER BY id DESC LIMIT :most""",
        {"id": ticket_id, "addresses": json.dumps(addresses), "most": limit},
    )
    return tuple(_claim(row).item for row in rows)


def next_due(conn: sqlite3.Connection) -> datetime | None:
    """When the next mail is due, if any waits."""
    row = conn.execute(
        "SELECT min(due_at) AS due FROM outbox WHERE state IN ('queued', 'deferred')"
    ).fetchone()
    return moment(row["due"]) if row["due"] else None


def mark_sent(tx: Tx, row_id: int, at: datetime) -> None:
    """The relay has it."""
    tx.execute(
        "UPDATE outbox SET state = 'sent', sent_at = :at, last_error = '' WHERE id = :id",
        {"at": stamp(at), "id": row_id},
    )


def mark_deferred(tx: Tx, row_id: int, until: datetime, error: str) -> None:
    """Not now; the same mail again at `until`."""
    tx.execute(
        """UPDATE outbox SET state = 'deferred', due_at = :until, last_error = :error
           WHERE id = :id""",
        {"until": stamp(until), "error": error, "id": row_id},
    )


def mark_untried(tx: Tx, row_id: int, until: datetime, error: str) -> None:
    """The relay was not to be had: the mail was never judged, so the attempt does not count."""
    tx.execute(
        """UPDATE outbox SET state = CASE WHEN attempts > 1 THEN 'deferred' ELSE 'queued' END,
               attempts = attempts - 1, due_at = :until, last_error = :error WHERE id = :id""",
        {"until": stamp(until), "error": error, "id": row_id},
    )


def mark_dead(tx: Tx, row_id: int, error: str) -> None:
    """Given up, with the cause."""
    tx.execute(
        "UPDATE outbox SET state = 'dead', last_error = :error WHERE id = :id",
        {"error": error, "id": row_id},
    )


def revive(tx: Tx, row_id: int, now: datetime) -> None:
    """Try a dead or deferred mail again at once, or a sent one that has come back.

    Its reader is marked undeliverable no more.
    """
    row = tx.execute(
        """UPDATE outbox SET state = 'queued', due_at = :now, attempts = 0
           WHERE id = :id AND (state IN ('dead', 'deferred') OR state = 'sent' AND EXISTS (
               SELECT 1 FROM participants p WHERE p.ticket_id = outbox.ticket_id
               AND p.email = outbox.recipient AND p.undeliverable IS NOT NULL))
           RETURNING ticket_id, recipient""",
        {"now": stamp(now), "id": row_id},
    ).fetchone()
    if row and row["ticket_id"] is not None:
        _lift_mark(tx, row["ticket_id"], row["recipient"], now)
    if row is None:
        found = tx.execute("SELECT state FROM outbox WHERE id = :id", {"id": row_id}).fetchone()
        what = f"is {found['state']}, not dead or deferred" if found else "is not in the outbox"
        message = f"mail {row_id} {what}"
        raise NotFound(message)


def _lift_mark(tx: Tx, ticket_id: int, recipient: str, now: datetime) -> None:
    if record.clear_mark(tx, ticket_id, recipient):
        because = (("because", "sent again by hand"),)
        fact = Fact(kind="delivery resumed", actor=recipient, detail=because)
        record.add_facts(tx, ticket_id, (fact,), now, {})


def recover(tx: Tx, now: datetime) -> int:
    """After a crash: what was being sent may or may not have gone; the same mail goes again."""
    return tx.execute(
        """UPDATE outbox SET state = 'deferred', due_at = :now,
               last_error = 'the program ended while this was being sent'
           WHERE state = 'sending'""",
        {"now": stamp(now)},
    ).rowcount


def _claim(row: sqlite3.Row) -> Claim:
    item = OutboxItem(
        event=row["event"],
        cause=row["cause"],
        created_at=moment(row["created_at"]),
        due_at=moment(row["due_at"]),
        recipient=row["recipient"],
        recipient_name=row["recipient_name"],
        language=row["language"],
        subject=row["subject"],
        message_id=row["message_id"],
        in_reply_to=row["in_reply_to"],
        thread=tuple(json.loads(row["thread"])),
        from_name=row["from_name"],
        from_address=row["from_address"],
        reply_to=row["reply_to"],
        reverse_path=row["reverse_path"],
        auto_submitted=row["auto_submitted"],
        counted=row["counted_as"] is not None,
        snapshot=row["snapshot"],
        ticket_id=row["ticket_id"],
        comment_id=row["comment_id"],
    )
    return Claim(id=row["id"], attempts=row["attempts"], item=item)
