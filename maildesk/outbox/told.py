"""The mails of one decision: about its own ticket, and about every other one that it touches.

In: a decision, where it was recorded, the occasion. Out: rows of the outbox.
*Fails:* sqlite3.Error as the database gives it.
"""

from __future__ import annotations

from dataclasses import replace

from maildesk.core.model import Decision, NewComment, Visibility
from maildesk.outbox import compose
from maildesk.outbox.occasion import Occasion
from maildesk.store import gather
from maildesk.store.record import Recorded
from maildesk.store.writer import Tx


def write_to_people(tx: Tx, decision: Decision, occasion: Occasion, recorded: Recorded) -> None:
    """Queue all of them; who gets a mail of one event about the first ticket gets no second."""
    if decision.notices:
        ticket_id = recorded.ticket_id if recorded.ticket_id is not None else decision.about
        comment_id = recorded.comment_id or decision.about_comment
        here = occasion
        if ticket_id is not None:
            here = _about(tx, occasion, ticket_id, comment_id, decision.comment)
        compose.queue(tx, decision.notices, here)
    for aside, place in zip(decision.asides, recorded.asides, strict=False):
        if aside.notices and place.ticket_id is not None:
            there = _about(tx, occasion, place.ticket_id, place.comment_id, aside.comment)
            if aside.is_here:  # a second comment on it, which whoever got the first gets, too
                there = replace(there, cause=f"{occasion.cause}:answer")
            compose.queue(tx, aside.notices, there)


def _about(
    tx: Tx, occasion: Occasion, ticket_id: int, comment_id: int | None, words: NewComment | None
) -> Occasion:
    """The occasion, now that its ticket and its comment are known."""
    ticket = gather.load_ticket(tx, ticket_id)
    desks = (d for d in occasion.policy.desks if d.key == ticket.desk)
    return occasion.about(
        ticket,
        next(desks, occasion.desk),
        comment_id,
        is_internal=words is not None and words.visibility is Visibility.INTERNAL,
    )
