"""What commands make of a ticket that is there: its requester, its people, its end.

In: a change that the core decided. Out: the rows as they are then.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

from datetime import datetime

from maildesk.core.model import Change, Mailbox
from maildesk.store.blocked import block_sender
from maildesk.store.workflow import set_status
from maildesk.store.writer import Tx


def apply_change(tx: Tx, ticket_id: int, change: Change, now: datetime) -> None:
    """Write everything the change says."""
    if change.requester:
        _set_requester(tx, ticket_id, change.requester, change)
    for person in change.people:
        tx.execute(
            """INSERT INTO participants (ticket_id, email, name, role)
               VALUES (:ticket_id, :email, :name, :role)
               ON CONFLICT (ticket_id, email) DO UPDATE SET role = excluded.role""",
            {
                "ticket_id": ticket_id,
                "email": person.email,
                "name": person.name,
                "role": person.role,
            },
        )
    if change.blocked:
        block_sender(tx, change.blocked, change.by, now)
    if change.closed_as:
        set_status(tx, ticket_id, change.closed_as, is_done=True, at=now)


def _set_requester(tx: Tx, ticket_id: int, requester: Mailbox, change: Change) -> None:
    tx.execute(
        """UPDATE tickets SET requester_email = :email, requester_name = :name,
               organisation = :organisation, language = :language WHERE id = :id""",
        {
            "email": requester.email,
            "name": requester.name,
            "organisation": change.organisation,
            "language": change.language,
            "id": ticket_id,
        },
    )
