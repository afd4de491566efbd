"""What becomes of a ticket on which nobody says anything any more.

    the ticket                    after                     becomes
    waits for its customer        `remind_waiting_after`    one reminder to the requester
    has an undecided estimate     the same                  one to each approver, with its links
    waits for its customer        `close_waiting_after`     Closed; everybody is told
    is Done                       `close_done_after`        Closed, without a word

In: the policy, a ticket, the moment. Out: what is due, as a reminder or a closing.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from maildesk.core import estimates, notices
from maildesk.core.approval import ways_to_decide
from maildesk.core.estimates import Estimate
from maildesk.core.model import Change, Desk, Event, Fact, Mailbox, Notice, Policy, Role, Ticket
from maildesk.core.news import announced_by_the_clock
from maildesk.core.phrase import phrase
from maildesk.core.recipients import is_ours
from maildesk.core.trust import agent_at
from maildesk.core.workflow import CLIENT, CLOSED, DONE, moved

ACTOR = "maildesk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """What the silence on one ticket leads to; a reminder changes nothing."""

    change: Change | None
    facts: tuple[Fact, ...]
    notices: tuple[Notice, ...]


def reminder(
    policy: Policy, desk: Desk, ticket: Ticket, now: datetime, secret: bytes
) -> Silence | None:
    """The reminder that is due on a waiting ticket; None for none."""
    after, since = desk.remind_waiting_after, ticket.status_since
    is_due = ticket.status == CLIENT and after is not None and since and since + after <= now
    if not is_due:
        return None
    closes = desk.close_waiting_after
    estimate = estimates.waiting(ticket.estimates)
    people = estimates.approvers(policy, ticket) if estimate else (ticket.requester,)
    told = tuple(
        Notice(
            event=Event.WAITING_REMINDER,
            to=to,
            role=_role(ticket, to),
            reason=Role.REQUESTER if to.email == ticket.requester.email else "approver",
            language=notices.language_for(policy, desk, ticket, to.email),
            closes_at=since + closes if since and closes else None,
        )
        for to in people
        if agent_at(policy, to.email) is None and not is_ours(policy, to.email)
    )
    if estimate:
        told = tuple(_asked(notice, ticket, estimate, secret, now) for notice in told)
    facts = tuple(Fact(kind="reminded", actor=ACTOR, detail=(("of", to.email),)) for to in people)
    return Silence(change=None, facts=facts, notices=told)


def _asked(
    notice: Notice, ticket: Ticket, estimate: Estimate, secret: bytes, now: datetime
) -> Notice:
    """The question once more, with the two lines that answer it; an approver sees no more."""
    return replace(
        notice,
        title=phrase("estimate.requested.news", spent=estimate.minutes * 60),
        estimate=estimate,
        actions=ways_to_decide(ticket.key, estimate.number, notice.to.email, secret, now),
        is_bare=True,
    )


def _role(ticket: Ticket, person: Mailbox) -> Role:
    on_it = {p.email: p.role for p in ticket.participants}
    return on_it.get(person.email, Role.PARTICIPANT)


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
