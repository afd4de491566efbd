"""The estimates of a ticket, and what became of them.

In: an estimate to be asked, a decision on one. Out: the estimates of a ticket, oldest first.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

import sqlite3
from datetime import date, datetime

from maildesk.core.estimates import Estimate, EstimateState
from maildesk.store.database import moment, stamp
from maildesk.store.writer import Tx


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


def decide_estimate(
    tx: Tx,
    ticket_id: int,
    number: int,
    state: EstimateState,
    by: str,
    words: str,
    at: datetime,
) -> bool:
    """Keep the answer to an estimate that waits for one; False where it no longer does."""
    decided = tx.execute(
        """UPDATE estimates SET state = :state, decided_by = :by, decided_at = :at,
               decided_words = :words
           WHERE ticket_id = :id AND number = :number AND state = 'asked'""",
        {
            "state": state,
            "by": by,
            "at": stamp(at),
            "words": words,
            "id": ticket_id,
            "number": number,
        },
    )
    return bool(decided.rowcount)


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
