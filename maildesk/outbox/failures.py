"""What follows when the relay has refused a mail, or it was given up.

In: a dead mail. Out: the mark on its reader, an event, and notices to the ticket's agents, all as
for a bounce (`core.undeliverable`); never to the address that failed, and nothing about a notice
of that kind itself: an error is not answered with an error.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

from datetime import datetime

from maildesk.core import notices
from maildesk.core.model import Event, Policy, Ticket
from maildesk.core.phrase import phrase
from maildesk.core.status_code import read_status
from maildesk.core.undeliverable import QUIET, Failure, set_back
from maildesk.outbox import compose
from maildesk.outbox.occasion import Occasion
from maildesk.store import record
from maildesk.store.aliases import leads_to
from maildesk.store.gather import load_ticket
from maildesk.store.outbox import Claim
from maildesk.store.writer import Tx


def tell(
    tx: Tx,
    claim: Claim,
    error: str,
    *,
    by_relay: bool,
    policy: Policy,
    secret: bytes,
    now: datetime,
) -> None:
    """Mark, note and queue the news of a dead mail; `by_relay`: the relay judged its recipient."""
    item = claim.item
    if item.event in QUIET:
        return
    about = leads_to(tx, item.ticket_id) if item.ticket_id is not None else None
    ticket = load_ticket(tx, about) if about is not None else None
    desk = next((d for d in policy.desks if ticket and d.key == ticket.desk), policy.desks[0])
    occasion = Occasion(
        policy=policy,
        secret=secret,
        desk=desk,
        cause=f"dead:{claim.id}:{now.isoformat()}",
        now=now,
        ticket=ticket,
        comment_id=item.comment_id if item.event == Event.COMMENT_PUBLIC else None,
    )
    if ticket is None:
        title = phrase("returned.title", address=item.recipient)
        lines = (
            phrase("returned.to", address=item.recipient),
            phrase("returned.subject", words=item.subject),
            phrase("returned.reason", words=error),
        )
        compose.queue(tx, notices.alerts(policy, title, lines), occasion)
        return
    failure = _failure(ticket, claim, error, by_relay=by_relay)
    setback = set_back(failure, policy, desk)
    record.set_marks(tx, ticket.id, setback.marks)
    record.add_facts(tx, ticket.id, setback.facts, now, {"outbox_id": claim.id})
    compose.queue(tx, setback.notices, occasion)


def _failure(ticket: Ticket, claim: Claim, error: str, *, by_relay: bool) -> Failure:
    return Failure(
        ticket=ticket,
        address=claim.item.recipient,
        status=read_status(error) if by_relay else "",
        reason=error,
        why=(phrase("returned.subject", words=claim.item.subject),),
        by="relay" if by_relay else "",
        is_proved=by_relay,
        outbox_id=claim.id,
    )
