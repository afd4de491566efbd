"""What a decision makes of a ticket that is there: its row, its people, and what lies beside.

In: a change that the core decided: the ticket as it is to be. Out: the rows as they are then.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

from datetime import datetime

from maildesk.core.effects import (
    AskEstimate,
    Block,
    DecideEstimate,
    Effect,
    EnterTime,
    LetIn,
    Merge,
    Rate,
    SetFields,
    Undo,
)
from maildesk.core.model import Change, Ticket
from maildesk.store.blocked import block_sender
from maildesk.store.database import stamp
from maildesk.store.estimates import add_estimate, decide_estimate
from maildesk.store.fields import set_fields
from maildesk.store.inbox import let_in
from maildesk.store.links import set_links
from maildesk.store.merging import merge
from maildesk.store.people import set_people
from maildesk.store.ratings import set_rating
from maildesk.store.time_entries import add_time_entry
from maildesk.store.undoing import undo
from maildesk.store.writer import Tx


def apply_change(
    tx: Tx, ticket_id: int, change: Change, now: datetime, inbox_id: int | None = None
) -> None:
    """Write everything the change says."""
    _set_row(tx, ticket_id, change.ticket, now)
    set_links(tx, ticket_id, change.ticket.links)
    set_people(tx, ticket_id, change.ticket)
    for effect in change.effects:
        _bring_about(tx, ticket_id, effect, now, inbox_id)


def _bring_about(
    tx: Tx, ticket_id: int, effect: Effect, now: datetime, inbox_id: int | None
) -> None:
    match effect:
        case Block():
            block_sender(tx, effect.address, effect.by, now)
        case Undo():
            undo(tx, effect.id, now)
        case Merge():
            merge(tx, effect.source, effect.target)
        case EnterTime():
            add_time_entry(tx, ticket_id, effect.entry, inbox_id)
        case AskEstimate():
            add_estimate(tx, ticket_id, effect.estimate)
        case DecideEstimate():
            decide_estimate(tx, ticket_id, effect.estimate)
        case Rate():
            set_rating(tx, ticket_id, effect.rating, effect.by, now)
        case SetFields():
            set_fields(tx, ticket_id, effect.fields)
        case LetIn():
            let_in(tx, effect.inbox_id, as_a_note=effect.as_a_note)


def _set_row(tx: Tx, ticket_id: int, ticket: Ticket, now: datetime) -> None:
    tx.execute(
        """UPDATE tickets SET
               status_since = CASE WHEN status = :status THEN status_since ELSE :now END,
               reminded = CASE WHEN status = :status THEN reminded ELSE 0 END,
               mail_subject = CASE WHEN :is_new THEN :subject ELSE mail_subject END,
               subject = :subject, type = :type, status = :status,
               status_before = :status_before, priority = :priority, urgency = :urgency,
               impact = :impact, own_priority = :own_priority, language = :language,
               requester_email = :email, requester_name = :name, organisation = :organisation,
               shared = :shared,
               owner = :owner, due_on = :due_on, is_open = :is_open, resolved_at = :resolved_at,
               updated_at = max(updated_at, :now)
           WHERE id = :id""",
        {
            "subject": ticket.subject,
            "is_new": ticket.id == 0,
            "type": ticket.type,
            "status": ticket.status,
            "status_before": ticket.status_before,
            "priority": ticket.priority,
            "urgency": ticket.urgency,
            "impact": ticket.impact,
            "own_priority": ticket.has_own_priority,
            "language": ticket.language,
            "email": ticket.requester.email,
            "name": ticket.requester.name,
            "organisation": ticket.organisation,
            "shared": ticket.is_shared,
            "owner": ticket.owner,
            "due_on": ticket.due_on.isoformat() if ticket.due_on else None,
            "is_open": ticket.is_open,
            "resolved_at": stamp(ticket.resolved_at) if ticket.resolved_at else None,
            "now": stamp(now),
            "id": ticket_id,
        },
    )
