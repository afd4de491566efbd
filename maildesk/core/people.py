"""Whom a mail brings to a ticket: its writer's company in To and Cc.

In: a message on the table, who is on the ticket already. Out: the people who join, and the facts
that say so.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace

from maildesk.core.case import Case
from maildesk.core.model import FROM_NOW, Fact, Machine, Mailbox, Participant, Policy, Role, Ticket
from maildesk.core.recipients import is_list, is_nobody, is_ours
from maildesk.core.sharing import is_shared_with
from maildesk.core.trust import agent_at


def addressed(case: Case) -> tuple[Participant, ...]:
    """Whom a person's mail brings along by To and Cc; machines and lists bring nobody.

    Nor does a mail that the domain of its From denies: its writer would be in Cc, and read all
    that comes.
    """
    is_persons = case.message.machine is Machine.PERSON and not case.message.handed_on_by
    if case.writer.sender is None or case.writer.is_disowned or not is_persons:
        return ()
    return company(case.policy, (*case.message.to, *case.message.cc))


def is_for_others(case: Case, ticket: Ticket) -> bool:
    """Whether an agent writes to somebody beside the ticket, and the desk is only to know of it.

    So it is with people in To or Cc, none of them a customer of the ticket, and no desk in To. An
    archive's mails are as they were, and `#public` says that it is for the customer.
    """
    agent, message = case.writer.agent, case.message
    if agent is None or case.quiet or case.is_for_customer:
        return False
    if any(is_ours(case.policy, m.email) for m in message.to):
        return False
    named = (m.email for m in (*message.to, *message.cc) if not is_ours(case.policy, m.email))
    readers = [a for a in map(str.lower, named) if agent_at(case.policy, a) != agent]
    return bool(readers) and not any(_is_customer(case.policy, ticket, a) for a in readers)


def _is_customer(policy: Policy, ticket: Ticket, address: str) -> bool:
    agent = agent_at(policy, address)
    theirs = agent.emails if agent else (address,)
    people = (p.email for p in ticket.participants if p.role is not Role.AGENT)
    is_on_it = any(email in theirs for email in (ticket.requester.email, *people))
    return is_on_it or is_shared_with(policy, ticket, address)


def company(policy: Policy, found: tuple[Mailbox, ...]) -> tuple[Participant, ...]:
    """Those of the addressed who may join a ticket."""
    return tuple(
        Participant(email=m.email, name=m.name, role=Role.PARTICIPANT)
        for m in found
        if _may_join(policy, m.email)
    )


def joining(
    present: tuple[Participant, ...], found: tuple[Participant, ...]
) -> tuple[Participant, ...]:
    """Those of `found` who are not on the ticket yet, each once."""
    known = {p.email for p in present}
    fresh = {p.email: p for p in reversed(found) if p.email not in known}
    return tuple(reversed(fresh.values()))


def newcomers(
    present: tuple[Participant, ...], found: tuple[Participant, ...]
) -> tuple[Participant, ...]:
    """Those who join a ticket that is there: what was said before them is not for customers."""
    return tuple(
        p if p.role is Role.AGENT else replace(p, sees_after=FROM_NOW)
        for p in joining(present, found)
    )


def joined(people: tuple[Participant, ...], by: str) -> tuple[Fact, ...]:
    """What the ticket's history says of those whom somebody has brought along."""
    return tuple(
        Fact(
            kind="participant added",
            actor=by,
            detail=(("email", p.email), ("role", p.role.value)),
        )
        for p in people
        if p.role is not Role.REQUESTER
    )


def why_not(policy: Policy, address: str) -> str:
    """The code of the phrase that says why nobody at an address can be on a ticket; "" if so.

    `support+anything@` is ours, too, whether or not the desk takes mail there.
    """
    local, at, domain = address.partition("@")
    if is_ours(policy, local.partition("+")[0] + at + domain) or is_ours(policy, address):
        return "orders.our-address"
    if not local or is_nobody(address):
        return "orders.nobody-reads"
    return "orders.a-list" if is_list(policy, address) else ""


def _may_join(policy: Policy, address: str) -> bool:
    """Neither an agent, who is told anyway, nor we ourselves, nor an address without a reader."""
    return not agent_at(policy, address) and not why_not(policy, address)
