"""What lies beside a ticket, in lines for agents: when it is due, work, estimates, fields, rating.

In: a ticket. Out: one sentence for each that there is.
*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Iterator

from maildesk.core import intake_words
from maildesk.core.estimates import Estimate, EstimateState
from maildesk.core.model import Ticket
from maildesk.core.phrase import Phrase, phrase


def matters_of(ticket: Ticket) -> Iterator[Phrase]:
    """The lines, the most pressing first; estimates that were replaced are left out."""
    if ticket.due_on:
        yield phrase("beside.due", day=ticket.due_on.isoformat())
    for estimate in ticket.estimates:
        if estimate.state is not EstimateState.REPLACED:
            yield _estimate(estimate)
    if ticket.minutes:
        yield phrase("beside.time", spent=ticket.minutes * 60)
    for name, value in ticket.fields:
        if not intake_words.label(name):
            yield phrase("beside.field", name=name, value=value)
    if ticket.rating:
        words = ticket.rating.words
        code = "beside.rating-with-words" if words else "beside.rating"
        yield phrase(code, stars=ticket.rating.stars, **({"words": words} if words else {}))


def _estimate(estimate: Estimate) -> Phrase:
    spent = estimate.minutes * 60
    if estimate.state is EstimateState.ASKED:
        at = estimate.asked_at.isoformat()
        return phrase("beside.asked", number=estimate.number, spent=spent, at=at)
    at = estimate.decided_at.isoformat() if estimate.decided_at else ""
    code = f"beside.{estimate.state}"
    return phrase(code, number=estimate.number, spent=spent, at=at, by=estimate.decided_by)
