"""Every message that came in: the row that makes it durable, and what became of it.

In: an envelope and how its bytes are kept; later the outcome. Out: receipts, rows to work off.
*Fails:* NotFound for an id that names nothing; sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from maildesk.core.envelope import Envelope, ImapSpot, InboxState, Receipt
from maildesk.core.spelling import spelled_among
from maildesk.errors import NotFound
from maildesk.store.database import moment, stamp
from maildesk.store.raw import Kept
from maildesk.store.writer import Tx

if TYPE_CHECKING:
    # A pipe delivery writes a row and reads none of this.
    from maildesk.core.model import InboundMessage, Release
_AS_A_NOTE = 2  # of `let_in`, where 1 is: as it is


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """A stored message as processing sees it."""

    id: int
    envelope: Envelope
    state: InboxState
    reason: str
    attempts: int
    size: int


_ADD = """INSERT INTO inbox (received_at, source, mail_from, rcpt_to, peer, helo,
        authenticated_as, quiet, arrived_at, over_size, mailbox, uidvalidity, uid, size, state,
        reason, from_address)
    VALUES (:received_at, :source, :mail_from, :rcpt_to, :peer, :helo, :authenticated_as,
        :quiet, :arrived_at, :over_size, :mailbox, :uidvalidity, :uid, :size, :state, :reason,
        :from_address)
    ON CONFLICT (mailbox, uidvalidity, uid) DO NOTHING RETURNING id"""


def add(
    tx: Tx,
    envelope: Envelope,
    kept: Kept,
    *,
    state: InboxState = InboxState.PENDING,
    reason: str = "",
) -> Receipt:
    """Store a message; one that already lies here from the same IMAP spot is only recognised."""
    values = _values(envelope) | {"size": kept.size, "state": state, "reason": reason}
    row = tx.execute(_ADD, values).fetchone()
    if row is None:
        return Receipt(inbox_id=_id_of_spot(tx, envelope.spot), is_new=False)
    tx.execute(
        "INSERT INTO raw (inbox_id, content, file) VALUES (:id, :content, :file)",
        {"id": row["id"], "content": kept.content, "file": kept.file},
    )
    return Receipt(inbox_id=row["id"], is_new=True)


def _values(envelope: Envelope) -> dict[str, object]:
    spot = envelope.spot
    return {
        "received_at": stamp(envelope.received_at),
        "source": envelope.source,
        "mail_from": envelope.mail_from,
        "rcpt_to": json.dumps(envelope.rcpt_to),
        "peer": envelope.peer,
        "helo": envelope.helo,
        "authenticated_as": envelope.authenticated_as,
        "quiet": envelope.quiet,
        "arrived_at": stamp(envelope.arrived_at) if envelope.arrived_at else None,
        "over_size": envelope.over_size,
        "mailbox": spot.mailbox if spot else None,
        "uidvalidity": spot.uidvalidity if spot else None,
        "uid": spot.uid if spot else None,
        "from_address": envelope.mail_from or "",
    }


def pending_ids(conn: sqlite3.Connection, *, limit: int) -> tuple[int, ...]:
    """The oldest messages that wait."""
    rows = conn.execute(
        "SELECT id FROM inbox WHERE state = 'pending' ORDER BY received_at, id LIMIT :limit",
        {"limit": limit},
    )
    return tuple(row["id"] for row in rows)


def read(conn: sqlite3.Connection, inbox_id: int) -> InboxRow:
    """One row."""
    row = conn.execute("SELECT * FROM inbox WHERE id = :id", {"id": inbox_id}).fetchone()
    if row is None:
        message = f"no message {inbox_id} in the inbox"
        raise NotFound(message)
    return InboxRow(
        id=row["id"],
        envelope=_envelope(row),
        state=InboxState(row["state"]),
        reason=row["reason"],
        attempts=row["attempts"],
        size=row["size"],
    )


def count_attempt(tx: Tx, inbox_ids: tuple[int, ...]) -> None:
    """Note that these messages are about to be parsed, so that a killer is known after a crash."""
    tx.executemany(
        "UPDATE inbox SET attempts = attempts + 1 WHERE id = ?", [(i,) for i in inbox_ids]
    )


def uncount_attempt(tx: Tx, inbox_ids: tuple[int, ...]) -> None:
    """Note that these messages were not tried after all."""
    tx.executemany(
        "UPDATE inbox SET attempts = attempts - 1 WHERE id = ?", [(i,) for i in inbox_ids]
    )


def describe(tx: Tx, inbox_id: int, message: InboundMessage) -> None:
    """Put what lists show of a message beside its row."""
    tx.execute(
        """UPDATE inbox SET from_address = :sender, subject = :subject, message_id = :message_id
           WHERE id = :id""",
        {
            "sender": message.shown_from,
            "subject": message.subject,
            "message_id": message.message_id,
            "id": inbox_id,
        },
    )


def settle(
    tx: Tx, inbox_id: int, state: InboxState, reason: str, ticket_id: int | None, now: datetime
) -> None:
    """Mark what became of a message."""
    tx.execute(
        """UPDATE inbox SET state = :state, reason = :reason, ticket_id = :ticket_id,
               processed_at = :now WHERE id = :id""",
        {
            "state": state,
            "reason": reason,
            "ticket_id": ticket_id,
            "now": stamp(now),
            "id": inbox_id,
        },
    )


DISMISSED = "dismissed: "  # how the reason of a message begins that a person wants nothing of
_FOR_A_PERSON = (InboxState.FAILED, InboxState.HELD)


def reopen(tx: Tx, inbox_id: int) -> None:
    """Process a failed message again, or let a held one in; its tries are counted anew.

    A dismissed one is decided as if it had just come: nobody has let it in.
    """
    row = read(tx, inbox_id)
    is_dismissed = row.state is InboxState.IGNORED and row.reason.startswith(DISMISSED)
    if row.envelope.over_size:
        message = f"message {inbox_id} was never taken whole ({row.reason})"
        raise NotFound(message)
    if row.state not in _FOR_A_PERSON and not is_dismissed:
        message = f"message {inbox_id} is {row.state}, not failed, held or dismissed"
        raise NotFound(message)
    tx.execute(
        """UPDATE inbox SET state = 'pending', reason = '', attempts = 0, untold = 0,
               let_in = CASE state WHEN 'held' THEN 1 ELSE let_in END WHERE id = :id""",
        {"id": inbox_id},
    )
    tx.execute("DELETE FROM fingerprints WHERE inbox_id = :id", {"id": inbox_id})


def dismiss(tx: Tx, inbox_id: int, now: datetime) -> None:
    """End a held or failed message as ignored: a person has seen it and wants nothing of it."""
    row = read(tx, inbox_id)
    if row.state not in _FOR_A_PERSON:
        message = f"message {inbox_id} is {row.state}, not failed or held"
        raise NotFound(message)
    tx.execute(
        """UPDATE inbox SET state = 'ignored', reason = :reason, processed_at = :now, untold = 0
           WHERE id = :id""",
        {"reason": f"{DISMISSED}{row.reason}", "now": stamp(now), "id": inbox_id},
    )


def is_held(conn: sqlite3.Connection, inbox_id: int) -> bool:
    """Whether this message waits for a person."""
    found = conn.execute(
        "SELECT 1 FROM inbox WHERE id = :id AND state = 'held'", {"id": inbox_id}
    ).fetchone()
    return found is not None


def release(tx: Tx, given: Release) -> bool:
    """Let a message that was held for want of a proof be processed as that agent's.

    False when it is not held any more, or was never under one of the agent's addresses.
    """
    row = tx.execute(
        "SELECT from_address FROM inbox WHERE id = :id AND state = 'held'", {"id": given.inbox_id}
    ).fetchone()
    if row is None or not spelled_among(given.agent.emails, row["from_address"]):
        return False
    tx.execute(
        "UPDATE inbox SET authenticated_as = :agent WHERE id = :id",
        {"agent": given.agent.id, "id": given.inbox_id},
    )
    reopen(tx, given.inbox_id)
    return True


def let_in(tx: Tx, inbox_id: int, *, as_a_note: bool) -> None:
    """Go on with a held answer: as it is, or for agents alone."""
    reopen(tx, inbox_id)
    if as_a_note:
        tx.execute(
            "UPDATE inbox SET let_in = :note WHERE id = :id", {"note": _AS_A_NOTE, "id": inbox_id}
        )


def _id_of_spot(tx: Tx, spot: ImapSpot | None) -> int:
    if spot is None:
        message = "a message without an IMAP spot cannot collide with one"
        raise AssertionError(message)
    row = tx.execute(
        """SELECT id FROM inbox WHERE mailbox = :mailbox AND uidvalidity = :uidvalidity
           AND uid = :uid""",
        {"mailbox": spot.mailbox, "uidvalidity": spot.uidvalidity, "uid": spot.uid},
    ).fetchone()
    return int(row["id"])


def _envelope(row: sqlite3.Row) -> Envelope:
    spot = None
    if row["mailbox"] is not None:
        spot = ImapSpot(mailbox=row["mailbox"], uidvalidity=row["uidvalidity"], uid=row["uid"])
    return Envelope(
        source=row["source"],
        received_at=moment(row["received_at"]),
        mail_from=row["mail_from"],
        rcpt_to=tuple(json.loads(row["rcpt_to"])),
        peer=row["peer"],
        helo=row["helo"],
        authenticated_as=row["authenticated_as"],
        spot=spot,
        quiet=bool(row["quiet"]),
        is_let_in=bool(row["let_in"]),
        is_kept=row["let_in"] == _AS_A_NOTE,
        arrived_at=moment(row["arrived_at"]) if row["arrived_at"] else None,
        over_size=row["over_size"],
    )
