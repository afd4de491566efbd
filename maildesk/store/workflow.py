"""Where a ticket stands: its status, and whether that is an end.

In: a ticket's id, the status by name and whether its category is `done`. Out: the changed row;
what happened and who did it goes to the events by whoever decided it.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

from datetime import datetime

from maildesk.store.database import stamp
from maildesk.store.writer import Tx

REOPENED = "Open"  # what a ticket is again when its customer writes


def set_status(tx: Tx, ticket_id: int, status: str, *, is_done: bool, at: datetime) -> None:
    """Change the status; the moment of the first end counts until the ticket is open again."""
    tx.execute(
        """UPDATE tickets SET status = :status, is_open = :is_open,
               resolved_at = CASE WHEN :is_open THEN NULL ELSE coalesce(resolved_at, :at) END,
               updated_at = max(updated_at, :at)
           WHERE id = :id""",
        {"status": status, "is_open": not is_done, "at": stamp(at), "id": ticket_id},
    )
