"""What it means for a ticket that a mail about it did not reach somebody, and when it is over.

In: a mail that came back, or that the relay refused. Out: the mark on the participant, the event,
and the news for the agents: once for a ticket and an address, however much comes back.

    what failed                     mark         more mail          the agents
    the address, for good           yes          withheld           told once
    anything else (full, too big)   yes          goes on            told once
    an agent's address              no           goes on            the others are told once
    no proof that it was our mail   no           goes on            told once

A mark ends when its person writes, and what was withheld is sent then (`outbox.resumed`); or when
somebody has a dead mail sent again.
*Fails:* never.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from maildesk.core import notices
from maildesk.core.model import (
    Context,
    Decision,
    Desk,
    Event,
    Fact,
    Notice,
    Participant,
    Policy,
    Role,
    Ticket,
)
from maildesk.core.phrase import Line, phrase
from maildesk.core.report import Mark
from maildesk.core.trust import agent_at

# Mail about mail that did not arrive: when it fails itself, that is the end of it.
QUIET = (Event.DELIVERY_FAILED, Event.ADMIN_ALERT)

_WRONG_ADDRESS = re.compile(
    r"(?:user|mailbox|recipient|address|account)[^\n]{0,40}(?:unknown|not found|does ?n[o']t exist"
    r"|invalid|unavailable|disabled)|(?:no such|unknown|invalid) (?:user|mailbox|recipient|address"
    r"|person|account)|unroute?able address|not listed in",
    re.IGNORECASE,
)

# Permanent by their number, but about this mail or this hour and not about the address
# (RFC 3463): mailbox full, mail too large, content, policy.
_NOT_THE_ADDRESS = ("5.2.2", "5.2.3", "5.3.1", "5.3.4", "5.4.7", "5.6.", "5.7.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A mail about `ticket` that was sent to `address` and reached nobody there.

    `failing` is the address that failed, where forwarding made it another one; `why` what is
    known of it, line by line; `by` what ties the report to our mail.
    """

    ticket: Ticket
    address: str
    status: str
    reason: str
    failing: str = ""
    why: tuple[Line, ...] = ()
    by: str = ""
    is_proved: bool = True
    outbox_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setback:
    """What a failure changes."""

    facts: tuple[Fact, ...]
    marks: tuple[Mark, ...] = ()
    notices: tuple[Notice, ...] = ()


def set_back(failure: Failure, policy: Policy, desk: Desk) -> Setback:
    """What becomes of the ticket, and who is told."""
    person = _customer(failure.ticket, failure.address)
    marks: tuple[Mark, ...] = ()
    if person and failure.is_proved:
        withheld = is_for_good(failure.status, failure.reason) and failure.failing in (
            "",
            failure.address,
        )
        mark = Mark(
            email=person.email,
            status=failure.status,
            is_withheld=withheld or person.is_withheld,
        )
        marks = (mark,)
    is_news = not (person and person.is_undeliverable)
    told: tuple[Notice, ...] = ()
    if is_news:
        ends = any(mark.is_withheld for mark in marks)
        told = _news(failure, policy, desk, is_marked=bool(marks), is_withheld=ends)
    return Setback(facts=(_fact(failure, marks),), marks=marks, notices=told)


def once_for(ticket_id: int, address: str) -> str:
    """The cause of the one news about an address that is not marked."""
    return f"undelivered:{ticket_id}:{address}"


def is_for_good(status: str, reason: str) -> bool:
    """Whether mail to the address can never arrive, by the status, or the words where it is bare.

    A bare 5.0.0 may also be a relay that is set up wrong.
    """
    if status in ("", "5.0.0"):
        return bool(_WRONG_ADDRESS.search(reason))
    return status.startswith("5.") and not status.startswith(_NOT_THE_ADDRESS)


def reachable(told: tuple[Notice, ...], ticket: Ticket) -> tuple[Notice, ...]:
    """Those of the notices whose readers are not withheld mail about the ticket."""
    return tuple(n for n in told if not is_withheld(ticket, n.to.email))


def is_withheld(ticket: Ticket, address: str) -> bool:
    """Whether the address has refused mail about the ticket for good."""
    return any(p.email == address and p.is_withheld for p in ticket.participants)


def reached(decision: Decision, context: Context) -> Decision:
    """The same decision, where a marked participant has written: the mark is gone."""
    if decision.comment is None or decision.ticket_id is None:
        return decision
    ticket, writer = context.ticket(decision.ticket_id), decision.comment.author.email
    if not any(p.email == writer and p.is_undeliverable for p in ticket.participants):
        return decision
    fact = Fact(kind="delivery resumed", actor=writer, detail=(("because", "wrote again"),))
    return replace(decision, facts=(*decision.facts, fact), reached=writer)


def _customer(ticket: Ticket, address: str) -> Participant | None:
    """The participant at the address; agents must hear of tickets, so they are never marked."""
    people = (p for p in ticket.participants if p.email == address and p.role is not Role.AGENT)
    return next(people, None)


def _fact(failure: Failure, marks: tuple[Mark, ...]) -> Fact:
    detail = (
        ("status", failure.status),
        ("reason", failure.reason),
        ("by", failure.by),
        ("failing", failure.failing if failure.failing != failure.address else ""),
        ("mail", "withheld" if any(m.is_withheld for m in marks) else ""),
    )
    return Fact(
        kind="delivery failed",
        actor=failure.address,
        detail=tuple((name, value) for name, value in detail if value),
    )


def _news(
    failure: Failure, policy: Policy, desk: Desk, *, is_marked: bool, is_withheld: bool
) -> tuple[Notice, ...]:
    """To the owner, else the desk's agents, else the admins; never to the failing address."""
    ticket, address = failure.ticket, failure.address
    title = phrase("returned.title", address=address)
    reason = phrase("returned.reason", words=failure.reason or failure.status)
    lines: tuple[Line, ...] = (phrase("returned.to", address=address), *failure.why, reason)
    if is_withheld:
        lines = (*lines, phrase("returned.withheld"))
    if failure.outbox_id is not None and (is_marked or failure.by in ("", "relay")):
        command = f"maildesk outbox retry {failure.outbox_id}"
        lines = (*lines, phrase("returned.retry", command=command))
    # A mark is what keeps the next one silent; where there is none, the cause does.
    once = "" if is_marked else once_for(ticket.id, address)
    agent = agent_at(policy, address)
    failing = {address, failure.failing, *(agent.emails if agent else ())}
    told = notices.undelivered(policy, desk, ticket.owner, address, title, lines)
    told = tuple(n for n in told if n.to.email not in failing)
    if not told and (agent or ticket.owner):
        told = notices.undelivered(policy, desk, None, address, title, lines)
        told = tuple(n for n in told if n.to.email not in failing)
    if not told:
        told = notices.alerts(policy, title, (phrase("returned.ticket", words=ticket.key), *lines))
        told = tuple(n for n in told if n.to.email not in failing)
    return tuple(replace(n, once=once) for n in told)
