"""What becomes of a ticket on which nobody says anything any more.

    the ticket                    after                     becomes
    waits for its customer        `remind_waiting_after`    one reminder to the requester
    waits for its customer        `close_waiting_after`     Closed; everybody is told
    is Done                       `close_done_after`        Closed, without a word

In: the policy, a ticket, the moment. Out: what is due, as a reminder or a closing.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from maildesk.core import notices
from maildesk.core.model import Change, Desk, Event, Fact, Notice, Policy, Role, Ticket
from maildesk.core.news import announced_by_the_clock
from maildesk.core.trust import agent_at
from maildesk.core.workflow import CLIENT, CLOSED, DONE, moved

ACTOR = "maildesk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """What the silence on one ticket leads to; a reminder changes nothing."""

    change: Change | None
    facts: tuple[Fact, ...]
    notices: tuple[Notice, ...]


def reminder(policy: Policy, desk: Desk, ticket: Ticket, now: datetime) -> Silence | None:
    """The reminder that is due on a waiting ticket; None for none."""
    after, since = desk.remind_waiting_after, ticket.status_since
    is_due = ticket.status == CLIENT and after is not None and since and since + after <= now
    if not is_due:
        return None
    closes = desk.close_waiting_after
    to = ticket.requester
    told = Notice(
        event=Event.WAITING_REMINDER,
        to=to,
        role=Role.REQUESTER,
        reason=Role.REQUESTER,
        language=notices.language_for(policy, desk, ticket, to.email),
        closes_at=since + closes if since and closes else None,
    )
    is_staffs = agent_at(policy, to.email) is not None
    fact = Fact(kind="reminded", actor=ACTOR, detail=(("of", to.email),))
    return Silence(change=None, facts=(fact,), notices=() if is_staffs else (told,))


def closing(policy: Policy, desk: Desk, ticket: Ticket, now: datetime) -> Silence | None:
    """The end that the silence on a ticket brings; None for none."""
    delays = {CLIENT: desk.close_waiting_after, DONE: desk.close_done_after}
    after, since = delays.get(ticket.status), ticket.status_since
    if after is None or since is None or since + after > now:
        return None
    workflow = policy.workflow
    status = workflow.ending(CLOSED)
    closed = moved(ticket, status, workflow, now)
    detail = (("from", ticket.status), ("to", status.name), ("because", "nobody has answered"))
    was_open = ticket.is_open
    return Silence(
        change=Change(ticket=closed),
        facts=(Fact(kind="status changed", actor=ACTOR, detail=detail),),
        notices=announced_by_the_clock(policy, ticket, closed) if was_open else (),
    )
