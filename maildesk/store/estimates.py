"""The estimates of a ticket, and what became of them.

In: an estimate to be asked, a decision on one. Out: the estimates of a ticket, oldest first.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import date

from maildesk.core.estimates import AskedEstimate, Estimate, EstimateState
from maildesk.core.model import Event
from maildesk.store.database import moment, stamp
from maildesk.store.writer import Tx

# A reminder asks, too, where an estimate is what its ticket waits for.
_ASKING = json.dumps([Event.ESTIMATE_REQUESTED, Event.WAITING_REMINDER])


def estimates_of(conn: sqlite3.Connection, ticket_id: int) -> tuple[Estimate, ...]:
    """Every estimate of the ticket, oldest first."""
    rows = conn.execute(
        "SELECT * FROM estimates WHERE ticket_id = :id ORDER BY number", {"id": ticket_id}
    )
    return tuple(_estimate(row) for row in rows)


def add_estimate(tx: Tx, ticket_id: int, estimate: Estimate) -> None:
    """Keep an estimate that is asked now; one that still waits for its answer is replaced."""
    tx.execute(
        """UPDATE estimates SET state = 'replaced'
           WHERE ticket_id = :id AND state = 'asked' AND number < :number""",
        {"id": ticket_id, "number": estimate.number},
    )
    tx.execute(
        """INSERT INTO estimates (ticket_id, number, minutes, by, words, asked_by, asked_at, state)
           VALUES (:id, :number, :minutes, :by, :words, :asked_by, :asked_at, :state)""",
        {
            "id": ticket_id,
            "number": estimate.number,
            "minutes": estimate.minutes,
            "by": estimate.by.isoformat() if estimate.by else None,
            "words": estimate.words,
            "asked_by": estimate.asked_by,
            "asked_at": stamp(estimate.asked_at),
            "state": estimate.state,
        },
    )


def decide_estimate(tx: Tx, ticket_id: int, decided: Estimate) -> bool:
    """Keep the answer to an estimate that waits for one; False where it no longer does."""
    changed = tx.execute(
        """UPDATE estimates SET state = :state, decided_by = :by, decided_at = :at,
               decided_words = :words
           WHERE ticket_id = :id AND number = :number AND state = 'asked'""",
        {
            "state": decided.state,
            "by": decided.decided_by,
            "at": stamp(decided.decided_at) if decided.decided_at else None,
            "words": decided.decided_words,
            "id": ticket_id,
            "number": decided.number,
        },
    )
    return bool(changed.rowcount)


def asked_by(conn: sqlite3.Connection, message_id: str) -> AskedEstimate | None:
    """Which estimate this mail of ours asked about, and whom; None where it asked about none."""
    row = conn.execute(
        """SELECT ticket_id, recipient, snapshot FROM outbox
           WHERE message_id = :id AND event IN (SELECT value FROM json_each(:asking))""",
        {"id": message_id, "asking": _ASKING},
    ).fetchone()
    estimate = json.loads(row["snapshot"]).get("estimate") if row else None
    if row is None or estimate is None:
        return None
    number = estimate["number"]
    return AskedEstimate(ticket_id=row["ticket_id"], number=number, recipient=row["recipient"])


def asked_in(conn: sqlite3.Connection, message_ids: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Those of these mails of ours that asked about an estimate, and whom each has asked."""
    ids = [message_id.lower() for message_id in message_ids]
    if not ids:
        return ()
    rows = conn.execute(
        """SELECT message_id, recipient FROM outbox
           WHERE event IN (SELECT value FROM json_each(:asking))
           AND json_extract(snapshot, '$.estimate') IS NOT NULL
           AND message_id IN (SELECT value FROM json_each(:ids))""",
        {"asking": _ASKING, "ids": json.dumps(ids)},
    )
    return tuple((row["message_id"], row["recipient"]) for row in rows)


def _estimate(row: sqlite3.Row) -> Estimate:
    return Estimate(
        number=row["number"],
        minutes=row["minutes"],
        by=date.fromisoformat(row["by"]) if row["by"] else None,
        words=row["words"],
        asked_by=row["asked_by"],
        asked_at=moment(row["asked_at"]),
        state=EstimateState(row["state"]),
        decided_by=row["decided_by"],
        decided_at=moment(row["decided_at"]) if row["decided_at"] else None,
        decided_words=row["decided_words"],
    )
