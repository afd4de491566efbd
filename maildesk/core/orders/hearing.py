"""`#mute` and `#unmute`: whether somebody gets the ticket's mail.

    who                    muted, still gets
    the requester          `ticket.resolved`
    an approver            `estimate.requested`
    the owner              everything: the ticket is theirs, and they must give it away first
    an agent, a customer   nothing, until they write to the ticket again

In: a situation. Out: the ticket with its people.
*Fails:* never.
"""

from __future__ import annotations

from dataclasses import replace

from maildesk.core.model import FROM_NOW, Participant, Role, Ticket
from maildesk.core.orders.reading import Command, key_named
from maildesk.core.orders.situation import Done, Fault, Outcome, Situation
from maildesk.core.phrase import phrase


def is_meant(command: Command) -> bool:
    """Whether a customer can mean the line as a command: `#mute the fan, please` is no order."""
    return not command.words or key_named(command.words) != "" or _is_code(command.words)


def mute(situation: Situation) -> Outcome:
    """`#mute`: no more mail about this ticket."""
    agent, ticket = situation.case.writer.agent, situation.ticket
    if agent and agent.id == ticket.owner:
        return Fault(why=phrase("orders.mute-owner"), form="#assign nobody")
    mine = _mine(situation)
    if mine is None and agent is None:
        return Done(ticket=ticket, said=phrase("orders.muted"))
    if mine and mine.is_muted:
        return Done(ticket=ticket, said=phrase("orders.muted-already"))
    after = _with(ticket, replace(mine or _joining(situation), is_muted=True))
    code = "orders.muted-requester" if mine and mine.role is Role.REQUESTER else "orders.muted"
    return Done(ticket=after, said=phrase(code), facts=(situation.fact("muted"),))


def unmute(situation: Situation) -> Outcome:
    """`#unmute`: the ticket's mail again."""
    mine = _mine(situation)
    if mine is None or not mine.is_muted:
        return Done(ticket=situation.ticket, said=phrase("orders.not-muted"))
    after = _with(situation.ticket, replace(mine, is_muted=False))
    return Done(ticket=after, said=phrase("orders.unmuted"), facts=(situation.fact("unmuted"),))


def _is_code(words: str) -> bool:
    return len(words.split()) == 1 and words.count("-") == 3  # four groups


def _mine(situation: Situation) -> Participant | None:
    mine = situation.case.writer.addresses
    return next((p for p in situation.ticket.participants if p.email in mine), None)


def _joining(situation: Situation) -> Participant:
    """An agent who has had the desk's mail so far, and is on the ticket to get none."""
    author = situation.case.author
    return Participant(email=author.email, name=author.name, role=Role.AGENT, sees_after=FROM_NOW)


def _with(ticket: Ticket, person: Participant) -> Ticket:
    others = tuple(p for p in ticket.participants if p.email != person.email)
    return replace(ticket, participants=(*others, person))
