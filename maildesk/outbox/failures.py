"""Telling people that a mail could not be delivered.

In: a mail that was given up. Out: notices to the ticket's agents, never to the address that
failed, and never about such a notice itself: an error is not answered with an error.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

from datetime import datetime

from maildesk.core import notices
from maildesk.core.model import Event, Policy
from maildesk.outbox import compose
from maildesk.outbox.compose import Occasion
from maildesk.store.gather import load_ticket
from maildesk.store.outbox import Claim
from maildesk.store.writer import Tx

_QUIET = (Event.DELIVERY_FAILED, Event.ADMIN_ALERT)


def tell(tx: Tx, claim: Claim, error: str, *, policy: Policy, secret: bytes, now: datetime) -> None:
    """Queue the news of a dead mail."""
    item = claim.item
    if item.event in _QUIET:
        return
    ticket = load_ticket(tx, item.ticket_id) if item.ticket_id is not None else None
    desk = next((d for d in policy.desks if ticket and d.key == ticket.desk), policy.desks[0])
    occasion = Occasion(
        policy=policy,
        secret=secret,
        desk=desk,
        cause=f"dead:{claim.id}:{now.isoformat()}",
        now=now,
        ticket=ticket,
    )
    lines = (f"to: {item.recipient}", f"subject: {item.subject}", f"reason: {error}")
    title = f"A mail to {item.recipient} could not be delivered"
    told = (
        notices.undelivered(policy, desk, ticket.owner, item.recipient, title, lines)
        if ticket
        else notices.alerts(policy, title, lines)
    )
    compose.queue(tx, told, occasion)
