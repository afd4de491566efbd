"""Whom a mail brings to a ticket: its writer's company in To and Cc.

In: a message on the table, who is on the ticket already. Out: the people who join, and the facts
that say so.
*Fails:* never.
"""

from __future__ import annotations

from maildesk.core.case import Case
from maildesk.core.model import Fact, Machine, Mailbox, Participant, Policy, Role
from maildesk.core.recipients import is_nobody, is_ours
from maildesk.core.trust import agent_at


def addressed(case: Case) -> tuple[Participant, ...]:
    """Whom a person's mail brings along by To and Cc; machines and lists bring nobody."""
    is_persons = case.message.machine is Machine.PERSON and not case.message.handed_on_by
    if case.writer.sender is None or not is_persons:
        return ()
    return company(case.policy, (*case.message.to, *case.message.cc))


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


def joined(people: tuple[Participant, ...]) -> tuple[Fact, ...]:
    """What the ticket's history says of those who joined."""
    return tuple(
        Fact(kind="participant added", actor=p.email, detail=(("role", p.role.value),))
        for p in people
        if p.role is not Role.REQUESTER
    )


def _may_join(policy: Policy, address: str) -> bool:
    """Neither an agent, who is told anyway, nor we ourselves, nor an address without a reader.

    `support+anything@` is ours, too, whether or not the desk takes mail there.
    """
    local, at, domain = address.partition("@")
    plain = local.partition("+")[0] + at + domain
    is_somebody = bool(local) and not is_nobody(address)
    return is_somebody and not agent_at(policy, address) and not is_ours(policy, plain)
