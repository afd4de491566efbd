"""What a snapshot keeps of a notice and of its ticket, as far as its reader may know it.

In: a notice, its ticket. Out: the values of `outbox.snapshot`, by name.
*Fails:* never.
"""

from __future__ import annotations

from collections.abc import Iterator

from maildesk.core import intake_words
from maildesk.core.actions import Action
from maildesk.core.estimates import DECISION, Estimate, EstimateState
from maildesk.core.model import Desk, Event, Mailbox, Notice, Policy, Role, Ticket, Transcript
from maildesk.core.packages import Standing
from maildesk.core.phrase import Line
from maildesk.outbox.snapshot import line_of, lines_of

_NAMED = 8  # people in a line
STAFF = (Role.AGENT, "admin")
# Mails by which a ticket comes to an agent.
_NEWS_OF_TICKETS = (Event.TICKET_NEW, Event.TICKET_ASSIGNED, Event.TICKET_ESCALATED)


def said_by(notice: Notice, desk: Desk, subject: Line) -> Iterator[tuple[str, object]]:
    """What the notice itself says, as far as it says it."""
    yield "changes", lines_of(notice.changes)
    yield "transcript", [_answered(answer) for answer in notice.transcript]
    yield "actor", person(notice.actor) if notice.actor else None
    yield "closes_at", notice.closes_at.isoformat() if notice.closes_at else None
    yield "actions", [_offered(action, desk, subject) for action in notice.actions]
    yield "estimate", _estimate(notice.estimate, notice.standing) if notice.estimate else None
    yield "forms", list(notice.forms)
    yield "intake", notice.intake
    yield "missing", list(notice.missing)


def _offered(action: Action, desk: Desk, subject: Line) -> dict[str, object]:
    """An action as a mail to the desk, under the subject that names its ticket."""
    return {
        "label": line_of(action.label),
        "to": desk.address,
        "subject": line_of(subject),
        "line": action.line,
        "is_whole": action.is_whole,
    }


def facts_of(notice: Notice, ticket: Ticket, policy: Policy) -> dict[str, object]:
    """The ticket as far as the reader may see it, and what belongs to it."""
    return {
        "ticket": _ticket(notice, ticket, policy),
        "fields": _fields(notice, ticket),
        "links": _links(notice, ticket),
        "people": _people(notice, ticket),
    }


def _ticket(notice: Notice, ticket: Ticket, policy: Policy) -> dict[str, object]:
    owner = next((a.name for a in policy.agents if a.id == ticket.owner), None)
    shown = policy.workflow.shown(ticket.status, is_open=ticket.is_open)
    return {
        "key": ticket.key,
        "subject": ticket.subject,
        "status": ticket.status if notice.role in STAFF else shown,
        "priority": ticket.priority,
        "type": ticket.type,
        "created_at": ticket.created_at.isoformat(),
        "requester": person(ticket.requester),
        "owner": owner,
    }


def _people(notice: Notice, ticket: Ticket) -> list[dict[str, str]]:
    """Who else reads an answer: customers, but for the reader, and whom a mail to agents names."""
    known = {notice.to.email, ticket.requester.email if notice.role in STAFF else ""}
    others = [p for p in ticket.participants if p.role is not Role.AGENT and p.email not in known]
    shown = [person(Mailbox(email=p.email, name=p.name)) for p in others[:_NAMED]]
    return [*shown, {"name": "…", "email": ""}] if len(others) > _NAMED else shown


def _fields(notice: Notice, ticket: Ticket) -> list[dict[str, str]]:
    """What the customer has filled in, for an agent to whom the ticket is new."""
    is_shown = notice.role in STAFF and notice.event in _NEWS_OF_TICKETS
    # Levels and type stand on the ticket itself, and an agent may have changed them there.
    own = ((name, value) for name, value in ticket.fields if not intake_words.label(name))
    return [{"name": name, "value": value} for name, value in own if is_shown]


def _links(notice: Notice, ticket: Ticket) -> list[dict[str, str]]:
    """What belongs to the ticket; customers see what agents have made public."""
    shown = (x for x in ticket.links if x.is_public or notice.role in STAFF)
    return [{"kind": x.kind, "to": x.to} for x in shown]


def _answered(answer: Transcript) -> dict[str, object]:
    return {"line": answer.line, "said": line_of(answer.said), "form": answer.form}


def _estimate(estimate: Estimate, standing: Standing | None) -> dict[str, object]:
    is_decided = estimate.state in DECISION.values()
    return {
        "number": estimate.number,
        "seconds": estimate.minutes * 60,
        "by": estimate.by.isoformat() if estimate.by else None,
        "words": estimate.words,
        "left_seconds": max(0, standing.left) * 60 if standing and standing.package else None,
        "package": standing.package or None if standing else None,
        "is_budgeted": standing is not None,
        "approved": estimate.state is EstimateState.APPROVED if is_decided else None,
    }


def person(mailbox: Mailbox) -> dict[str, str]:
    return {"name": mailbox.name, "email": mailbox.email}
