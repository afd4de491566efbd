"""Whom a mail brings to a ticket: its writer's company in To and Cc.

In: a message on the table, who is on the ticket already. Out: the people who join, and the facts
that say so.
*Fails:* never.
"""

from __future__ import annotations

from maildesk.core.case import Case
from maildesk.core.model import Fact, Machine, Participant, Role
from maildesk.core.recipients import is_ours
from maildesk.core.trust import agent_at


def addressed(case: Case) -> tuple[Participant, ...]:
    """Whom a person's mail brings along by To and Cc; machines and lists bring nobody."""
    if case.writer.sender is None or case.message.machine is not Machine.PERSON:
        return ()
    policy = case.policy
    return tuple(
        Participant(email=m.email, name=m.name, role=Role.PARTICIPANT)
        for m in (*case.message.to, *case.message.cc)
        if _is_a_person(m.email) and not agent_at(policy, m.email) and not is_ours(policy, m.email)
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


_NO_PERSON = ("no-reply", "noreply", "donotreply", "do-not-reply", "mailer-daemon", "postmaster")


def _is_a_person(address: str) -> bool:
    local = address.partition("@")[0]
    return bool(local) and not local.startswith(_NO_PERSON)
