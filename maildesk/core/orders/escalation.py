"""`#escalate`: those who answer for the promise are asked for help.

In: a situation. Out: `ticket.escalated` to `escalate_to` of the ticket's SLA, else to the managers.
*Fails:* never.
"""

from __future__ import annotations

from maildesk.core.model import Event, Mailbox, Notice, Role, Ticket
from maildesk.core.orders.situation import Done, Fault, Outcome, Situation
from maildesk.core.phrase import phrase
from maildesk.core.trust import agent_at


def escalate(situation: Situation) -> Outcome:
    """`#escalate`, with or without words below it."""
    mine = situation.case.writer.addresses
    told = tuple(to for to in _called(situation) if to.email not in mine)
    if not told:
        return Fault(why=phrase("orders.nobody-to-ask"))
    names = ", ".join(to.name or to.email for to in told)
    return Done(
        ticket=situation.ticket,
        said=phrase("orders.escalated", names=names),
        facts=(situation.fact("escalated", to=", ".join(to.email for to in told)),),
        notices=tuple(_notice(situation, to) for to in told),
    )


def _called(situation: Situation) -> tuple[Mailbox, ...]:
    policy, name = situation.policy, _sla(situation, situation.ticket)
    named = next((to for sla, to in policy.escalate_to if sla == name), ())
    managers = tuple(a.emails[0] for a in policy.agents if "manager" in a.roles)
    found = ((address, agent_at(policy, address)) for address in named or managers)
    return tuple(Mailbox(email=a, name=agent.name if agent else "") for a, agent in found)


def _sla(situation: Situation, ticket: Ticket) -> str | None:
    """The name of the ticket's SLA: its organisation's beats its desk's."""
    policy = situation.policy
    own = (o.sla for o in policy.organisations if o.name == ticket.organisation)
    return next((sla for sla in own if sla), situation.desk.sla)


def _notice(situation: Situation, to: Mailbox) -> Notice:
    agent = situation.case.writer.agent
    return Notice(
        event=Event.TICKET_ESCALATED,
        to=to,
        role=Role.AGENT if agent_at(situation.policy, to.email) else "admin",
        reason="agent" if agent_at(situation.policy, to.email) else "admin",
        language=situation.desk.language,
        actor=Mailbox(email=situation.actor, name=agent.name if agent else ""),
    )
